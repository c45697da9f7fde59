#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mux/ingest/journal.hpp>

namespace mux::inline v0::ingest {

/// Rows whose creates may have been executed, and when to look for them. No clock: time is an argument.
class watch_list {
 public:
  using instant = std::chrono::steady_clock::time_point;

  explicit watch_list(std::chrono::milliseconds horizon) : horizon_(horizon) {}

  /// A row of which nothing is on its way any more since `since`. `left_over`: of an earlier run, so that the
  /// first look is worth while at once.
  void add(journal_row row, instant since, bool left_over = false);
  /// The row with this marker, taken off the list; nothing if it is not there.
  std::optional<journal_row> take(const std::string& marker);
  /// Rows that were absent in a complete scan begun at `begun`, at or after their horizon: taken off the
  /// list. The others wait for their next pass.
  std::vector<journal_row> take_absent(instant begun);
  /// No pass before `until`, after a scan that failed.
  void postpone(instant until);

  /// When the next scan should begin.
  [[nodiscard]] std::optional<instant> due() const;
  /// When the last row will have been decided.
  [[nodiscard]] std::optional<instant> last_horizon() const;
  /// Server time before which no listed asset can belong to a row; nothing if a row's time is unknown.
  [[nodiscard]] std::optional<server_instant> floor() const;
  [[nodiscard]] bool holds(const std::string& marker) const { return entries_.contains(marker); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

 private:
  struct entry {
    journal_row row;
    instant since, due;
  };
  [[nodiscard]] instant pass_after(instant since, instant now) const;

  std::chrono::milliseconds horizon_;
  std::map<std::string, entry> entries_;  ///< by marker
};

/// Assets are taken to be at most this much older than the server time noted before their create was sent.
inline constexpr std::chrono::seconds listing_slack{120};

}  // namespace mux::inline v0::ingest
