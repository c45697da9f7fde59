#pragma once

#include <mux/ingest/journal_view.hpp>

#include "muxctl/failed_rows.hpp"

namespace mux::inline v0::muxctl {

/// Every row with its state and what became of it, as CSV with a header row. URLs come without user-info and
/// query. Memory does not depend on the number of rows. Errors: throws `failure`.
void write_results(ingest::journal_view& journal, bool neutralise, const text_sink& sink);

}  // namespace mux::inline v0::muxctl
