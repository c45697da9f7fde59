#pragma once

#include <functional>
#include <span>

#include <mux/ingest/journal_view.hpp>

namespace mux::inline v0::muxctl {

/// Every row of a journal with its attempts, in memory that does not depend on their number.
/// Errors: throws `failure`.
void walk_rows(
    ingest::journal_view& journal,
    const std::function<void(const ingest::journal_row&, std::span<const ingest::attempt_record>)>& each);

/// Rows that failed and rows whose asset is errored, until `each` says no more. Errors: throws `failure`.
void walk_failures(ingest::journal_view& journal, const std::function<bool(ingest::journal_row)>& each);

/// The last attempt of a row, if there was one. Errors: throws `failure`.
[[nodiscard]] ingest::attempt_record last_attempt(ingest::journal_view& journal, std::int64_t row);

/// Every attempt. Errors: throws `failure`.
void walk_attempts(ingest::journal_view& journal,
                   const std::function<void(const ingest::attempt_record&)>& each);

}  // namespace mux::inline v0::muxctl
