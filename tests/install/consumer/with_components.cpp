// Ingest engine and emulator as libraries: creates what a manifest names in a Mux API of this process.
#include <exception>
#include <iostream>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/emulator/server.hpp>
#include <mux/ingest/manifest.hpp>
#include <mux/mux.hpp>

namespace {

boost::asio::awaitable<void> create(const mux::client& client, mux::ingest::manifest_reader& rows) {
  while (std::optional<mux::ingest::manifest_row> row = rows.next()) {
    mux::asset_create_params params;
    params.inputs.emplace_back(row->url);
    params.passthrough = row->passthrough;
    const mux::asset made = co_await client.video.assets.create(params);
    std::cout << "created " << made.passthrough.value_or("") << '\n';
  }
}

}  // namespace

int main() {
  mux::emulator::server server;
  server.start();
  mux::client_options options;
  options.base_url = server.base_url();
  options.ca_file = server.ca_file().string();
  options.credentials.token_id = server.token_id();
  options.credentials.token_secret = server.token_secret();

  std::istringstream text(
      "url,passthrough\nhttps://example.com/a.mp4,first\nhttps://example.com/b.mp4,second\n");
  mux::ingest::manifest_reader rows(text, "-");
  boost::asio::io_context io;
  const mux::client client(io.get_executor(), options);
  std::exception_ptr failure;
  boost::asio::co_spawn(io, create(client, rows), [&](std::exception_ptr why) { failure = why; });
  io.run();
  if (failure) std::rethrow_exception(failure);
  std::cout << "ledger: " << server.ledger().creates << '\n';
}
