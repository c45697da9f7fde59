#include "muxctl/html_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "muxctl/duration.hpp"
#include "muxctl/html_style.hpp"
#include "muxctl/instant_text.hpp"
#include "muxctl/row_walk.hpp"
#include "muxctl/svg_plot.hpp"
#include "muxctl/text_report.hpp"
#include "muxctl/timeline.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::row_state;

constexpr std::size_t most_points = 400, most_bars = 60, failures_shown = 200, reasons_shown = 20,
                      runs_shown = 100, manifests_shown = 20;
/// Bytes of one text from outside, and of a table of them: the page has its limit, whatever they hold.
constexpr std::size_t longest_text = 300, largest_table = 400'000;

std::string number(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, "\u202f");
  return text;
}

std::string fixed(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), value < 100 ? "%.2f" : "%.0f", value);
  return text.data();
}

std::string shown(std::string_view text) {
  if (text.size() <= longest_text) return html_text(text);
  std::size_t end = longest_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return html_text(text.substr(0, end)) + "…";
}

// ---- head and tiles ----

struct verdict {
  const char *style, *text;
};

verdict judge(const batch_facts& batch) {
  if (batch.in_use) return {"busy", "in progress"};
  if (batch.rows.left() > 0) return {"open", "not finished"};
  if (batch.failures() > 0) return {"bad", "finished with failures"};
  return {"good", "complete"};
}

std::string tile(const std::string& name, const std::string& value, const std::string& more,
                 const char* style = "") {
  return "<div class=\"tile " + std::string(style) + "\"><span>" + name + "</span><b>" + value +
         "</b><small>" + more + "</small></div>\n";
}

std::string tiles(const batch_facts& batch) {
  const std::uint64_t total = batch.rows.total(), done = batch.rows.done();
  const double seconds = std::chrono::duration<double>(batch.elapsed()).count();
  std::uint64_t made = 0;
  for (const run_facts& run : batch.runs) made += run.done();
  std::string text = tile("Created", number(done), "of " + number(total) + " rows");
  text += tile("Failed", number(batch.failures()), "refused or not processed",
               batch.failures() > 0 ? "warn" : "");
  text += tile("Left", number(batch.rows.left()),
               batch.rows[row_state::ambiguous] > 0
                   ? number(batch.rows[row_state::ambiguous]) + " of unknown fate"
                   : "to be created");
  text += tile("Working time", format_duration(batch.elapsed()),
               batch.runs.size() == 1 ? "in one run" : "in " + number(batch.runs.size()) + " runs");
  text += tile("Rate", seconds > 0 ? fixed(static_cast<double>(made) / seconds) : "–", "creates a second");
  text += tile("Refusals", number(batch.refused()), "answers 429");
  if (batch.bytes.total > 0)
    text += tile("Uploaded", format_bytes(batch.bytes.done), "of " + format_bytes(batch.bytes.total));
  return "<section class=\"tiles\">\n" + text + "</section>\n";
}

std::string progress_bar(const batch_facts& batch) {
  const auto share = [&](std::uint64_t rows) {
    std::array<char, 32> text;
    const double total = static_cast<double>(std::max<std::uint64_t>(1, batch.rows.total()));
    std::snprintf(text.data(), text.size(), "%.3f%%", 100 * static_cast<double>(rows) / total);
    return std::string(text.data());
  };
  return "<div class=\"whole\"><i class=\"done\" style=\"width:" +
         share(batch.rows.done() - batch.rows[row_state::errored]) +
         "\"></i><i class=\"failed\" style=\"width:" + share(batch.failures()) + "\"></i></div>\n";
}

// ---- plots ----

std::string card(const std::string& title, const std::string& legend, const std::string& plot) {
  return "<figure><figcaption><b>" + title + "</b>" + legend + "</figcaption>\n" + plot + "</figure>\n";
}

std::string key(const char* style, const char* name) {
  return std::string("<span class=\"key ") + style + "\">" + name + "</span>";
}

std::string no_data(const char* why) {
  return std::string("<p class=\"none\">") + why + "</p>\n";
}

void mark_runs(svg_plot& plot, const timeline& time) {
  for (std::size_t i = 0; i < time.starts.size(); ++i)
    plot.mark(time.starts[i], "run " + std::to_string(i + 2) + " begins");
}

std::string progress_plot(const batch_facts& batch, const timeline& time) {
  const std::string legend = key("done", "created") + key("failed", "failed") + key("limit", "all rows");
  if (time.points.size() < 2) return card("Progress", legend, no_data("Too short for a plot."));
  const auto total = static_cast<double>(batch.rows.total());
  svg_plot plot("rows created and failed over the working time",
                time_axis(std::chrono::duration<double>(time.length)), number_axis(total));
  svg_plot::points done, failed;
  for (const timeline::point& p : time.points) {
    done.emplace_back(p.seconds, p.done);
    failed.emplace_back(p.seconds, p.failed);
  }
  plot.line({{0, total}, {time.length, total}}, "limit");
  plot.area(done, "done");
  plot.line(done, "done");
  if (batch.failures() > 0) plot.line(failed, "failed");
  mark_runs(plot, time);
  return card("Progress", legend, plot.str());
}

std::string rate_plot(const timeline& time) {
  const std::string legend = key("done", "creates a second") + key("limit", "allowed");
  const std::vector<timeline::interval> bars = time.intervals(most_bars);
  if (bars.empty()) return card("Rate against the limit", legend, no_data("Too short for a plot."));
  double most = 0;
  for (const timeline::interval& bar : bars)
    most = std::max({most, bar.rate, std::isfinite(bar.allowed) ? bar.allowed * 1.15 : 0});
  svg_plot plot("creates a second and the rate that the limit allows",
                time_axis(std::chrono::duration<double>(time.length)), number_axis(most));
  svg_plot::points allowed;
  for (const timeline::interval& bar : bars) {
    plot.bar(bar.from, bar.to, bar.rate, "done", fixed(bar.rate) + " a second");
    if (!std::isfinite(bar.allowed)) continue;
    allowed.emplace_back(bar.from, bar.allowed);
    allowed.emplace_back(bar.to, bar.allowed);
  }
  plot.line(allowed, "limit");
  mark_runs(plot, time);
  return card("Rate against the limit", legend, plot.str());
}

std::string refusals_plot(const batch_facts& batch, const timeline& time) {
  const std::string legend = key("refused", "answers 429");
  if (batch.refused() == 0)
    return card("Refusals", legend, no_data("The API never had to refuse for the rate."));
  const std::vector<timeline::interval> bars = time.intervals(most_bars);
  double most = 1;
  for (const timeline::interval& bar : bars) most = std::max(most, bar.refused);
  svg_plot plot("answers 429 over the working time", time_axis(std::chrono::duration<double>(time.length)),
                number_axis(std::max(most, 4.0)));
  for (const timeline::interval& bar : bars)
    if (bar.refused > 0) plot.bar(bar.from, bar.to, bar.refused, "refused", fixed(bar.refused) + " refusals");
  mark_runs(plot, time);
  return card("Refusals", legend, plot.str());
}

std::string latency_plot(const latencies& took) {
  const std::string title = "Time of a create";
  const std::vector<latencies::bar> bars = took.bars();
  if (bars.empty()) return card(title, "", no_data("No create has ended yet."));
  const auto of = [](std::chrono::seconds time) {
    return time.count() < 10 ? std::to_string(time.count()) + "s" : format_duration(time);
  };
  const std::string legend =
      "<span title=\"the wait for its turn included; the server's clock counts seconds\">half " +
      of(took.quantile(0.5)) + " · 90 % " + of(took.quantile(0.9)) + " · 99 % " + of(took.quantile(0.99)) +
      " · longest " + of(took.longest()) + "</span>";
  double most = 1;
  for (const latencies::bar& bar : bars) most = std::max(most, static_cast<double>(bar.count));
  const std::size_t slots = std::max<std::size_t>(bars.size(), 6);
  plot_axis x;
  x.end = static_cast<double>(slots);
  for (std::size_t i = 0; i<bars.size(); i += slots> 12 ? 2 : 1)
    x.ticks.emplace_back(static_cast<double>(i) + 0.5, bars[i].to == bars[i].from || slots > 8
                                                           ? of(bars[i].from)
                                                           : of(bars[i].from) + " – " + of(bars[i].to));
  svg_plot plot("how many creates took how many seconds, waiting included", x, number_axis(most));
  for (std::size_t i = 0; i < bars.size(); ++i)
    plot.bar(static_cast<double>(i), static_cast<double>(i + 1), static_cast<double>(bars[i].count), "took",
             of(bars[i].from) + " to " + of(bars[i].to) + ": " + std::to_string(bars[i].count));
  return card(title, legend, plot.str());
}

std::string bytes_plot(const batch_facts& batch, const timeline& time) {
  if (batch.bytes.total == 0 || time.points.size() < 2) return {};
  const auto total = static_cast<double>(batch.bytes.total);
  svg_plot plot("bytes of local files over the working time",
                time_axis(std::chrono::duration<double>(time.length)), bytes_axis(total));
  svg_plot::points sent;
  for (const timeline::point& p : time.points) sent.emplace_back(p.seconds, p.bytes);
  plot.line({{0, total}, {time.length, total}}, "limit");
  plot.area(sent, "bytes");
  plot.line(sent, "bytes");
  mark_runs(plot, time);
  return card("Bytes", key("bytes", "uploaded") + key("limit", "all files"), plot.str());
}

// ---- tables ----

std::string row_of(std::initializer_list<std::string> cells, const char* cell = "td") {
  std::string text = "<tr>";
  for (const std::string& content : cells)
    text += std::string("<") + cell + ">" + content + "</" + cell + ">";
  return text + "</tr>\n";
}

std::string section(const std::string& title, const std::string& note, const std::string& head,
                    const std::string& rows, const std::string& style = {}) {
  return "<section class=\"" + style + "\"><h2>" + title + "</h2>" +
         (note.empty() ? "" : "<p>" + note + "</p>") + "<div class=\"scroll\"><table><thead>" + head +
         "</thead><tbody>\n" + rows + "</tbody></table></div></section>\n";
}

std::string states_table(const ingest::row_counts& rows) {
  static constexpr std::array<const char*, ingest::row_state_count> meaning = {
      "to be sent",
      "under way",
      "may have been created; looked for before it is sent again",
      "has its asset",
      "bytes on their way",
      "has its asset, which can be played",
      "has an asset that could not be processed",
      "refused by the API",
      "no longer in the manifest"};
  std::string text;
  for (std::size_t i = 0; i < ingest::row_state_count; ++i) {
    const auto state = static_cast<row_state>(i);
    if (rows[state] > 0) text += row_of({std::string(to_string(state)), number(rows[state]), meaning[i]});
  }
  return section("Rows", "", row_of({"state", "rows", ""}, "th"), text);
}

std::string runs_table(const batch_facts& batch) {
  const std::size_t first = batch.runs.size() - std::min(batch.runs.size(), runs_shown);
  std::string text;
  for (std::size_t i = first; i < batch.runs.size(); ++i) {
    const run_facts& run = batch.runs[i];
    text +=
        row_of({std::to_string(run.run.id), format_instant(run.run.begun_at), format_duration(run.elapsed()),
                number(run.done()), fixed(run.rate()) + "/s", number(run.refused()),
                std::string(run.ending(batch.in_use && i + 1 == batch.runs.size()))});
  }
  const std::string note =
      first > 0 ? "The last " + number(runs_shown) + " of " + number(batch.runs.size()) + "." : "";
  return section("Runs", note, row_of({"run", "began", "took", "created", "rate", "429s", "end"}, "th"),
                 text);
}

std::string failures_table(const batch_facts& batch, ingest::journal_view& journal) {
  if (batch.failures() == 0) return {};
  std::map<std::string, std::uint64_t> reasons;
  std::string text;
  std::size_t count = 0, listed = 0;
  walk_failures(journal, [&](const ingest::journal_row& row) {
    if (const auto known = reasons.find(row.reason); known != reasons.end())
      ++known->second;
    else if (reasons.size() < 1000)
      reasons.emplace(row.reason, 1);
    ++count;
    if (listed == failures_shown || text.size() > largest_table) return true;
    ++listed;
    const std::string& source = row.content.file.empty() ? row.shown_url : row.content.file;
    text += row_of({number(row.content.line), shown(source), shown(row.content.title),
                    std::string(to_string(row.state)), shown(row.reason), shown(row.asset_id)});
    return true;
  });
  std::vector<std::pair<std::uint64_t, std::string>> ordered;
  for (const auto& [reason, rows] : reasons) ordered.emplace_back(rows, reason);
  std::sort(ordered.rbegin(), ordered.rend());
  if (ordered.size() > reasons_shown) ordered.resize(reasons_shown);
  std::string causes;
  for (const auto& [rows, reason] : ordered) causes += row_of({number(rows), shown(reason)});
  const std::string note = count > listed ? "The first " + number(listed) + " of " + number(count) +
                                                "; <code>muxctl ingest export-failed</code> writes them all."
                                          : "";
  return section("Reasons", "", row_of({"rows", "reason"}, "th"), causes) +
         section("Failed rows", note, row_of({"line", "source", "title", "state", "reason", "asset"}, "th"),
                 text, "failures");
}

std::string refusals_table(const attempt_facts& attempts) {
  std::string text;
  for (const auto& [status, count] : attempts.refusals)
    text += row_of({std::to_string(status), number(count)});
  return text.empty()
             ? text
             : section("Answers that refused a row", "", row_of({"HTTP status", "times"}, "th"), text);
}

std::string details(const batch_facts& batch) {
  std::string text = row_of({"journal", shown(batch.journal.string())});
  const std::size_t manifests = std::min(batch.notes.manifests.size(), manifests_shown);
  for (std::size_t i = 0; i < manifests; ++i) text += row_of({"manifest", shown(batch.notes.manifests[i])});
  if (manifests < batch.notes.manifests.size())
    text += row_of({"", number(batch.notes.manifests.size() - manifests) + " more"});
  text += row_of({"environment", shown(batch.environment)}) + row_of({"API host", shown(batch.host)});
  if (!batch.notes.arguments.empty())
    text += row_of({"command", "<code>" + shown(shell_line(batch.notes.arguments)) + "</code>"});
  const next_step next = next_step_for(batch);
  text += row_of({"next", shown(next.advice) +
                              (next.command.empty() ? "" : ": <code>" + shown(next.command) + "</code>")});
  if (!batch.notes.version.empty()) text += row_of({"made by", "muxctl " + shown(batch.notes.version)});
  return section("Details", "", "", text);
}

}  // namespace

void write_html_report(const batch_facts& batch, ingest::journal_view& journal, const text_sink& sink) {
  const std::string title = "Ingest of " + html_text(batch.manifest());
  const verdict verdict = judge(batch);
  sink(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
      title + "</title>\n<style>\n" + std::string(html_style) + "</style>\n</head>\n<body>\n<header><h1>" +
      title + "</h1><span class=\"verdict " + verdict.style + "\">" + verdict.text + "</span></header>\n");
  sink(progress_bar(batch) + tiles(batch));

  const timeline time = make_timeline(batch.runs, most_points);
  const attempt_facts attempts = read_attempts(journal);
  sink("<section class=\"plots\">\n" + progress_plot(batch, time) + rate_plot(time) +
       refusals_plot(batch, time) + latency_plot(attempts.took) + bytes_plot(batch, time) + "</section>\n");
  sink(failures_table(batch, journal) + refusals_table(attempts) + states_table(batch.rows) +
       runs_table(batch) + details(batch));
  sink("</body>\n</html>\n");
}

}  // namespace mux::inline v0::muxctl
