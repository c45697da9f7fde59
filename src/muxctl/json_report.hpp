#pragma once

#include <mux/ingest/journal_view.hpp>

#include "muxctl/batch_facts.hpp"
#include "muxctl/failed_rows.hpp"

namespace mux::inline v0::muxctl {

/// A batch as one JSON object for programs, member `v` 1: `journal`, `manifests`, `environment_id`, `host`,
/// `complete`, `rows` and `bytes`, `runs`, `attempts` with latencies, and `failures`, one object a line,
/// last. Memory does not depend on the number of rows. Errors: throws `failure`.
void write_json_report(const batch_facts& batch, ingest::journal_view& journal, const text_sink& sink);

/// Rows by state, with `total`, `done` and `left`.
[[nodiscard]] std::string json_of_rows(const ingest::row_counts& rows);

}  // namespace mux::inline v0::muxctl
