// Lists every asset page by page, in memory that does not grow with their number.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

boost::asio::awaitable<void> run(const mux::client& client) {
  mux::pager<mux::asset> pages = client.video.assets.list();
  while (std::optional<mux::page<mux::asset>> page = co_await pages.next())
    for (const mux::asset& asset : page->items) std::cout << asset.id << ' ' << asset.status.text() << '\n';
}

int main() try {
  boost::asio::io_context io;
  const mux::client client(io.get_executor());
  std::exception_ptr failure;
  boost::asio::co_spawn(io, run(client), [&](std::exception_ptr why) { failure = why; });
  io.run();
  if (failure) std::rethrow_exception(failure);
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
