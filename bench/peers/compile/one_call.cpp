// The same with the whole library included, and one call.

#include <string>

#include <mux/mux.hpp>

boost::asio::awaitable<std::size_t> run(const mux::client& client) {
  const mux::asset asset = co_await client.video.assets.retrieve("an-id");
  co_return asset.id.size();
}
