// For programs without coroutines of their own: co_spawn turns every call into a future or calls back.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <mux/mux.hpp>

using assets = mux::page<mux::asset>;

// A callback gets the exception of a call that throws; a call by try_send throws nothing and brings a result.
void on_listed(std::exception_ptr, mux::result<assets> page) {
  if (page)
    std::cout << "assets on the first page: " << page->items.size() << '\n';
  else
    std::cout << "no listing: " << page.error() << '\n';
}

int main() try {
  boost::asio::thread_pool thread(1);  // runs the client
  const mux::client client(thread.get_executor());

  // A future, for a thread that may block: get() returns the answer or throws what the call throws.
  std::future<mux::utility_whoami_response> whoami =
      boost::asio::co_spawn(thread, client.system.utilities.whoami(), boost::asio::use_future);
  std::cout << "environment: " << whoami.get().environment_name << '\n';

  // A callback, on the thread of the client.
  boost::asio::co_spawn(thread, client.try_send(mux::requests::video::assets::list()), on_listed);
  thread.join();
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
