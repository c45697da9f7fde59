// Creates many assets with a bounded number of calls under way; the results stand in the order of the URLs.
// The limiter keeps the rate, whatever the number of workers: what they bound is memory and how long a call
// waits in the queue.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

using namespace boost::asio::experimental::awaitable_operators;

struct batch {
  explicit batch(std::vector<std::string> all) : urls(std::move(all)), results(urls.size()) {}
  std::vector<std::string> urls;
  std::vector<mux::result<mux::asset>> results;
  std::size_t next = 0;
};

// The workers need no lock because they run on one strand, which the operators require anyway: here an
// io_context with one thread. On more threads, give co_spawn a strand.
boost::asio::awaitable<void> work(const mux::client& client, batch& todo) {
  while (todo.next < todo.urls.size()) {
    const std::size_t mine = todo.next++;
    mux::asset_create_params params;
    params.inputs.emplace_back(todo.urls[mine]);
    todo.results[mine] = co_await client.try_send(mux::requests::video::assets::create(params));
  }
}

boost::asio::awaitable<void> run(const mux::client& client, batch& todo) {
  co_await (work(client, todo) && work(client, todo) && work(client, todo));  // until all of them are done
  for (std::size_t i = 0; i < todo.urls.size(); ++i) {
    const mux::result<mux::asset>& made = todo.results[i];
    std::cout << todo.urls[i] << ' ' << (made ? made->id : made.error().message()) << '\n';
  }
}

int main() try {
  batch todo(
      {"https://example.com/1.mp4", "https://example.com/2.mp4", "not a URL", "https://example.com/4.mp4"});
  boost::asio::io_context io;
  const mux::client client(io.get_executor());
  boost::asio::co_spawn(io, run(client, todo), [](std::exception_ptr why) {
    if (why) std::rethrow_exception(why);
  });
  io.run();
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
