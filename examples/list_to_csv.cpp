// Writes every asset as a line of CSV, in memory that does not grow with their number. While one page is
// written, the next one is on its way.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

std::string quoted(std::string_view text) {
  std::string cell = "\"";
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell += '"';
}

boost::asio::awaitable<void> run(const mux::client& client) {
  std::cout << "id,status,created_at,passthrough\n";
  mux::pager<mux::asset> assets = client.video.assets.list();
  while (std::optional<mux::asset> asset = co_await assets.next_item())
    std::cout << asset->id << ',' << asset->status.text() << ','
              << asset->created_at.time_since_epoch().count() << ','
              << quoted(asset->passthrough.value_or("")) << '\n';
}

int main() try {
  boost::asio::io_context io;
  const mux::client client(io.get_executor());
  boost::asio::co_spawn(io, run(client), [](std::exception_ptr why) {
    if (why) std::rethrow_exception(why);
  });
  io.run();
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
