#include "muxctl/rows.hpp"

#include <algorithm>
#include <utility>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

cell text_cell(std::string_view text) {
  cell made;
  made.text = text;
  append_json_string(made.json, text);
  return made;
}

cell literal_cell(std::string literal) {
  cell made;
  made.text = literal;
  made.json = std::move(literal);
  return made;
}

std::string csv_record(const std::vector<std::string>& cells, bool neutralise, char separator) {
  const std::string special = std::string("\"\r\n") + separator;
  std::string record;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i) record += separator;
    const bool formula = neutralise && !cells[i].empty() &&
                         std::string_view("=+-@\t\r").find(cells[i].front()) != std::string_view::npos;
    const std::string text = formula ? "'" + cells[i] : cells[i];
    if (text.find_first_of(special) == std::string::npos) {
      record += text;
      continue;
    }
    record += '"';
    for (const char c : text) {
      if (c == '"') record += '"';
      record += c;
    }
    record += '"';
  }
  return record += "\r\n";
}

std::string json_line(const std::vector<std::string_view>& names, const std::vector<cell>& cells) {
  std::string line = "{";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i) line += ',';
    append_json_string(line, names[i]);
    line += ':';
    line += cells[i].json.empty() ? "null" : cells[i].json;
  }
  return line += "}\n";
}

table::table(const std::vector<std::string_view>& names) : widths_(names.size(), 0) {
  std::vector<std::string> header(names.begin(), names.end());
  for (std::string& name : header)
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  rows_.push_back(std::move(header));
}

void table::add(const std::vector<std::string>& cells) {
  std::vector<std::string> escaped;
  escaped.reserve(cells.size());
  for (const std::string& text : cells) escaped.push_back(escape_for_terminal(text));
  rows_.push_back(std::move(escaped));
}

std::string table::take() {
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], display_width(row[i]));
  std::string lines;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      lines += row[i];
      if (i + 1 < row.size()) lines.append(widths_[i] - display_width(row[i]) + 2, ' ');
    }
    lines.erase(lines.find_last_not_of(' ') + 1);
    lines += '\n';
  }
  rows_.clear();
  return lines;
}

}  // namespace mux::inline v0::muxctl
