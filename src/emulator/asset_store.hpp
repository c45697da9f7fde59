#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/asset.hpp"

namespace mux::inline v0::emulator {

/// Which part of a listing is asked for. A cursor is all of this in one opaque text.
struct listing {
  std::size_t limit = 25;
  std::size_t page = 1;                ///< used without `after`
  std::optional<std::uint64_t> after;  ///< serial of the last asset already delivered
  std::string live_stream_id;          ///< empty: any
  std::string upload_id;               ///< empty: any

  [[nodiscard]] std::string cursor(std::uint64_t last) const;
  /// Replaces everything but `limit` by what `cursor` holds; false if it is no cursor of ours. A `limit` of
  /// the cursor counts if `keep_limit` is false.
  [[nodiscard]] bool resume(std::string_view cursor, bool keep_limit);
};

/// One page: the assets and, if there are more, where to go on.
struct asset_page {
  std::vector<const stored_asset*> assets;
  std::optional<std::string> next_cursor;
};

/// The assets of one environment in the order of their creation. Listing by cursor goes by serial numbers, so
/// that assets created or deleted meanwhile neither repeat nor hide others.
class asset_store {
 public:
  explicit asset_store(bool newest_first) : newest_first_(newest_first) {}

  /// `asset.serial` must be greater than all before.
  stored_asset& add(stored_asset asset);
  [[nodiscard]] stored_asset* find(std::string_view id) noexcept;
  void erase(const stored_asset& asset);
  void clear();
  void reserve(std::size_t more);
  [[nodiscard]] std::size_t size() const noexcept { return assets_.size(); }
  [[nodiscard]] const stored_asset* last() const noexcept {
    return assets_.empty() ? nullptr : assets_.back().get();
  }
  [[nodiscard]] asset_page list(const listing& which, time_point now) const;

 private:
  bool newest_first_;
  time_point all_listed_at_;
  std::vector<std::unique_ptr<stored_asset>> assets_;  // by serial
  std::unordered_map<std::string_view, stored_asset*> by_id_;
};

}  // namespace mux::inline v0::emulator
