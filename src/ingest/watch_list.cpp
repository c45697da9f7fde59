#include "ingest/watch_list.hpp"

#include <algorithm>
#include <utility>

namespace mux::inline v0::ingest {
namespace {

/// Passes as parts of the horizon: 2, 10, 30 and 90 of 90 seconds.
constexpr std::array<int, 4> passes = {2, 10, 30, 90};

}  // namespace

watch_list::instant watch_list::pass_after(instant since, instant now) const {
  for (const int part : passes)
    if (const instant at = since + horizon_ * part / passes.back(); at > now) return at;
  return since + horizon_;
}

void watch_list::add(journal_row row, instant since, bool left_over) {
  const instant due = left_over ? since : pass_after(since, since);
  std::string marker = row.marker;
  entries_.insert_or_assign(std::move(marker), entry{std::move(row), since, due});
}

std::optional<journal_row> watch_list::take(const std::string& marker) {
  const auto at = entries_.find(marker);
  if (at == entries_.end()) return std::nullopt;
  std::optional<journal_row> row = std::move(at->second.row);
  entries_.erase(at);
  return row;
}

std::vector<journal_row> watch_list::take_absent(instant begun) {
  std::vector<journal_row> absent;
  for (auto at = entries_.begin(); at != entries_.end();) {
    entry& e = at->second;
    if (e.since + horizon_ <= begun) {
      absent.push_back(std::move(e.row));
      at = entries_.erase(at);
    } else {
      if (e.due <= begun) e.due = pass_after(e.since, begun);
      ++at;
    }
  }
  return absent;
}

void watch_list::postpone(instant until) {
  for (auto& [marker, e] : entries_) e.due = std::max(e.due, until);
}

std::optional<watch_list::instant> watch_list::due() const {
  std::optional<instant> first;
  for (const auto& [marker, e] : entries_)
    if (!first || e.due < *first) first = e.due;
  return first;
}

std::optional<watch_list::instant> watch_list::last_horizon() const {
  std::optional<instant> last;
  for (const auto& [marker, e] : entries_)
    if (!last || e.since + horizon_ > *last) last = e.since + horizon_;
  return last;
}

std::optional<server_instant> watch_list::floor() const {
  std::optional<server_instant> oldest;
  for (const auto& [marker, e] : entries_) {
    if (!e.row.first_intent) return std::nullopt;
    if (!oldest || *e.row.first_intent < *oldest) oldest = *e.row.first_intent;
  }
  if (oldest) *oldest -= listing_slack;
  return oldest;
}

}  // namespace mux::inline v0::ingest
