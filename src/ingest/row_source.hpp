#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mux/ingest/manifest.hpp>

#include "ingest/byte_source.hpp"
#include "ingest/row_builder.hpp"

namespace mux::inline v0::ingest {

/// The rows of a manifest in one of its forms.
class row_source {
 public:
  virtual ~row_source() = default;
  /// The next row: nothing if it has faults or says nothing. False at the end.
  virtual bool next(std::optional<manifest_row>& row) = 0;
};

/// CSV with a header row. `builder` and `source` must outlive what is made, as below.
[[nodiscard]] std::unique_ptr<row_source> read_csv(byte_source& source, char separator, row_builder& builder,
                                                   const fault_sink& faults);
/// One URL a line; lines that begin with `#` are comments.
[[nodiscard]] std::unique_ptr<row_source> read_urls(byte_source& source, row_builder& builder);
/// One JSON object a line.
[[nodiscard]] std::unique_ptr<row_source> read_json_lines(byte_source& source, row_builder& builder);
/// One path a line, as bytes; if there is a NUL, lines end in NUL instead.
[[nodiscard]] std::unique_ptr<row_source> read_paths(byte_source& source, row_builder& builder);
/// The files that arguments name; each is a row of the line that is its number.
[[nodiscard]] std::unique_ptr<row_source> list_files(const std::vector<std::string>& arguments,
                                                     row_builder& builder, const fault_sink& faults);

/// The form of what `source` holds, as far as name and first bytes tell.
[[nodiscard]] manifest_format recognise(const std::string& name, std::string_view first_bytes) noexcept;
[[nodiscard]] manifest_fault empty_manifest();
/// What is wrong with the text as a whole: other encodings, line ends of CR alone.
[[nodiscard]] std::optional<manifest_fault> check_encoding(std::string_view first_bytes);

}  // namespace mux::inline v0::ingest
