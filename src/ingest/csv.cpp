#include "ingest/csv.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace mux::inline v0::ingest {
namespace {

// Cells beyond this are counted only: no header has as many.
constexpr std::size_t max_cells = 4096;

std::size_t find_byte(std::string_view text, char byte, std::size_t from = 0) noexcept {
  if (from >= text.size()) return text.npos;
  const void* const at = std::memchr(text.data() + from, byte, text.size() - from);
  return at == nullptr ? text.npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

std::uint64_t line_breaks(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string_view without_return(std::string_view line) noexcept {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void refuse_overlong(text_record& record, std::size_t offset) {
  record.faults.clear();
  record.fault(offset, "the row is longer than 1 MiB", "a closing quote or a line break earlier");
  record.cells.clear();
  record.cell_count = 0;
}

// Steps over a record of any length; line breaks between two `quote` do not end it.
void skip_record(byte_source& source, char quote) {
  bool quoted = false;
  do {
    const std::string_view window = source.ahead();
    for (std::size_t at = 0; at < window.size(); ++at) {
      if (window[at] == '\n') source.count_lines(1);
      if (window[at] == '\n' && !quoted) return source.consume(at + 1);
      quoted ^= window[at] == quote;
    }
    source.consume(window.size());
  } while (source.more());
}

void add_cell(text_record& record, record_cell cell) {
  if (++record.cell_count <= max_cells) record.cells.push_back(cell);
}

// Behind the cell's closing quote, or nothing if there is none in the window.
std::optional<std::size_t> read_quoted_cell(text_record& record, std::string_view window, std::size_t at,
                                            bool last) {
  record_cell cell;
  cell.offset = at;
  cell.was_quoted = true;
  std::size_t from = at + 1, end = window.size();
  bool doubled = false, closed = false;
  for (std::size_t search = from; !closed;) {
    const std::size_t quote = find_byte(window, '"', search);
    if (quote == window.npos || quote + 1 == window.size()) {
      if (!last) return std::nullopt;
      closed = quote != window.npos;
      if (closed) end = quote;
      break;
    }
    if (window[quote + 1] == '"') {
      doubled = true;
      search = quote + 2;
    } else {
      end = quote;
      closed = true;
    }
  }
  cell.text = window.substr(from, end - from);
  if (doubled) {
    // Room for all cells at once, so that views of earlier ones stay valid.
    if (record.unquoted.empty()) record.unquoted.reserve(window.size());
    const std::size_t begin = record.unquoted.size();
    for (std::size_t i = 0; i < cell.text.size(); ++i) {
      record.unquoted += cell.text[i];
      if (cell.text[i] == '"') ++i;
    }
    cell.text = std::string_view(record.unquoted).substr(begin);
  }
  add_cell(record, cell);
  if (!closed) record.fault(at, "the quote is never closed", "a closing quote");
  return closed ? end + 1 : end;
}

}  // namespace

// A line without any quote: nearly all of them.
csv_reader::found csv_reader::read_plain(text_record& record, std::string_view line) const {
  const std::string_view content = without_return(line);
  record.begin(content, source_.line());
  if (const std::size_t at = find_byte(content, '\r'); at != content.npos)
    record.fault(at, "a carriage return inside a row", "LF or CRLF at its end");
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(find_byte(content, separator_, begin), content.size());
    add_cell(record, {content.substr(begin, end - begin), begin, false});
    if (end == content.size()) return line.size();
    begin = end + 1;
  }
}

csv_reader::found csv_reader::read_quoted(text_record& record, std::string_view window, bool last) {
  record.begin(window, source_.line());
  record.has_quotes = true;
  for (std::size_t at = 0;;) {
    const std::size_t cell = at;
    const bool quoted = at < window.size() && window[at] == '"';
    if (quoted) {
      const found behind = read_quoted_cell(record, window, at, last);
      if (!behind) {
        open_quote_ = at;
        return std::nullopt;
      }
      at = *behind;
    }
    const std::size_t content = at;
    while (at < window.size() && window[at] != separator_ && window[at] != '\n') {
      const bool ends = window[at] == '\r' && (at + 1 == window.size() ? last : window[at + 1] == '\n');
      if (!ends) {
        if (quoted)
          record.fault(at, "text after a closing quote",
                       "a separator or the end of the line; \"\" for a quote");
        else if (window[at] == '\r')
          record.fault(at, "a carriage return inside a row", "LF or CRLF at its end");
        else if (window[at] == '"')
          record.fault(at, "a quote inside a cell that is not quoted",
                       "the whole cell in quotes, \"\" for a quote");
      }
      ++at;
    }
    if (at == window.size() && !last) return std::nullopt;
    const bool ends = at == window.size() || window[at] == '\n';
    if (!quoted) {
      const std::string_view text = window.substr(content, at - content);
      add_cell(record, {ends ? without_return(text) : text, cell, false});
    }
    if (ends) {
      record.text = without_return(window.substr(0, at));
      return at;
    }
    ++at;
  }
}

csv_reader::found csv_reader::read_record(text_record& record, std::string_view window, bool last) {
  open_quote_.reset();
  const std::size_t line_end = find_byte(window, '\n');
  if (line_end == window.npos && !last) {
    record.begin(window, source_.line());
    // Whether the window ends inside a quote matters only to a record that is too long.
    if (window.size() <= max_record_bytes) return std::nullopt;
    return read_quoted(record, window, last);
  }
  const std::string_view line = window.substr(0, line_end);
  if (find_byte(line, '"') == line.npos) return read_plain(record, line);
  return read_quoted(record, window, last);
}

bool csv_reader::next(text_record& record) {
  for (;;) {
    if (source_.ahead().empty() && !source_.more()) return false;
    found end = read_record(record, source_.ahead(), false);
    for (bool last = false; !end && !last && source_.ahead().size() <= max_record_bytes;) {
      last = !source_.more();
      end = read_record(record, source_.ahead(), last);
    }
    if (!end || *end > max_record_bytes) {
      refuse_overlong(record, open_quote_.value_or(0));
      skip_record(source_, '"');
      return true;
    }
    source_.consume(std::min(*end + 1, source_.ahead().size()));
    source_.count_lines(1 + (record.has_quotes ? line_breaks(record.text) : 0));
    if (record.text.empty()) continue;
    record.check_text();
    return true;
  }
}

bool next_line(byte_source& source, text_record& record) {
  if (source.ahead().empty() && !source.more()) return false;
  std::size_t end = find_byte(source.ahead(), '\n');
  while (end == std::string_view::npos && source.ahead().size() <= max_record_bytes) {
    const std::size_t known = source.ahead().size();
    if (!source.more()) break;
    end = find_byte(source.ahead(), '\n', known);
  }
  const std::string_view line = source.ahead().substr(0, end);
  record.begin(line, source.line());
  if (line.size() > max_record_bytes) {
    refuse_overlong(record, 0);
    skip_record(source, '\n');
    return true;
  }
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  record.cells.push_back({line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin), begin, false});
  record.cell_count = 1;
  source.consume(std::min(line.size() + 1, source.ahead().size()));
  source.count_lines(1);
  record.check_text();
  return true;
}

}  // namespace mux::inline v0::ingest
