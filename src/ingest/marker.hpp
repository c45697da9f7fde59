#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {

/// What stands before every marker.
inline constexpr std::string_view marker_prefix = "mm1:";
/// Characters of a ULID.
inline constexpr std::size_t ulid_length = 26;
/// Longest passthrough that the API takes, in code points.
inline constexpr std::size_t max_passthrough = 255;
/// Longest passthrough of a row that also has an external id: the marker stands in front of it.
inline constexpr std::size_t max_shared_passthrough =
    max_passthrough - marker_prefix.size() - ulid_length - 1;

/// Makes ULIDs that grow: 48 bits of milliseconds, 80 random ones; within one millisecond, or if the clock
/// goes back, the random part counts up.
class ulid_source {
 public:
  explicit ulid_source(std::uint64_t seed) : random_(seed) {}
  /// Seeded by the operating system.
  ulid_source();
  [[nodiscard]] std::string next(std::chrono::sys_time<std::chrono::milliseconds> now);

 private:
  std::mt19937_64 random_;
  std::uint64_t time_ = 0;
  std::uint64_t high_ = 0, low_ = 0;  ///< 16 and 64 bits of the random part
};

/// 26 characters of Crockford's alphabet, at most 128 bits.
[[nodiscard]] bool is_ulid(std::string_view text) noexcept;

/// The row as it is sent: the marker in free `passthrough`, else in free `external_id`, else in front of
/// `passthrough`.
[[nodiscard]] manifest_row with_marker(manifest_row row, std::string_view ulid);

/// False if `with_marker` would exceed what the API takes.
[[nodiscard]] bool marker_fits(const manifest_row& row) noexcept;

/// The ULID of a marker in either field of an asset, or nothing. A view into the argument.
[[nodiscard]] std::optional<std::string_view> find_marker(std::string_view passthrough,
                                                          std::string_view external_id) noexcept;

}  // namespace mux::inline v0::ingest
