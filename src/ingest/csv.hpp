#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "ingest/byte_source.hpp"
#include "ingest/record.hpp"

namespace mux::inline v0::ingest {

/// RFC 4180 record by record, also with another separator. Empty lines are skipped, LF and CRLF end a record.
class csv_reader {
 public:
  explicit csv_reader(byte_source& source, char separator = ',') : source_(source), separator_(separator) {}
  /// False at the end. `record` is reused.
  bool next(text_record& record);

 private:
  // A place in the window; nothing if the record may go on behind it.
  using found = std::optional<std::size_t>;

  found read_plain(text_record& record, std::string_view line) const;
  found read_quoted(text_record& record, std::string_view window, bool last);
  found read_record(text_record& record, std::string_view window, bool last);

  byte_source& source_;
  char separator_;
  found open_quote_;  ///< where the record under way has a quote that is not closed in the window
};

/// One line without its end, as a record of one cell; for manifests that are a list. The cell has no white
/// space around it.
bool next_line(byte_source& source, text_record& record);

}  // namespace mux::inline v0::ingest
