#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest {

/// An asset of somebody's batch.
struct marked_asset {
  std::string marker;
  std::string id;
  std::chrono::sys_seconds created_at{};  ///< 1970 if unknown
  readiness state = readiness::preparing;
  std::string reason;  ///< if `errored`
};

/// Goes through a listing page by page and picks the assets with markers. Below `floor` it ends early, but
/// only while the listing is seen to run from new to old, which the API does not promise.
class asset_walk {
 public:
  asset_walk(std::unique_ptr<asset_listing> listing, std::optional<server_instant> floor)
      : listing_(std::move(listing)), floor_(floor) {}

  /// The marked assets of the next page, or nothing after the last.
  asio::awaitable<mux::result<std::optional<std::vector<marked_asset>>>> next();
  [[nodiscard]] std::uint64_t pages() const noexcept { return pages_; }

 private:
  std::unique_ptr<asset_listing> listing_;
  std::optional<server_instant> floor_;
  std::optional<std::chrono::sys_seconds> latest_;  ///< time of the last asset seen
  bool newest_first_ = true;                        ///< nothing speaks against it yet
  bool descending_ = false;                         ///< and something speaks for it
  bool below_floor_ = false;
  std::uint64_t pages_ = 0;
};

}  // namespace mux::inline v0::ingest
