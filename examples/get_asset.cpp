// Prints one asset: get_asset ID. Shows what can go wrong with a call, and what a program would do about it.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

boost::asio::awaitable<void> run(const mux::client& client, std::string id) {
  const mux::asset asset = co_await client.video.assets.retrieve(id);
  std::cout << asset.id << " is " << asset.status.text();
  if (asset.duration) std::cout << ", " << *asset.duration << " s long";
  std::cout << '\n';
  for (const mux::playback_id& playback : asset.playback_ids)
    if (playback.policy == mux::playback_policy::public_)
      std::cout << "https://stream.mux.com/" << playback.id << ".m3u8\n";
}

int main(int count, char** arguments) try {
  if (count != 2) {
    std::cerr << "usage: get_asset ID\n";
    return 2;
  }
  boost::asio::io_context io;
  const mux::client client(io.get_executor());
  boost::asio::co_spawn(io, run(client, arguments[1]), [](std::exception_ptr why) {
    if (why) std::rethrow_exception(why);
  });
  io.run();
} catch (const mux::not_found_error& e) {
  std::cerr << "there is no such asset\n" << e.info().hint << '\n';
  return 3;
} catch (const mux::connection_error& e) {
  std::cerr << "the API cannot be reached: " << e.info() << '\n';
  return 4;
} catch (const mux::request_failed& e) {  // the base of every exception of a call
  std::cerr << e.info() << '\n';
  return 1;
}
