#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <mux/ingest/journal_view.hpp>

namespace mux::inline v0::muxctl {

/// Takes text piece by piece: a file or a stream.
using text_sink = std::function<void(std::string_view)>;

/// How failed rows are written: as the manifest was.
enum class row_file_format : std::uint8_t { csv, tsv, jsonl, url_list };

/// Reads the manifest again from its beginning, until the callee returns false. It reads nothing if the
/// manifest is gone.
using manifest_rows = std::function<void(const std::function<bool(const ingest::manifest_row&)>&)>;

/// What `write_failed_rows` wrote.
struct failed_rows_report {
  std::uint64_t written = 0;
  std::uint64_t lost = 0;
};

/// Writes the rows that failed and those whose asset is errored in a form that an ingest takes again, each
/// with its reason: in a column or member `reason`, in a list of URLs as a comment before it. A row that
/// holds a secret is not whole in the journal; it is looked for in the manifest by its line, and `lost` is
/// told of it if it is not there any more. Memory does not depend on the number of rows. Errors: throws
/// `failure`.
failed_rows_report write_failed_rows(ingest::journal_view& journal, row_file_format format, bool neutralise,
                                     const manifest_rows& manifest, const text_sink& sink,
                                     const std::function<void(const ingest::journal_row&)>& lost);

}  // namespace mux::inline v0::muxctl
