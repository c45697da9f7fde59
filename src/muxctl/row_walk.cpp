#include "muxctl/row_walk.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "muxctl/ingest_failure.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::attempt_record;
using ingest::journal_row;
using ingest::row_state;

constexpr std::size_t rows_at_a_time = 1000;

}  // namespace

void walk_rows(ingest::journal_view& journal,
               const std::function<void(const journal_row&, std::span<const attempt_record>)>& each) {
  for (std::int64_t after = 0;;) {
    const std::vector<journal_row> rows = value_or_fail(journal.rows(after, rows_at_a_time));
    if (rows.empty()) return;
    after = rows.back().id;
    const std::vector<attempt_record> attempts =
        value_or_fail(journal.attempts(rows.front().id, rows.back().id));
    auto begin = attempts.begin();
    for (const journal_row& row : rows) {
      // A run that goes on may have added attempts of rows that were read before it did.
      begin = std::find_if(begin, attempts.end(), [&](const attempt_record& a) { return a.row >= row.id; });
      const auto end =
          std::find_if(begin, attempts.end(), [&](const attempt_record& a) { return a.row != row.id; });
      each(row, {begin, end});
      begin = end;
    }
  }
}

void walk_failures(ingest::journal_view& journal, const std::function<bool(journal_row)>& each) {
  for (const row_state state : {row_state::failed, row_state::errored}) {
    for (std::int64_t after = 0;;) {
      std::vector<journal_row> rows = value_or_fail(journal.rows(state, after, rows_at_a_time));
      if (rows.empty()) break;
      after = rows.back().id;
      for (journal_row& row : rows)
        if (!each(std::move(row))) return;
    }
  }
}

attempt_record last_attempt(ingest::journal_view& journal, std::int64_t row) {
  const std::vector<attempt_record> attempts = value_or_fail(journal.attempts(row, row));
  return attempts.empty() ? attempt_record() : attempts.back();
}

void walk_attempts(ingest::journal_view& journal, const std::function<void(const attempt_record&)>& each) {
  const ingest::row_counts counts = value_or_fail(journal.counts());
  // Rows are numbered from 1 and never taken away.
  const auto last = static_cast<std::int64_t>(
      std::accumulate(counts.by_state.begin(), counts.by_state.end(), std::uint64_t{0}));
  for (std::int64_t first = 1; first <= last; first += rows_at_a_time)
    for (const attempt_record& attempt :
         value_or_fail(journal.attempts(first, first + static_cast<std::int64_t>(rows_at_a_time) - 1)))
      each(attempt);
}

}  // namespace mux::inline v0::muxctl
