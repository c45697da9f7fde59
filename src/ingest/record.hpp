#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mux/ingest/error.hpp>

namespace mux::inline v0::ingest {

/// Longest record that is kept; what goes beyond is a fault.
inline constexpr std::size_t max_record_bytes = 1024 * 1024;

/// Line and column from 1; columns count code points.
struct text_position {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
  friend bool operator==(const text_position&, const text_position&) = default;
};

/// One cell, unquoted.
struct record_cell {
  std::string_view text;
  std::size_t offset = 0;  ///< of its first byte (of its quote, if it has one) in the record
  bool was_quoted = false;

  /// Where in the record the byte `at` of `text` stands.
  [[nodiscard]] std::size_t offset_of(std::size_t at) const noexcept;
};

/// One record of a manifest: a CSV record, or a line. Views are valid until the next one is read.
struct text_record {
  std::string_view text;  ///< without its line break
  std::uint64_t line = 1;
  std::vector<record_cell> cells;
  std::size_t cell_count = 0;          ///< may be more than are kept in `cells`
  bool has_quotes = false;             ///< then it may stand on several lines
  std::vector<manifest_fault> faults;  ///< of its form
  std::string unquoted;                ///< holds the cells that do not stand in `text` as they are

  void begin(std::string_view bytes, std::uint64_t at_line);
  /// Computed when asked for: nearly no record is.
  [[nodiscard]] text_position position(std::size_t offset) const noexcept;
  /// Notes a fault of form. One of a kind in a record: the next ones mostly follow from it.
  void fault(std::size_t offset, std::string message, std::string expected);
  /// A byte that is no text.
  void check_text();
};

[[nodiscard]] manifest_fault make_fault(text_position at, std::string message, std::string expected);

}  // namespace mux::inline v0::ingest
