#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mux::inline v0::muxctl {

enum class row_format : std::uint8_t { jsonl, csv, table };

/// One value of a row, for people and as JSON. Both empty: there is no value.
struct cell {
  std::string text;
  std::string json;
};

[[nodiscard]] cell text_cell(std::string_view text);
/// A number or a boolean: the same characters in every format.
[[nodiscard]] cell literal_cell(std::string literal);

/// One record after RFC 4180 with CRLF. `neutralise`: a cell that a spreadsheet would take for a formula gets
/// an apostrophe in front.
[[nodiscard]] std::string csv_record(const std::vector<std::string>& cells, bool neutralise,
                                     char separator = ',');

/// One line of JSON with these names, absent values as null.
[[nodiscard]] std::string json_line(const std::vector<std::string_view>& names,
                                    const std::vector<cell>& cells);

/// Lays rows out in columns, batch by batch, so that a listing of any length is shown in flat memory: widths
/// fit the batch and never shrink. The first batch carries the header. Text is escaped.
class table {
 public:
  explicit table(const std::vector<std::string_view>& names);
  void add(const std::vector<std::string>& cells);
  /// The lines of this batch; the next one begins.
  [[nodiscard]] std::string take();

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> widths_;
};

}  // namespace mux::inline v0::muxctl
