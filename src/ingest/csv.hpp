#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mux/ingest/error.hpp>

#include "ingest/byte_source.hpp"

namespace mux::inline v0::ingest {

/// Longest record or line that is kept; what goes beyond is a fault.
inline constexpr std::size_t max_record_bytes = 1024 * 1024;

/// One cell, unquoted, with the position of its first character (of its quote, if it has one).
struct csv_cell {
  std::string text;
  text_position at;
  bool was_quoted = false;
};

struct csv_record {
  std::vector<csv_cell> cells;
  text_position at;
  std::vector<manifest_fault> faults;  ///< of its form
};

/// RFC 4180 record by record. Lines that are empty are skipped, LF and CRLF end a record.
class csv_reader {
 public:
  explicit csv_reader(byte_source& source) : source_(source) {}
  /// False at the end. `record` is reused.
  bool next(csv_record& record);

 private:
  void read_record(csv_record& record);
  void read_quoted(csv_record& record);
  void keep(csv_record& record, int byte);

  byte_source& source_;
  std::size_t kept_ = 0;
};

/// One line without its end, as a record of one cell; for manifests that are a list.
bool next_line(byte_source& source, csv_record& record);

}  // namespace mux::inline v0::ingest
