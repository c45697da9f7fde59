#pragma once

#include <string>

#include <mux/ingest/journal_view.hpp>

#include "muxctl/batch_facts.hpp"
#include "muxctl/failed_rows.hpp"

namespace mux::inline v0::muxctl {

/// `1.4 GiB`, `12 B`.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

/// Where a batch stands, a line a fact. Text from outside is escaped.
[[nodiscard]] std::string status_text(const batch_facts& batch);
/// The same as one line of JSON.
[[nodiscard]] std::string status_json(const batch_facts& batch);

/// The status, its runs and the rows that failed. Errors: throws `failure`.
void write_text_report(const batch_facts& batch, ingest::journal_view& journal, const text_sink& sink);

}  // namespace mux::inline v0::muxctl
