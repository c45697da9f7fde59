#pragma once

#include <cstdint>
#include <vector>

#include <mux/ingest/journal_view.hpp>
#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {

/// What an ingest of a manifest would find.
struct manifest_survey {
  std::uint64_t rows = 0;                      ///< different rows
  std::uint64_t duplicates = 0;                ///< rows that repeat an earlier one exactly
  std::vector<std::uint64_t> duplicate_lines;  ///< the first 100
  row_counts known;                            ///< of `rows`: those that the journal has, by state
  std::uint64_t creates = 0;                   ///< of `rows`: those that are still to be created
  std::uint64_t files = 0;                     ///< local files still to be sent
  std::uint64_t bytes = 0;                     ///< of these files
};

/// Reads a manifest to its end, in memory that does not depend on its length: beyond a million rows, keys go
/// to a temporary file that has no name. `journal` may be null. Errors: `manifest_invalid`, `disk_full`,
/// those of `journal_view`.
[[nodiscard]] result<manifest_survey> survey(manifest_reader& manifest, journal_view* journal = nullptr);

}  // namespace mux::inline v0::ingest
