// Creates an asset with a good part of what the API offers, by a call with settings of its own, without
// exceptions.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

using namespace std::chrono_literals;

mux::asset_create_params described() {
  mux::input film("https://storage.googleapis.com/muxdemofiles/mux-video-intro.mp4");
  mux::input captions("https://example.com/captions.vtt");
  captions.type = mux::track_type::text;
  captions.language_code = "en";
  captions.closed_captions = true;

  mux::asset_create_params params;
  params.inputs = {film, captions};
  params.playback_policies = {mux::playback_policy::public_, mux::playback_policy::signed_};
  params.video_quality = mux::video_quality::plus;
  params.max_resolution_tier = mux::max_resolution_tier::_1440p;
  params.passthrough = "order 4711";
  params.meta.emplace().title = "An introduction";
  return params;
}

boost::asio::awaitable<void> run(const mux::client& client) {
  mux::request<mux::asset> call = mux::requests::video::assets::create(described());
  call.timeout(20s).deadline(5min).priority(mux::priority::batch);
  const mux::result<mux::response<mux::asset>> made = co_await client.with_response(call);
  if (made) {
    std::cout << made->value.id << ": HTTP " << made->status << ", request " << made->request_id << ", tries "
              << made->attempts << '\n';
  } else if (made.error().ambiguous) {
    // A second create would be a second asset on the bill: look for the passthrough before trying again.
    std::cout << "nobody knows whether it was created: " << made.error() << '\n';
  } else {
    std::cout << "not created: " << made.error() << '\n';
  }
}

int main() try {
  boost::asio::io_context io;
  const mux::client client(io.get_executor());
  boost::asio::co_spawn(io, run(client), boost::asio::detached);
  io.run();
} catch (const mux::configuration_error& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
