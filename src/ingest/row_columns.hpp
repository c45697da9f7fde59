#pragma once

#include <mux/ingest/journal.hpp>

#include "ingest/sqlite.hpp"

namespace mux::inline v0::ingest {

/// Stands in `rows.settings` for settings that hold the address of something secret.
inline constexpr std::string_view secret_settings = "?";

/// The columns that `read_columns` expects, for a SELECT from `rows`.
inline constexpr std::string_view row_columns =
    "id, marker, state, line, col, url, shown_url, title, external_id, creator_id, passthrough, "
    "playback_policy, "
    "video_quality, sends, first_intent, asset_id, reason, settings, file, coalesce(size, 0), "
    "coalesce(modified, 0), upload_id, checksum, playback_id";
inline constexpr int row_column_count = 24;

[[nodiscard]] journal_row read_columns(const statement& row);

}  // namespace mux::inline v0::ingest
