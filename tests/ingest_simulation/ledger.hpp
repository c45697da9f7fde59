#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include <mux/ingest/manifest.hpp>
#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest::simulation {

using instant = std::chrono::steady_clock::time_point;

/// What the simulated Mux did, whatever the engine believes.
struct asset {
  std::uint64_t row = 0;  ///< of the manifest, from 0
  instant made{}, listed{}, ready{};
  bool bad = false;  ///< becomes errored instead of ready
  std::array<char, 26> marker{};
};

/// The number in `https://…/17.mp4` or `…/17.mov`; nothing if there is none.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view source);

/// All assets that were ever made, in constant time by id and a page at a time in listing order.
class ledger {
 public:
  /// Notes that an asset was made of this row as it was sent, and returns its id.
  std::string add(const manifest_row& sent, instant made, instant listed, instant ready, bool bad);
  /// Null if there is no such asset.
  [[nodiscard]] const asset* find(std::string_view id) const;
  [[nodiscard]] const std::vector<asset>& all() const noexcept { return assets_; }

  /// Up to `limit` assets listed by `now` from the place `offset` on, as pages by offset over a live list:
  /// what joins meanwhile pushes the rest on.
  [[nodiscard]] std::vector<const asset*> page(instant now, bool newest_first, std::size_t offset,
                                               std::size_t limit);
  /// An asset as the API shows it.
  [[nodiscard]] listed_asset show(const asset& one, instant now) const;
  /// Creates that came without a marker, or with another text around it than the row's.
  [[nodiscard]] std::uint64_t misshapen() const noexcept { return misshapen_; }

 private:
  void join(instant now);

  std::vector<asset> assets_;         ///< by id
  std::vector<std::uint32_t> order_;  ///< listed ones, from old to new
  using waiting = std::pair<instant, std::uint32_t>;
  std::priority_queue<waiting, std::vector<waiting>, std::greater<>> joining_;
  std::uint64_t misshapen_ = 0;
};

/// The server's clock.
[[nodiscard]] server_instant server_time_at(instant at);

/// The manifest's row number `n`: every third has a passthrough, every other of these an external id too, so
/// that markers stand in each of their places.
[[nodiscard]] std::string passthrough_of(std::uint64_t n);
[[nodiscard]] std::string external_id_of(std::uint64_t n);

}  // namespace mux::inline v0::ingest::simulation
