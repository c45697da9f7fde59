#include "ingest/record.hpp"

#include <algorithm>
#include <utility>

#include "ingest/text.hpp"

namespace mux::inline v0::ingest {

manifest_fault make_fault(text_position at, std::string message, std::string expected) {
  manifest_fault fault;
  fault.line = at.line;
  fault.column = at.column;
  fault.message = std::move(message);
  fault.expected = std::move(expected);
  return fault;
}

std::size_t record_cell::offset_of(std::size_t at) const noexcept {
  if (!was_quoted) return offset + at;
  // Each quote inside stands there twice.
  const std::string_view before = text.substr(0, at);
  return offset + 1 + at + static_cast<std::size_t>(std::count(before.begin(), before.end(), '"'));
}

void text_record::begin(std::string_view bytes, std::uint64_t at_line) {
  text = bytes;
  line = at_line;
  cells.clear();
  cell_count = 0;
  has_quotes = false;
  faults.clear();
  unquoted.clear();
}

text_position text_record::position(std::size_t offset) const noexcept {
  std::string_view before = text.substr(0, offset);
  text_position at;
  at.line = line + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  before.remove_prefix(before.rfind('\n') + 1);
  at.column = 1 + code_points(before);
  return at;
}

void text_record::fault(std::size_t offset, std::string message, std::string expected) {
  if (!faults.empty() && faults.back().message == message) return;
  faults.push_back(make_fault(position(offset), std::move(message), std::move(expected)));
}

void text_record::check_text() {
  if (const std::size_t at = find_no_text(text); at != text.npos)
    fault(at, "a byte that is no text: NUL or not UTF-8", "text in UTF-8");
}

}  // namespace mux::inline v0::ingest
