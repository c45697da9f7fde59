#include "muxctl/batch_facts.hpp"

#include <algorithm>
#include <numeric>

#include <mux/ingest/engine.hpp>

#include "muxctl/escape.hpp"
#include "muxctl/ingest_failure.hpp"
#include "muxctl/row_walk.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::row_state;
using std::chrono::milliseconds;

}  // namespace

milliseconds run_facts::elapsed() const noexcept {
  return samples.empty() ? milliseconds(0) : samples.back().elapsed;
}

std::uint64_t run_facts::done() const noexcept {
  return samples.empty() ? 0 : samples.back().done - std::min(before, samples.back().done);
}

std::uint64_t run_facts::refused() const noexcept {
  return samples.empty() ? 0 : samples.back().refused;
}

double run_facts::rate() const noexcept {
  const double seconds = std::chrono::duration<double>(elapsed()).count();
  return seconds > 0 ? static_cast<double>(done()) / seconds : 0;
}

std::string_view run_facts::ending(bool under_way) const noexcept {
  if (!run.ending) return under_way ? "under way" : "killed";
  switch (static_cast<ingest::ending>(*run.ending)) {
    case ingest::ending::finished:
      return "finished";
    case ingest::ending::stopped:
      return "stopped";
    case ingest::ending::aborted:
      return "aborted";
    case ingest::ending::given_up:
      break;
  }
  return "given up";
}

std::uint64_t batch_facts::failures() const noexcept {
  return rows[row_state::failed] + rows[row_state::errored];
}

bool batch_facts::complete() const noexcept {
  return !in_use && failures() == 0 && rows.done() == rows.total();
}

std::string batch_facts::manifest() const {
  if (notes.manifests.empty()) return "a manifest";
  const std::string& first = notes.manifests.front();
  std::string name = first == "-" ? "standard input" : std::filesystem::path(first).filename().string();
  if (notes.manifests.size() > 1) name += " and " + std::to_string(notes.manifests.size() - 1) + " more";
  return name;
}

milliseconds batch_facts::elapsed() const noexcept {
  return std::accumulate(runs.begin(), runs.end(), milliseconds(0),
                         [](milliseconds sum, const run_facts& run) { return sum + run.elapsed(); });
}

std::uint64_t batch_facts::refused() const noexcept {
  return std::accumulate(runs.begin(), runs.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const run_facts& run) { return sum + run.refused(); });
}

ingest::journal_view open_journal(const std::filesystem::path& file) {
  return value_or_fail(ingest::journal_view::open(file));
}

batch_facts read_facts(ingest::journal_view& journal, const std::filesystem::path& file) {
  batch_facts batch;
  std::error_code ignored;
  batch.journal = std::filesystem::absolute(file, ignored);
  batch.notes = read_notes(journal);
  batch.environment = value_or_fail(journal.note("environment_id"));
  batch.host = value_or_fail(journal.note("host"));
  batch.in_use = journal.in_use();
  batch.rows = value_or_fail(journal.counts());
  batch.bytes = value_or_fail(journal.bytes());
  for (const ingest::run_record& run : value_or_fail(journal.runs())) {
    run_facts facts;
    facts.run = run;
    for (const run_facts& earlier : batch.runs)
      if (!earlier.samples.empty()) facts.before = earlier.samples.back().done;
    facts.samples = value_or_fail(journal.samples(run.id));
    batch.runs.push_back(std::move(facts));
  }
  return batch;
}

attempt_facts read_attempts(ingest::journal_view& journal) {
  attempt_facts facts;
  walk_attempts(journal, [&](const ingest::attempt_record& attempt) {
    ++facts.count;
    if (attempt.http_status >= 400) ++facts.refusals[attempt.http_status];
    if (attempt.intent_at && attempt.settled_at) facts.took.add(*attempt.settled_at - *attempt.intent_at);
  });
  return facts;
}

next_step next_step_for(const batch_facts& batch) {
  if (batch.in_use) return {"a process works on it; kill -USR1 makes it say where it stands", ""};
  const bool known = !batch.notes.arguments.empty();
  const std::string journal = quote_for_shell(batch.journal.string());
  if (batch.rows.left() > 0)
    return {known ? "go on with" : "go on with the command that it was begun with",
            known ? command_to_resume(batch.notes) : ""};
  if (batch.rows[row_state::failed] > 0)
    return {"send the rows that were refused again with", "muxctl ingest retry " + journal};
  if (batch.rows[row_state::errored] > 0)
    return {"mend the videos that could not be processed; these name them",
            "muxctl ingest export-failed " + journal};
  return {"nothing: every row has its asset", ""};
}

}  // namespace mux::inline v0::muxctl
