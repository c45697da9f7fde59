#include "muxctl/run_reports.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "muxctl/atomic_file.hpp"
#include "muxctl/batch_facts.hpp"
#include "muxctl/escape.hpp"
#include "muxctl/html_report.hpp"
#include "muxctl/json_report.hpp"
#include "muxctl/results_file.hpp"
#include "muxctl/run_notes.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::manifest_format;

// The command that the journal remembers; nothing if it does not, or if it can no longer be read.
std::optional<ingest_command> remembered_command(const run_notes& notes) {
  if (notes.arguments.empty()) return std::nullopt;
  try {
    invocation call = parse_with_additions(notes.arguments);
    if (auto* command = std::get_if<ingest_command>(&call.command)) return std::move(*command);
  } catch (const failure&) {
  }
  return std::nullopt;
}

std::string first_line(const std::string& manifest) {
  std::ifstream file(manifest, std::ios::binary);
  std::string line(512, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(file.gcount()));
  if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
  line.erase(0, line.find_first_not_of(" \t\r\n"));
  return line.substr(0, line.find('\n'));
}

row_file_format format_of(const run_notes& notes, manifest_format given) {
  switch (given) {
    case manifest_format::csv:
    case manifest_format::files:
      return row_file_format::csv;
    case manifest_format::tsv:
      return row_file_format::tsv;
    case manifest_format::json_lines:
      return row_file_format::jsonl;
    case manifest_format::url_list:
      return row_file_format::url_list;
    case manifest_format::automatic:
      break;
  }
  if (notes.manifests.size() != 1) return row_file_format::csv;
  const std::string& name = notes.manifests.front();
  if (name.ends_with(".tsv")) return row_file_format::tsv;
  if (name.ends_with(".jsonl") || name.ends_with(".ndjson")) return row_file_format::jsonl;
  if (name == "-" || name.ends_with(".csv")) return row_file_format::csv;
  const std::string line = first_line(name);
  if (line.starts_with('{')) return row_file_format::jsonl;
  if (line.starts_with("http") || line.starts_with('#')) return row_file_format::url_list;
  return line.find('\t') != line.npos ? row_file_format::tsv : row_file_format::csv;
}

manifest_rows rows_of_manifest(const run_notes& notes, manifest_format format) {
  return [&notes, format](const std::function<bool(const ingest::manifest_row&)>& each) {
    if (notes.manifests.empty() || notes.manifests.front() == "-") return;
    ingest::manifest_options options;
    options.format = format;
    options.more.assign(std::next(notes.manifests.begin()), notes.manifests.end());
    options.check_files = false;
    ingest::result<ingest::manifest_reader> reader =
        ingest::manifest_reader::open(notes.manifests.front(), options);
    if (!reader) return;
    while (const std::optional<ingest::manifest_row> row = reader->next())
      if (!each(*row)) return;
  };
}

// Cells may hold anything; a terminal must not obey it.
std::string escape_lines(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    shown += escape_for_terminal(line);
    if (end < text.size()) shown += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return shown;
}

}  // namespace

void write_whole(const std::string& file, output& out, const std::function<void(const text_sink&)>& write) {
  if (file.empty() || file == "-") {
    if (!out.results_terminal()) return write([&out](std::string_view text) { out.write(text); });
    return write([&out](std::string_view text) { out.write(escape_lines(text)); });
  }
  atomic_file target(file);
  write([&target](std::string_view text) { target.write(text); });
  target.commit();
}

bool write_failed_rows_as_given(ingest::journal_view& journal, bool neutralise, const text_sink& sink,
                                output& out) {
  const run_notes notes = read_notes(journal);
  const std::optional<ingest_command> command = remembered_command(notes);
  const manifest_format format = command ? command->format : manifest_format::automatic;
  const auto name_lost = [&out](const ingest::journal_row& row) {
    out.summary("line " + std::to_string(row.content.line) + ": " + row.shown_url +
                " is left out: " + row.reason);
  };
  const failed_rows_report report = write_failed_rows(journal, format_of(notes, format), neutralise,
                                                      rows_of_manifest(notes, format), sink, name_lost);
  out.note(std::to_string(report.written) + (report.written == 1 ? " failed row" : " failed rows") +
           " written");
  if (report.lost == 0) return true;
  out.summary(
      "muxctl: " + std::to_string(report.lost) +
      " left out: they hold secrets, which are not in the journal, and the manifest no longer has them");
  return false;
}

void expect_writable(const run_files& files) {
  for (const std::string* file : {&files.report, &files.results, &files.failed, &files.html})
    if (!file->empty()) expect_writable(std::filesystem::path(*file));
}

void write_run_files(const run_files& files, const std::string& journal_file, output& out) {
  if (files.report.empty() && files.results.empty() && files.failed.empty() && files.html.empty()) return;
  ingest::journal_view journal = open_journal(journal_file);
  const batch_facts batch = read_facts(journal, journal_file);
  if (!files.report.empty())
    write_whole(files.report, out, [&](const text_sink& sink) { write_json_report(batch, journal, sink); });
  if (!files.results.empty())
    write_whole(files.results, out,
                [&](const text_sink& sink) { write_results(journal, files.neutralise, sink); });
  if (!files.failed.empty())
    write_whole(files.failed, out, [&](const text_sink& sink) {
      static_cast<void>(write_failed_rows_as_given(journal, files.neutralise, sink, out));
    });
  if (!files.html.empty())
    write_whole(files.html, out, [&](const text_sink& sink) { write_html_report(batch, journal, sink); });
}

}  // namespace mux::inline v0::muxctl
