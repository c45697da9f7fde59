#include "ingest/asset_walk.hpp"

#include <utility>

#include "ingest/marker.hpp"

namespace mux::inline v0::ingest {

asio::awaitable<mux::result<std::optional<std::vector<marked_asset>>>> asset_walk::next() {
  std::optional<std::vector<marked_asset>> marked;
  if (newest_first_ && descending_ && below_floor_) co_return std::move(marked);
  mux::result<std::optional<std::vector<listed_asset>>> got = co_await listing_->next();
  if (!got) co_return std::move(got).error();
  if (!*got) co_return std::move(marked);
  ++pages_;
  marked.emplace();
  for (listed_asset& asset : **got) {
    if (!asset.created_at || (latest_ && *asset.created_at > *latest_)) newest_first_ = false;
    if (asset.created_at && latest_ && *asset.created_at < *latest_) descending_ = true;
    if (asset.created_at) latest_ = asset.created_at;
    if (floor_ && latest_ && *latest_ < *floor_) below_floor_ = true;
    const auto marker = find_marker(asset.passthrough, asset.external_id);
    if (!marker) continue;
    marked_asset found;
    found.marker = *marker;
    found.id = std::move(asset.id);
    found.created_at = asset.created_at.value_or(std::chrono::sys_seconds());
    found.state = asset.state;
    found.reason = std::move(asset.reason);
    marked->push_back(std::move(found));
  }
  co_return std::move(marked);
}

}  // namespace mux::inline v0::ingest
