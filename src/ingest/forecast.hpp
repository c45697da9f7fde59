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
  /// `done` bytes are safe by now.
  void note_bytes(instant now, std::uint64_t done);
  /// Creates a second over the last minute; 0 in the first ten seconds.
  [[nodiscard]] double measured_rate(instant now) const;
  /// Time for `to_send` more creates at `rate` with `tokens` at once, or at the measured rate if that is
  /// lower; at least until `not_before`.
  [[nodiscard]] std::chrono::milliseconds eta(instant now, std::uint64_t to_send, double rate, double tokens,
                                              std::optional<instant> not_before) const;
  /// Bytes a second over the last minute; 0 in the first ten seconds.
  [[nodiscard]] double bytes_rate(instant now) const;
  /// Time for `left` more bytes at the measured rate; 0 while it is unknown.
  [[nodiscard]] std::chrono::milliseconds eta_of_bytes(instant now, std::uint64_t left) const;

 private:
  static constexpr std::chrono::seconds window{60}, warm_up{10};
  instant begun_;
  struct bytes_at {
    instant at;
    std::uint64_t done;
  };
  std::deque<instant> created_;  ///< within the window
  std::deque<bytes_at> bytes_;   ///< within the window, the first one before it
};

}  // namespace mux::inline v0::ingest
