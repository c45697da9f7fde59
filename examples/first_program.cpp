// Creates an asset from a URL and prints what the API made of it. Credentials come from MUX_TOKEN_ID and
// MUX_TOKEN_SECRET, the address from MUX_BASE_URL.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

boost::asio::awaitable<void> run(const mux::client& client) {
  mux::asset_create_params params;
  params.inputs.emplace_back("https://storage.googleapis.com/muxdemofiles/mux-video-intro.mp4");
  params.playback_policies.emplace_back(mux::playback_policy::public_);
  const mux::asset asset = co_await client.video.assets.create(params);
  std::cout << asset.id << " is " << asset.status.text() << '\n';
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
