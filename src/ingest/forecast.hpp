#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace mux::inline v0::ingest {

/// How fast a total grows. No clock: time is an argument.
class growth {
 public:
  using instant = std::chrono::steady_clock::time_point;

  /// The total is `total` now; it never shrinks.
  void note(instant now, double total);
  /// A second, over the last minute; 0 while less than ten seconds are known.
  [[nodiscard]] double recent(instant now) const { return over(now, minute); }
  /// The same over the last half of what is known, a minute at least and ten at most.
  [[nodiscard]] double usual(instant now) const;

 private:
  static constexpr std::chrono::seconds minute{60}, window{600};
  [[nodiscard]] double over(instant now, std::chrono::seconds last) const;

  struct sample {
    instant at;
    double total;
  };
  std::deque<sample> samples_;  ///< within the window, the first one before it
};

/// What is left to do, and what holds it up.
struct work_left {
  std::uint64_t rows = 0;   ///< to be sent
  std::uint64_t bytes = 0;  ///< of local files; their rows take as long as they do
  double rate = 0;          ///< creates a second that the limit lets through now
  double tokens = 0;        ///< creates that may go at once
  std::uint64_t created = 0;
  std::uint64_t repeated = 0;  ///< creates of this run that were sent again at the horizon
  std::chrono::duration<double> horizon{0};
  std::optional<std::chrono::steady_clock::time_point> not_before;  ///< when the last known horizon ends
  std::uint64_t pages = 0;                                          ///< of the sweep at the end
};

/// Measures how fast rows get their assets, and predicts the end. No clock: time is an argument.
class forecast {
 public:
  using instant = std::chrono::steady_clock::time_point;

  void note_created(instant now, std::uint64_t created);
  /// `rate` creates a second are allowed from now on.
  void note_allowed(instant now, double rate);
  /// `done` bytes are safe by now.
  void note_bytes(instant now, std::uint64_t done);
  /// A scan has read so many pages in that time.
  void note_pages(std::uint64_t pages, std::chrono::duration<double> took);

  /// Creates a second over the last minute; 0 in the first ten seconds.
  [[nodiscard]] double measured_rate(instant now) const { return created_.recent(now); }
  /// Bytes a second over the last minute; 0 in the first ten seconds.
  [[nodiscard]] double bytes_rate(instant now) const { return bytes_.recent(now); }
  /// Time left: for the creates at the part of the allowed rate that was used of late, and for the bytes;
  /// then for the rows that are repeated last, and for the sweep.
  [[nodiscard]] std::chrono::milliseconds eta(instant now, const work_left& left) const;

 private:
  [[nodiscard]] double used_part(instant now) const;

  growth created_, allowed_, bytes_;
  double allowed_total_ = 0, allowed_rate_ = 0;
  double rate_before_ = 0;  ///< that a cut took away and that is on its way back; 0: none
  std::optional<instant> allowed_at_;
  double page_time_ = 0.2;  ///< seconds: five calls a second are documented
};

}  // namespace mux::inline v0::ingest
