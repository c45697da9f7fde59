#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mux::inline v0::muxctl {

/// How many rows may fail before a run ends: a number, or a share of the rows that were settled so far.
struct error_limit {
  std::uint64_t most = 0;  ///< 0: any number
  double percent = 100;

  /// `12`, `5%` or `0.5%`; nothing if it is neither.
  [[nodiscard]] static std::optional<error_limit> parse(std::string_view text);
  /// `failed` of `settled` rows are too many. A share says nothing before 20 rows are settled.
  [[nodiscard]] bool exceeded(std::uint64_t failed, std::uint64_t settled) const noexcept;
};

}  // namespace mux::inline v0::muxctl
