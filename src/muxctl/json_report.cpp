#include "muxctl/json_report.hpp"

#include <string>

#include "muxctl/event.hpp"
#include "muxctl/instant_text.hpp"
#include "muxctl/row_walk.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::row_state;

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string json_of_run(const run_facts& run, bool under_way) {
  json_object made;
  made.number("id", run.run.id).text("began_at", format_instant(run.run.begun_at));
  if (run.run.ended_at) made.text("ended_at", format_instant(*run.run.ended_at));
  made.text("ended", run.ending(under_way))
      .real("elapsed_s", seconds(run.elapsed()))
      .number("created", run.done())
      .number("refused", run.refused())
      .real("rate", run.rate());
  if (!run.samples.empty()) made.real("allowed_rate", run.samples.back().allowed_rate);
  return made.str();
}

std::string json_of_attempts(const attempt_facts& attempts) {
  json_object statuses;
  for (const auto& [status, count] : attempts.refusals) statuses.number(std::to_string(status), count);
  const auto quantile = [&](double share) { return attempts.took.quantile(share).count(); };
  json_object took;
  took.number("count", attempts.took.count())
      .number("p50", quantile(0.5))
      .number("p90", quantile(0.9))
      .number("p99", quantile(0.99))
      .number("max", attempts.took.longest().count());
  json_object made;
  made.number("count", attempts.count).json("http_errors", statuses.str()).json("seconds", took.str());
  return made.str();
}

std::string json_of_failure(const ingest::journal_row& row, const ingest::attempt_record& last) {
  json_object made;
  made.number("line", row.content.line)
      .number("column", row.content.column)
      .text("state", to_string(row.state));
  if (row.content.file.empty())
    made.text("url", row.shown_url);
  else
    made.text("file", row.content.file);
  made.optional_text("title", row.content.title)
      .optional_text("external_id", row.content.external_id)
      .optional_text("asset_id", row.asset_id)
      .text("reason", row.reason)
      .number("sends", row.sends);
  if (last.http_status != 0) made.number("http_status", last.http_status);
  return made.optional_text("request_id", last.request_id).str();
}

}  // namespace

std::string json_of_rows(const ingest::row_counts& rows) {
  json_object made;
  made.number("total", rows.total()).number("done", rows.done()).number("left", rows.left());
  for (std::size_t i = 0; i < ingest::row_state_count; ++i)
    made.number(to_string(static_cast<row_state>(i)), rows[static_cast<row_state>(i)]);
  return made.str();
}

void write_json_report(const batch_facts& batch, ingest::journal_view& journal, const text_sink& sink) {
  std::string runs;
  for (const run_facts& run : batch.runs)
    runs += (runs.empty() ? "" : ",\n") + json_of_run(run, batch.in_use && &run == &batch.runs.back());
  json_object head;
  head.number("v", 1)
      .text("journal", batch.journal.string())
      .texts("manifests", batch.notes.manifests)
      .text("environment_id", batch.environment)
      .text("host", batch.host)
      .boolean("complete", batch.complete())
      .boolean("in_use", batch.in_use)
      .json("rows", json_of_rows(batch.rows))
      .number("bytes_total", batch.bytes.total)
      .number("bytes_done", batch.bytes.done)
      .real("elapsed_s", seconds(batch.elapsed()))
      .json("runs", "[" + runs + "]")
      .json("attempts", json_of_attempts(read_attempts(journal)));
  std::string text = head.str();
  text.pop_back();
  sink(text + ",\n\"failures\":[");
  const char* separator = "\n";
  walk_failures(journal, [&](const ingest::journal_row& row) {
    sink(separator + json_of_failure(row, last_attempt(journal, row.id)));
    separator = ",\n";
    return true;
  });
  sink("]}\n");
}

}  // namespace mux::inline v0::muxctl
