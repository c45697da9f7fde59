#pragma once

#include <mux/ingest/journal_view.hpp>

#include "muxctl/batch_facts.hpp"
#include "muxctl/failed_rows.hpp"

namespace mux::inline v0::muxctl {

/// A batch as one HTML page without scripts and outside references: counts, plots of progress, rate against
/// the limit, refusals and latency, runs, failures. Less than 1 MB, whatever the number of rows. Text from
/// outside is escaped. Errors: throws `failure`.
void write_html_report(const batch_facts& batch, ingest::journal_view& journal, const text_sink& sink);

}  // namespace mux::inline v0::muxctl
