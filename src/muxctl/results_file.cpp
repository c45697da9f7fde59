#include "muxctl/results_file.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "muxctl/instant_text.hpp"
#include "muxctl/row_walk.hpp"
#include "muxctl/rows.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::attempt_record;
using ingest::row_state;

bool makes_asset(const attempt_record& attempt) {
  return attempt.outcome && (*attempt.outcome == row_state::created || *attempt.outcome == row_state::ready ||
                             *attempt.outcome == row_state::errored);
}

std::string created_at(std::span<const attempt_record> attempts) {
  const auto made = std::find_if(attempts.begin(), attempts.end(), makes_asset);
  return made != attempts.end() && made->settled_at ? format_instant(*made->settled_at) : std::string();
}

}  // namespace

void write_results(ingest::journal_view& journal, bool neutralise, const text_sink& sink) {
  sink(csv_record({"line", "column", "url", "file", "title", "external_id", "state", "asset_id",
                   "playback_id", "marker", "upload_id", "reason", "sends", "created_at"},
                  neutralise));
  walk_rows(journal, [&](const ingest::journal_row& row, std::span<const attempt_record> attempts) {
    sink(csv_record({std::to_string(row.content.line), std::to_string(row.content.column),
                     row.content.file.empty() ? row.shown_url : std::string(), row.content.file,
                     row.content.title, row.content.external_id, std::string(to_string(row.state)),
                     row.asset_id, row.playback_id, row.marker, row.upload_id, row.reason,
                     std::to_string(row.sends), row.asset_id.empty() ? std::string() : created_at(attempts)},
                    neutralise));
  });
}

}  // namespace mux::inline v0::muxctl
