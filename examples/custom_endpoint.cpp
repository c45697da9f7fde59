// Another address than api.mux.com, with roots and credentials of its own: here a Mux API in this very
// process, as for a program's own tests. A raw request reaches what the library does not describe.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/emulator/server.hpp>
#include <mux/mux.hpp>

mux::client_options pointing_at(const mux::emulator::server& server) {
  mux::client_options options;  // reads no environment variable
  options.base_url = server.base_url();
  options.ca_file = server.ca_file().string();
  options.credentials.token_id = server.token_id();
  options.credentials.token_secret = server.token_secret();
  options.user_agent = "custom-endpoint/1.0";
  return options;
}

boost::asio::awaitable<void> run(const mux::client& client) {
  const std::string body =
      co_await client.send(mux::requests::raw(mux::http_method::get, "/video/v1/assets?limit=1"));
  std::cout << "the API said: " << body << '\n';
}

int main() try {
  mux::emulator::server server;
  server.start();
  server.seed_assets(1);

  boost::asio::io_context io;
  const mux::client client(io.get_executor(), pointing_at(server));
  boost::asio::co_spawn(io, run(client), [](std::exception_ptr why) {
    if (why) std::rethrow_exception(why);
  });
  io.run();
  std::cout << "requests that the server saw: "
            << server.ledger().classes[std::size_t(mux::rate_class::video_other)].requests << '\n';
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
