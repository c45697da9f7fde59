#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace mux::inline v0::muxctl {

/// How long things took, counted in buckets that are an eighth of an octave wide: a quantile is off by at
/// most 9 %, whatever the number of values.
class latencies {
 public:
  void add(std::chrono::milliseconds took) noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The value that `share` (0 to 1) of all do not exceed; 0 if there is none.
  [[nodiscard]] std::chrono::milliseconds quantile(double share) const noexcept;
  [[nodiscard]] std::chrono::milliseconds longest() const noexcept { return longest_; }

  struct bar {
    std::chrono::milliseconds from, to;
    std::uint64_t count;
  };
  /// Half an octave each, from the shortest to the longest one that was counted.
  [[nodiscard]] std::vector<bar> bars() const;

 private:
  static constexpr std::size_t per_octave = 8, octaves = 26;
  std::array<std::uint64_t, per_octave * octaves> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::milliseconds longest_{0};
};

}  // namespace mux::inline v0::muxctl
