#include "muxctl/asset_rows.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "muxctl/escape.hpp"
#include "muxctl/model_json.hpp"

namespace mux::inline v0::muxctl {

namespace {

// People get a date, programs what the API writes.
cell time_cell(std::chrono::sys_seconds time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  cell made;
  made.text = text.data();
  append_json_string(made.json, std::to_string(seconds));
  return made;
}

cell number_cell(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return literal_cell(std::string(text.data(), end));
}

template <class Enum>
cell enum_cell(const open_enum<Enum>& value) {
  return value.text().empty() ? cell() : text_cell(value.text());
}

template <class Enum>
cell enum_cell(const std::optional<open_enum<Enum>>& value) {
  return value ? enum_cell(*value) : cell();
}

cell optional_cell(const std::optional<std::string>& text) {
  return text ? text_cell(*text) : cell();
}

template <std::optional<std::string> asset_metadata::*Member>
cell meta_cell(const asset& a) {
  return a.meta ? optional_cell((*a.meta).*Member) : cell();
}

// One after the other for people, a list for programs.
template <class Items, class Text>
cell list_cell(const Items& items, std::string_view separator, Text text) {
  cell made;
  made.json = "[";
  for (const auto& item : items) {
    if (!made.text.empty()) {
      made.text += separator;
      made.json += ',';
    }
    made.text += text(item);
    append_json_string(made.json, text(item));
  }
  made.json += ']';
  return made;
}

using std::string_view;

const std::vector<asset_column> columns = {
    {"id", [](const asset& a) { return text_cell(a.id); }, true},
    {"status", [](const asset& a) { return enum_cell(a.status); }, true},
    {"created_at", [](const asset& a) { return time_cell(a.created_at); }, true},
    {"duration", [](const asset& a) { return a.duration ? number_cell(*a.duration) : cell(); }, true},
    {"title", meta_cell<&asset_metadata::title>, true},
    {"external_id", meta_cell<&asset_metadata::external_id>, true},
    {"creator_id", meta_cell<&asset_metadata::creator_id>, false},
    {"passthrough", [](const asset& a) { return optional_cell(a.passthrough); }, false},
    {"playback_ids",
     [](const asset& a) {
       return list_cell(a.playback_ids, " ", [](const playback_id& p) { return string_view(p.id); });
     },
     false},
    {"video_quality", [](const asset& a) { return enum_cell(a.video_quality); }, false},
    {"resolution_tier", [](const asset& a) { return enum_cell(a.resolution_tier); }, false},
    {"aspect_ratio", [](const asset& a) { return optional_cell(a.aspect_ratio); }, false},
    {"max_stored_frame_rate",
     [](const asset& a) { return a.max_stored_frame_rate ? number_cell(*a.max_stored_frame_rate) : cell(); },
     false},
    {"ingest_type", [](const asset& a) { return enum_cell(a.ingest_type); }, false},
    {"test", [](const asset& a) { return a.test ? literal_cell(*a.test ? "true" : "false") : cell(); },
     false},
    {"upload_id", [](const asset& a) { return optional_cell(a.upload_id); }, false},
    {"live_stream_id", [](const asset& a) { return optional_cell(a.live_stream_id); }, false},
    {"source_asset_id", [](const asset& a) { return optional_cell(a.source_asset_id); }, false},
    {"updated_at", [](const asset& a) { return a.updated_at ? time_cell(*a.updated_at) : cell(); }, false},
    {"errors",
     [](const asset& a) {
       return a.errors ? list_cell(a.errors->messages, "; ",
                                   [](const std::string& text) { return string_view(text); })
                       : cell();
     },
     false},
};

const asset_column& find_column(const std::string& name) {
  std::string known;
  for (const asset_column& column : columns) {
    if (column.name == name) return column;
    known.append(known.empty() ? "" : ",").append(column.name);
  }
  throw failure(exit_code::usage, "usage", "there is no field " + name, "the fields are " + known);
}

std::vector<const asset_column*> choose(row_format format, const std::vector<std::string>& fields) {
  std::vector<const asset_column*> chosen;
  for (const std::string& name : fields) chosen.push_back(&find_column(name));
  if (!chosen.empty()) return chosen;
  for (const asset_column& column : columns)
    if (column.in_table || format != row_format::table) chosen.push_back(&column);
  return chosen;
}

std::vector<std::string_view> names_of(const std::vector<const asset_column*>& chosen) {
  std::vector<std::string_view> names;
  for (const asset_column* column : chosen) names.push_back(column->name);
  return names;
}

}  // namespace

const std::vector<asset_column>& asset_columns() {
  return columns;
}

asset_rows::asset_rows(output& out, row_format format, const std::vector<std::string>& fields,
                       bool neutralise)
    : out_(out),
      format_(format),
      neutralise_(neutralise),
      whole_(format == row_format::jsonl && fields.empty()),
      columns_(choose(format, fields)),
      names_(names_of(columns_)),
      table_(names_) {
  if (format_ == row_format::csv) write_record({names_.begin(), names_.end()});
}

void asset_rows::add(const asset& a) {
  if (whole_) {
    out_.write(json_line_of(a));
    return;
  }
  std::vector<cell> cells;
  cells.reserve(columns_.size());
  for (const asset_column* column : columns_) cells.push_back(column->value(a));
  if (format_ == row_format::jsonl) {
    out_.write(json_line(names_, cells));
    return;
  }
  std::vector<std::string> texts;
  texts.reserve(cells.size());
  for (cell& c : cells) texts.push_back(std::move(c.text));
  if (format_ == row_format::table)
    table_.add(texts);
  else
    write_record(std::move(texts));
}

// A file gets the exact text; on a terminal nothing may steer it.
void asset_rows::write_record(std::vector<std::string> cells) {
  if (out_.results_terminal())
    for (std::string& text : cells) text = escape_for_terminal(text);
  out_.write(csv_record(cells, neutralise_));
}

void asset_rows::end_batch() {
  if (format_ == row_format::table) out_.write(table_.take());
  out_.flush();
}

}  // namespace mux::inline v0::muxctl
