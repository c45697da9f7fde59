#include "muxctl/failed_rows.hpp"

#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include "muxctl/escape.hpp"
#include "muxctl/event.hpp"
#include "muxctl/ingest_failure.hpp"
#include "muxctl/json_parts.hpp"
#include "muxctl/row_walk.hpp"
#include "muxctl/rows.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::journal_row;
using ingest::manifest_row;

/// Rows that are looked for in one reading of the manifest.
constexpr std::size_t rows_at_a_time = 20'000;

struct column {
  const char* name;
  std::string manifest_row::*member;
};

constexpr std::array<column, 9> columns = {{
    {"url", &manifest_row::url},
    {"file", &manifest_row::file},
    {"title", &manifest_row::title},
    {"external_id", &manifest_row::external_id},
    {"creator_id", &manifest_row::creator_id},
    {"passthrough", &manifest_row::passthrough},
    {"playback_policy", &manifest_row::playback_policy},
    {"video_quality", &manifest_row::video_quality},
    {"settings", &manifest_row::settings},
}};

// The journal keeps a key of the whole row: what it no longer has of a secret one gives another key.
bool is_whole(ingest::journal_view& journal, const manifest_row& row, ingest::row_state state) {
  return value_or_fail(journal.state_of(row)) == state;
}

// Fills rows with secrets in from the manifest.
void restore(ingest::journal_view& journal, std::vector<journal_row>& rows, std::vector<bool>& whole,
             const manifest_rows& manifest) {
  std::unordered_multimap<std::uint64_t, std::size_t> by_line;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!whole[i]) by_line.emplace(rows[i].content.line, i);
  if (by_line.empty()) return;
  manifest([&](const manifest_row& row) {
    const auto [begin, end] = by_line.equal_range(row.line);
    for (auto at = begin; at != end; ++at) {
      journal_row& wanted = rows[at->second];
      if (ingest::shown_url(row.url) != wanted.shown_url && row.file != wanted.content.file) continue;
      if (!is_whole(journal, row, wanted.state)) continue;
      wanted.content = row;
      whole[at->second] = true;
      by_line.erase(at);
      break;
    }
    return !by_line.empty();
  });
}

void each_failed_row(ingest::journal_view& journal, const manifest_rows& manifest,
                     const std::function<void(const journal_row&)>& each,
                     const std::function<void(const journal_row&)>& lost) {
  std::vector<journal_row> rows;
  std::vector<bool> whole;
  const auto pass_on = [&] {
    restore(journal, rows, whole, manifest);
    for (std::size_t i = 0; i < rows.size(); ++i) whole[i] ? each(rows[i]) : lost(rows[i]);
    rows.clear();
    whole.clear();
  };
  walk_failures(journal, [&](journal_row row) {
    whole.push_back(is_whole(journal, row.content, row.state));
    rows.push_back(std::move(row));
    if (rows.size() == rows_at_a_time) pass_on();
    return true;
  });
  pass_on();
}

/// The columns that any row fills.
using table_shape = std::array<bool, columns.size()>;

void add(table_shape& shape, const manifest_row& row) {
  for (std::size_t i = 0; i < columns.size(); ++i) shape[i] = shape[i] || !(row.*columns[i].member).empty();
}

// False for a row that came while the file was written, with a column that no other has.
bool holds(table_shape shape, const manifest_row& row) {
  const table_shape before = shape;
  add(shape, row);
  return shape == before;
}

std::vector<std::string> header(const table_shape& shape) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (shape[i]) names.emplace_back(columns[i].name);
  names.emplace_back("reason");
  return names;
}

std::vector<std::string> cells(const table_shape& shape, const journal_row& row) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (shape[i]) made.push_back(row.content.*columns[i].member);
  made.push_back(row.reason);
  return made;
}

std::string json_row(const journal_row& row) {
  json_object made;
  for (const column& c : columns)
    if (c.member != &manifest_row::settings) made.optional_text(c.name, row.content.*c.member);
  for (const auto& [name, value] : members_of_json(row.content.settings)) made.json(name, value);
  return made.text("reason", row.reason).line();
}

// A comment is one line, whatever the reason holds.
std::string listed_row(const journal_row& row) {
  return "# " + escape_for_terminal(row.reason) + "\n" + row.content.url + "\n";
}

}  // namespace

failed_rows_report write_failed_rows(ingest::journal_view& journal, row_file_format format, bool neutralise,
                                     const manifest_rows& manifest, const text_sink& sink,
                                     const std::function<void(const journal_row&)>& lost) {
  failed_rows_report report;
  std::function<std::string(const journal_row&)> text =
      format == row_file_format::jsonl ? json_row : listed_row;
  const auto miss = [&](const journal_row& row) {
    ++report.lost;
    lost(row);
  };
  const bool is_table = format == row_file_format::csv || format == row_file_format::tsv;
  table_shape shape{};
  if (is_table) {
    each_failed_row(
        journal, manifest, [&](const journal_row& row) { add(shape, row.content); },
        [](const journal_row&) {});
    const char separator = format == row_file_format::tsv ? '\t' : ',';
    sink(csv_record(header(shape), neutralise, separator));
    text = [&shape, neutralise, separator](const journal_row& row) {
      return csv_record(cells(shape, row), neutralise, separator);
    };
  }
  each_failed_row(
      journal, manifest,
      [&](const journal_row& row) {
        if (is_table && !holds(shape, row.content)) return miss(row);
        ++report.written;
        sink(text(row));
      },
      miss);
  return report;
}

}  // namespace mux::inline v0::muxctl
