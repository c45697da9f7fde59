#include "muxctl/ingest_report.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "muxctl/duration.hpp"
#include "muxctl/event.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::row_state;

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

double effective_rate(const ingest::summary& s) {
  return s.elapsed.count() > 0 ? static_cast<double>(s.created_now) / seconds(s.elapsed) : 0;
}

std::string_view to_string(ingest::ending ended) {
  switch (ended) {
    case ingest::ending::finished:
      return "finished";
    case ingest::ending::stopped:
      return "stopped";
    case ingest::ending::aborted:
      return "aborted";
    case ingest::ending::given_up:
      break;
  }
  return "given_up";
}

std::string_view to_string(limiter_view::state state) {
  switch (state) {
    case limiter_view::state::waiting:
      return "waiting";
    case limiter_view::state::full_rate:
      return "full_rate";
    case limiter_view::state::paused:
      return "paused";
    case limiter_view::state::open:
      break;
  }
  return "open";
}

std::string plural(std::uint64_t number, const std::string& one, const std::string& many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

}  // namespace

ingest_report::ingest_report(output& out, std::string manifest, bool events, error_limit limit,
                             std::optional<std::chrono::nanoseconds> progress_interval,
                             std::function<void()> failed_too_often,
                             std::function<std::chrono::nanoseconds()> pause_left)
    : out_(out),
      manifest_(std::move(manifest)),
      events_(events),
      limit_(limit),
      failed_too_often_(std::move(failed_too_often)),
      pause_left_(std::move(pause_left)),
      display_(out, std::chrono::steady_clock::now(), progress_interval) {}

void ingest_report::on_loaded(const ingest::load_report& loaded, const ingest::row_counts& rows) {
  already_created_ = rows.done();
  latest_.rows = rows;
  emit(event("loaded")
           .text("manifest", manifest_)
           .number("rows", loaded.rows)
           .number("added", loaded.added)
           .number("duplicate_rows", loaded.duplicates)
           .number("vanished", loaded.vanished)
           .number("already_created", already_created_)
           .boolean("resumed", loaded.resumed)
           .line());
  out_.note(plural(loaded.rows, "row", "rows") + " in " + manifest_ +
            (loaded.resumed ? ", " + std::to_string(already_created_) + " already created" : ""));
  if (loaded.duplicates > 0) {
    std::string lines;
    for (const std::uint64_t line : loaded.duplicate_lines)
      lines += (lines.empty() ? "" : ", ") + std::to_string(line);
    if (loaded.duplicates > loaded.duplicate_lines.size()) lines += ", …";
    out_.note(plural(loaded.duplicates, "row repeats", "rows repeat") +
              " an earlier one and will not be created twice: line " + lines);
  }
  if (loaded.vanished > 0)
    out_.note(plural(loaded.vanished, "row", "rows") + " of the journal are no longer in the manifest");
}

void ingest_report::on_identity(const ingest::identity& who) {
  emit(event("identity")
           .text("environment_id", who.environment_id)
           .text("environment_name", who.environment_name)
           .line());
  out_.say(verbosity::verbose, "environment " + who.environment_name + " (" + who.environment_id + ")");
}

void ingest_report::on_row(const ingest::row_event& row) {
  const std::string_view state = ingest::to_string(row.state);
  emit(event("row")
           .text("state", state)
           .number("row", row.id)
           .number("line", row.line)
           .number("column", row.column)
           .optional_text("url", row.file.empty() ? row.url : std::string_view())
           .optional_text("file", row.file)
           .optional_text("title", row.title)
           .optional_text("external_id", row.external_id)
           .optional_text("marker", row.marker)
           .optional_text("asset_id", row.asset_id)
           .optional_text("upload_id", row.upload_id)
           .optional_text("playback_id", row.playback_id)
           .optional_text("reason", row.reason)
           .number("size", row.size)
           .number("sends", row.sends)
           .boolean("found", row.found)
           .line());
  const std::string place =
      manifest_ + ":" + std::to_string(row.line) + ":" + std::to_string(row.column) + ": ";
  std::string what = place + std::string(state);
  if (!row.asset_id.empty()) what += " " + std::string(row.asset_id);
  if (!row.reason.empty()) what += ": " + std::string(row.reason);
  const bool failed = row.state == row_state::failed || row.state == row_state::errored;
  const bool notable = failed || row.state == row_state::ambiguous;
  const bool result = row.state == row_state::created || row.state == row_state::ready;
  out_.say(notable ? verbosity::normal : result ? verbosity::verbose : verbosity::debug, what);
  count(row.state);
}

void ingest_report::count(row_state state) {
  const bool failed = state == row_state::failed || state == row_state::errored;
  if (!failed && state != row_state::created) return;
  failed_ += failed;
  // An asset that turns out to be errored was settled when it was created, perhaps by an earlier run.
  settled_ = std::max(settled_ + (state != row_state::errored), failed_);
  if (!failed || stopped_by_errors_ || !limit_.exceeded(failed_, settled_)) return;
  stopped_by_errors_ = true;
  out_.note(std::to_string(failed_) + " of " + plural(settled_, "row", "rows") +
            " failed, the run ends here (--max-errors)");
  failed_too_often_();
}

void ingest_report::on_scan_started(std::uint64_t wanted, bool sweep) {
  out_.say(verbosity::verbose,
           sweep ? "comparing all assets with the journal"
                 : "looking for " + plural(wanted, "asset", "assets") + " whose answer was lost");
}

void ingest_report::on_scan_ended(const ingest::scan_report& scan) {
  emit(event("scan")
           .boolean("sweep", scan.sweep)
           .number("wanted", scan.wanted)
           .number("found", scan.found)
           .number("absent", scan.absent)
           .number("pages", scan.pages)
           .boolean("complete", scan.complete)
           .line());
}

void ingest_report::on_duplicates(const ingest::duplicate_assets& duplicates) {
  emit(event("duplicates")
           .number("row", duplicates.row)
           .number("line", duplicates.line)
           .text("marker", duplicates.marker)
           .text("kept", duplicates.kept)
           .texts("others", duplicates.others)
           .line());
  std::string others;
  for (const std::string& id : duplicates.others) others += " " + id;
  out_.note(manifest_ + ":" + std::to_string(duplicates.line) + ": has " + duplicates.kept +
            " and also these, which are billed:" + others);
}

void ingest_report::on_throttled(std::uint64_t refused) {
  emit(event("throttled").number("refused", refused).line());
}

void ingest_report::on_progress(const ingest::progress& now) {
  latest_ = now;
  emit(event("progress")
           .number("created", now.rows.done())
           .number("total", now.rows.total())
           .number("ready", now.rows[row_state::ready])
           .number("errored", now.rows[row_state::errored])
           .number("failed", now.rows[row_state::failed])
           .number("ambiguous", now.rows[row_state::ambiguous])
           .number("in_flight", now.in_flight)
           .number("queued", now.queued)
           .number("uploads", now.uploads)
           .number("bytes_done", now.bytes.done)
           .number("bytes_total", now.bytes.total)
           .real("bytes_rate", now.bytes_rate)
           .number("throttled", now.throttled)
           .real("allowed_rate", now.allowed_rate)
           .real("measured_rate", now.measured_rate)
           .real("elapsed_s", seconds(now.elapsed))
           .real("eta_s", seconds(now.eta))
           .text("limiter", to_string(limiter().now))
           .line());
  display_.update(now, limiter(), std::chrono::steady_clock::now());
}

void ingest_report::show_status() {
  out_.summary("muxctl: " + progress_line(latest_, limiter()));
}

void ingest_report::finish(const ingest::summary& s, const std::string& journal, exit_code ends_with) {
  display_.end();
  emit(event("summary")
           .text("ended", to_string(s.ended))
           .number("exit_code", static_cast<int>(ends_with))
           .number("total", s.rows.total())
           .number("created", s.rows.done())
           .number("created_now", s.created_now)
           .number("already_created", already_created_)
           .number("ready", s.rows[row_state::ready])
           .number("errored", s.rows[row_state::errored])
           .number("failed", s.rows[row_state::failed])
           .number("ambiguous", s.rows[row_state::ambiguous])
           .boolean("out_of_time", s.out_of_time)
           .number("found", s.found)
           .number("repeated", s.repeated)
           .number("duplicates", s.duplicates.size())
           .number("throttled", s.throttled)
           .real("elapsed_s", seconds(s.elapsed))
           .real("rate", effective_rate(s))
           .text("journal", journal)
           .line());
  const std::string lines = summary_text(s, manifest_, journal);
  for (std::string_view text = lines; !text.empty();) {
    const auto newline = text.find('\n');
    out_.summary(text.substr(0, newline));
    text.remove_prefix(newline + 1);
  }
}

// A follower must see an event when it happens, not when a buffer is full.
void ingest_report::emit(std::string line) {
  if (!events_) return;
  out_.write(line);
  out_.flush();
}

std::string summary_text(const ingest::summary& s, const std::string& manifest, const std::string& journal) {
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.2f", effective_rate(s));
  const std::uint64_t already = s.rows.done() - std::min(s.rows.done(), s.created_now);
  std::string text = "ingest of " + manifest + " " +
                     (s.ended == ingest::ending::given_up ? "given up" : std::string(to_string(s.ended))) +
                     " after " + format_duration(s.elapsed) + ", " + rate + " creates/s\n";
  text += "already there " + std::to_string(already) + ", failed " +
          std::to_string(s.rows[row_state::failed] + s.rows[row_state::errored]) + ", ambiguous " +
          std::to_string(s.rows[row_state::ambiguous]) + ", duplicates " +
          std::to_string(s.duplicates.size()) + ", 429s " + std::to_string(s.throttled) + "\n";
  text += "journal " + journal + "\n";
  return text + "created " + std::to_string(s.rows.done()) + " of " + std::to_string(s.rows.total()) + "\n";
}

}  // namespace mux::inline v0::muxctl
