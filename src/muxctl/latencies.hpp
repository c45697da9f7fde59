#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mux::inline v0::muxctl {

/// How long creates took, in whole seconds, as instants of the server's clock are no finer. Counted exactly
/// up to a minute, above it in steps of a sixteenth.
class latencies {
 public:
  /// Rounds; what seems to end before it began took no time.
  void add(std::chrono::milliseconds took) noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The time that `share` (0 to 1) of all do not exceed; 0 if there is none.
  [[nodiscard]] std::chrono::seconds quantile(double share) const noexcept;
  [[nodiscard]] std::chrono::seconds longest() const noexcept { return longest_; }

  struct bar {
    std::chrono::seconds from, to;  ///< both counted
    std::uint64_t count;
  };
  /// 0, 1, 2 to 3, 4 to 7 and so on, up to the longest time.
  [[nodiscard]] std::vector<bar> bars() const;

 private:
  static constexpr std::size_t exact = 64, per_octave = 16, octaves = 20;
  [[nodiscard]] static std::size_t bucket_of(std::int64_t seconds) noexcept;
  /// The longest time of a bucket.
  [[nodiscard]] static std::int64_t end_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, exact + per_octave * octaves> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::seconds longest_{0};
};

}  // namespace mux::inline v0::muxctl
