#include "muxctl/text_report.hpp"

#include <array>
#include <cstdio>

#include "muxctl/duration.hpp"
#include "muxctl/escape.hpp"
#include "muxctl/event.hpp"
#include "muxctl/instant_text.hpp"
#include "muxctl/json_report.hpp"
#include "muxctl/row_walk.hpp"
#include "muxctl/rows.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::row_state;

std::string fact(std::string_view name, const std::string& value) {
  std::string line(name);
  line.resize(13, ' ');
  return line + escape_for_terminal(value) + "\n";
}

std::string format_number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

std::string states(const ingest::row_counts& rows) {
  std::string text = std::to_string(rows.total());
  const char* separator = ": ";
  for (std::size_t i = 0; i < ingest::row_state_count; ++i) {
    const auto state = static_cast<row_state>(i);
    if (rows[state] == 0) continue;
    text += separator + std::to_string(rows[state]) + " " + std::string(to_string(state));
    separator = ", ";
  }
  return text;
}

std::string last_run(const batch_facts& batch) {
  if (batch.runs.empty()) return "none";
  const run_facts& last = batch.runs.back();
  std::string text = std::to_string(batch.runs.size()) + ", the last one of " +
                     format_instant(last.run.begun_at) + ": " + std::string(last.ending(batch.in_use));
  if (!last.samples.empty())
    text += " after " + format_duration(last.elapsed()) + ", " + std::to_string(last.done()) + " created, " +
            format_number(last.rate()) + "/s";
  return text;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string source_of(const ingest::journal_row& row) {
  return row.content.file.empty() ? row.shown_url : row.content.file;
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1024;
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s", value,
                units[unit]);
  return text.data();
}

std::string status_text(const batch_facts& batch) {
  std::string text = fact("journal", batch.journal.string());
  if (!batch.notes.manifests.empty()) text += fact("manifest", joined(batch.notes.manifests));
  if (!batch.environment.empty()) text += fact("environment", batch.environment + " at " + batch.host);
  text += fact("rows", states(batch.rows));
  if (batch.bytes.total > 0)
    text += fact("bytes", format_bytes(batch.bytes.done) + " of " + format_bytes(batch.bytes.total));
  text += fact("runs", last_run(batch));
  text += fact("process", batch.in_use ? "one works on it now" : "none works on it");
  const next_step next = next_step_for(batch);
  text += fact("next", next.advice + (next.command.empty() ? "" : ":"));
  if (!next.command.empty()) text += "  " + escape_for_terminal(next.command) + "\n";
  return text;
}

std::string status_json(const batch_facts& batch) {
  const next_step next = next_step_for(batch);
  event status("status");
  status.text("journal", batch.journal.string())
      .texts("manifests", batch.notes.manifests)
      .text("environment_id", batch.environment)
      .text("host", batch.host)
      .json("rows", json_of_rows(batch.rows))
      .number("bytes_total", batch.bytes.total)
      .number("bytes_done", batch.bytes.done)
      .boolean("in_use", batch.in_use)
      .boolean("complete", batch.complete())
      .number("runs", batch.runs.size());
  if (!batch.runs.empty()) {
    const run_facts& last = batch.runs.back();
    status.text("last_run", last.ending(batch.in_use))
        .text("last_run_began", format_instant(last.run.begun_at))
        .real("last_run_s", std::chrono::duration<double>(last.elapsed()).count())
        .real("last_run_rate", last.rate());
  }
  return status.text("advice", next.advice).optional_text("command", next.command).line();
}

void write_text_report(const batch_facts& batch, ingest::journal_view& journal, const text_sink& sink) {
  sink(status_text(batch));
  if (!batch.runs.empty()) {
    sink("\n");
    table runs({"run", "began", "took", "created", "rate", "429s", "end"});
    for (const run_facts& run : batch.runs)
      runs.add({std::to_string(run.run.id), format_instant(run.run.begun_at), format_duration(run.elapsed()),
                std::to_string(run.done()), format_number(run.rate()) + "/s", std::to_string(run.refused()),
                std::string(run.ending(batch.in_use && &run == &batch.runs.back()))});
    sink(runs.take());
  }
  const attempt_facts attempts = read_attempts(journal);
  if (attempts.took.count() > 0)
    sink("\n" + fact("creates",
                     std::to_string(attempts.count) + " sent; with the wait for its turn, half took up to " +
                         std::to_string(attempts.took.quantile(0.5).count()) + " s, 99 % up to " +
                         std::to_string(attempts.took.quantile(0.99).count()) + " s, the longest " +
                         std::to_string(attempts.took.longest().count()) + " s"));
  if (batch.failures() == 0) return;
  sink("\nfailed:\n");
  walk_failures(journal, [&](const ingest::journal_row& row) {
    sink("  line " + std::to_string(row.content.line) + ": " + escape_for_terminal(source_of(row)) + ": " +
         std::string(to_string(row.state)) + ": " + escape_for_terminal(row.reason) + "\n");
    return true;
  });
}

}  // namespace mux::inline v0::muxctl
