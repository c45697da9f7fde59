#include "ingest/row_columns.hpp"

namespace mux::inline v0::ingest {

journal_row read_columns(const statement& row) {
  journal_row out;
  out.id = row.integer(0);
  out.marker = row.text(1);
  out.state = static_cast<row_state>(row.integer(2));
  out.content.line = static_cast<std::uint64_t>(row.integer(3));
  out.content.column = static_cast<std::uint64_t>(row.integer(4));
  out.content.url = row.text(5);
  out.shown_url = row.text(6);
  out.content.title = row.text(7);
  out.content.external_id = row.text(8);
  out.content.creator_id = row.text(9);
  out.content.passthrough = row.text(10);
  out.content.playback_policy = row.text(11);
  out.content.video_quality = row.text(12);
  out.sends = static_cast<int>(row.integer(13));
  if (!row.is_null(14)) out.first_intent = server_instant(std::chrono::milliseconds(row.integer(14)));
  out.asset_id = row.text(15);
  out.reason = row.text(16);
  out.content.settings = row.text(17);
  out.content.file = row.text(18);
  out.size = static_cast<std::uint64_t>(row.integer(19));
  out.modified = row.integer(20);
  out.upload_id = row.text(21);
  out.checksum = row.text(22);
  out.playback_id = row.text(23);
  return out;
}

}  // namespace mux::inline v0::ingest
