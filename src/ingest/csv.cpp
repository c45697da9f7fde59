#include "ingest/csv.hpp"

#include <string_view>
#include <utility>

namespace mux::inline v0::ingest {
namespace {

// Cells beyond this are not kept apart: no header has as many.
constexpr std::size_t max_cells = 64;

// One fault of a kind in a row: the next ones mostly follow from it.
void fault(csv_record& record, text_position at, std::string message, std::string expected) {
  if (!record.faults.empty() && record.faults.back().message == message) return;
  manifest_fault found;
  found.line = at.line;
  found.column = at.column;
  found.message = std::move(message);
  found.expected = std::move(expected);
  record.faults.push_back(std::move(found));
}

void begin(csv_record& record, text_position at) {
  record.cells.clear();
  record.faults.clear();
  record.at = at;
}

csv_cell& begin_cell(csv_record& record, text_position at) {
  csv_cell& cell = record.cells.emplace_back();
  cell.at = at;
  return cell;
}

void report_bytes(csv_record& record, byte_source& source) {
  if (const auto at = source.take_bad_byte())
    fault(record, *at, "a byte that is no text: NUL or not UTF-8", "text in UTF-8");
}

void report_length(csv_record& record) {
  fault(record, record.cells.back().at, "the row is longer than 1 MiB",
        "a closing quote or a line break earlier");
}

}  // namespace

bool csv_reader::next(csv_record& record) {
  for (;;) {
    if (source_.peek() == byte_source::end) return false;
    begin(record, source_.position());
    kept_ = 0;
    read_record(record);
    report_bytes(record, source_);
    const bool blank =
        record.cells.size() == 1 && record.cells[0].text.empty() && !record.cells[0].was_quoted;
    if (!blank || !record.faults.empty()) return true;
  }
}

void csv_reader::keep(csv_record& record, int byte) {
  if (++kept_ <= max_record_bytes) record.cells.back().text += static_cast<char>(byte);
  if (kept_ == max_record_bytes + 1) report_length(record);
}

void csv_reader::read_quoted(csv_record& record) {
  const text_position opened = source_.position();
  source_.get();
  record.cells.back().was_quoted = true;
  for (;;) {
    const int byte = source_.get();
    if (byte == byte_source::end)
      return fault(record, opened, "the quote is never closed", "a closing quote");
    if (byte == '"') {
      if (source_.peek() != '"') break;
      source_.get();
    }
    keep(record, byte);
  }
  const int after = source_.peek();
  if (after != ',' && after != '\n' && after != '\r' && after != byte_source::end)
    fault(record, source_.position(), "text after a closing quote",
          "a comma or the end of the line; \"\" for a quote");
}

void csv_reader::read_record(csv_record& record) {
  begin_cell(record, source_.position());
  if (source_.peek() == '"') read_quoted(record);
  for (;;) {
    const text_position at = source_.position();
    const int byte = source_.get();
    switch (byte) {
      case byte_source::end:
      case '\n':
        return;
      case ',':
        if (record.cells.size() < max_cells) begin_cell(record, source_.position());
        if (source_.peek() == '"') read_quoted(record);
        break;
      case '\r':
        if (source_.peek() != '\n')
          fault(record, at, "a carriage return inside a row", "LF or CRLF at its end");
        break;
      case '"':
        if (!record.cells.back().was_quoted)
          fault(record, at, "a quote inside a cell that is not quoted",
                "the whole cell in quotes, \"\" for a quote");
        [[fallthrough]];
      default:
        keep(record, byte);
    }
  }
}

bool next_line(byte_source& source, csv_record& record) {
  if (source.peek() == byte_source::end) return false;
  begin(record, source.position());
  csv_cell& cell = begin_cell(record, source.position());
  bool text_began = false;
  std::size_t length = 0;
  for (;;) {
    const text_position at = source.position();
    const int byte = source.get();
    if (byte == byte_source::end || byte == '\n') break;
    if (!text_began) {
      if (byte == ' ' || byte == '\t') continue;
      text_began = true;
      cell.at = at;
    }
    if (++length <= max_record_bytes) cell.text += static_cast<char>(byte);
    if (length == max_record_bytes + 1) report_length(record);
  }
  cell.text.erase(cell.text.find_last_not_of(" \t\r") + 1);
  report_bytes(record, source);
  return true;
}

}  // namespace mux::inline v0::ingest
