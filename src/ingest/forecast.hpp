#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace mux::inline v0::ingest {

/// Measures how fast rows get their assets, and predicts the end. No clock: time is an argument.
class forecast {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit forecast(instant begun) : begun_(begun) {}

  void note_created(instant now);
  /// Creates a second over the last minute; 0 in the first ten seconds.
  [[nodiscard]] double measured_rate(instant now) const;
  /// Time for `to_send` more creates at `rate` with `tokens` at once, or at the measured rate if that is
  /// lower; at least until `not_before`.
  [[nodiscard]] std::chrono::milliseconds eta(instant now, std::uint64_t to_send, double rate, double tokens,
                                              std::optional<instant> not_before) const;

 private:
  static constexpr std::chrono::seconds window{60}, warm_up{10};
  instant begun_;
  std::deque<instant> created_;  ///< within the window
};

}  // namespace mux::inline v0::ingest
