#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/ingest/engine.hpp>

#include "muxctl/batch_facts.hpp"
#include "muxctl/commands.hpp"
#include "muxctl/dry_run.hpp"
#include "muxctl/duration.hpp"
#include "muxctl/escape.hpp"
#include "muxctl/event.hpp"
#include "muxctl/ingest_failure.hpp"
#include "muxctl/ingest_input.hpp"
#include "muxctl/ingest_report.hpp"
#include "muxctl/remote_defaults.hpp"
#include "muxctl/run_notes.hpp"
#include "muxctl/run_reports.hpp"
#include "muxctl/session.hpp"
#include "muxctl/signals.hpp"

namespace mux::inline v0::muxctl {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

client_options client_settings(const ingest_command& command, const global_flags& flags) {
  client_options options = make_options(flags);
  class_limit& creates = options.limits[rate_class::video_post];
  if (command.rate) creates.rate = *command.rate;
  if (command.burst) creates.burst = *command.burst;
  return options;
}

ingest::engine_options engine_settings(const ingest_command& command, const invocation& call) {
  ingest::engine_options options;
  options.notes = make_notes(command, call);
  options.journal = journal_of(command);
  options.concurrency = command.concurrency;
  options.policy = command.policy;
  options.sweep = command.sweep;
  options.retry_failed = command.retry_failed;
  if (command.horizon) options.horizon = duration_cast<milliseconds>(*command.horizon);
  if (command.max_duration) options.max_duration = duration_cast<milliseconds>(*command.max_duration);
  options.wait = command.wait;
  options.uploads = command.uploads;
  if (command.stop_timeout) options.stop_deadline = duration_cast<milliseconds>(*command.stop_timeout);
  return options;
}

// Each fault on its own line, so that an editor can jump to it; then what they mean together.
[[noreturn]] void fail(const ingest::error& e, output& out) {
  for (const ingest::manifest_fault& fault : e.faults) out.summary(to_string(fault, e.manifest));
  if (e.code != ingest::errc::manifest_invalid) throw failure_of(e);
  if (e.fault_count > e.faults.size())
    out.summary("… and " + std::to_string(e.fault_count - e.faults.size()) + " more");
  failure f = failure_of(e);
  f.message = e.manifest + " has " + std::to_string(e.fault_count) +
              (e.fault_count == 1 ? " fault" : " faults") + "; nothing was sent";
  throw f;
}

// Nothing is written and nothing is sent.
exit_code rehearse(const ingest_command& command, const client_options& options, output& out) {
  const ingest::result<ingest::row_defaults> defaults = defaults_of(command);
  if (!defaults) fail(defaults.error(), out);
  ingest::result<ingest::manifest_reader> manifest = open_manifest(command);
  if (!manifest) fail(manifest.error(), out);
  std::optional<ingest::journal_view> journal;
  const bool named = !from_standard_input(command) || !command.journal.empty();
  if (std::error_code ignored; named && std::filesystem::exists(journal_of(command), ignored))
    journal.emplace(open_journal(journal_of(command)));
  const ingest::result<ingest::manifest_survey> found =
      ingest::survey(*manifest, journal ? &*journal : nullptr);
  if (!found) fail(found.error(), out);
  const class_limit& limit = options.limits[rate_class::video_post];
  out.write(command.json ? dry_run_event(*found, manifest_name(command), limit)
                         : dry_run_text(*found, limit));
  out.note("dry run: nothing was sent");
  return exit_code::done;
}

std::string resume_line(const invocation& call) {
  std::string line = "resume with:";
  for (const std::string& argument : call.arguments) line += " " + quote_for_shell(argument);
  return line;
}

exit_code exit_code_of_run(const ingest::summary& s, const ingest_report& report, std::optional<int> signal) {
  if (s.ended == ingest::ending::given_up) return s.why ? failure_of(*s.why).exit : exit_code::failed;
  if (s.ended != ingest::ending::finished && signal) return exit_code_of_signal(*signal);
  if (report.stopped_by_errors() || s.out_of_time) return exit_code::limit_reached;
  return s.complete() ? exit_code::done : exit_code::failed;
}

exit_code ingest_manifest(const ingest_command& command, const client_options& options,
                          const invocation& call, output& out) {
  const ingest::result<ingest::row_defaults> defaults = defaults_of(command);
  if (!defaults) fail(defaults.error(), out);
  asio::io_context context(1);
  create_pause pause;
  client api = make_client(context.get_executor(), options, out, &pause);
  const std::unique_ptr<ingest::remote> mux = with_defaults(ingest::make_remote(api), *defaults);

  ingest::engine* running = nullptr;
  ingest_report report(
      out, manifest_name(command), command.json, command.max_errors, command.progress_interval,
      [&running] { running->stop(); },
      [&pause] { return std::chrono::nanoseconds(pause.until - std::chrono::steady_clock::now()); });
  ingest::engine engine(*mux, ingest::system_timing(), engine_settings(command, call), &report);
  running = &engine;
  signals interrupts(
      context.get_executor(),
      [&](int signal) {
        out.note(std::string(signal_name(signal)) +
                 ": no further creates; those under way may end, a second signal ends the process at once");
        engine.stop();
      },
      [&report] { report.show_status(); });
  interrupts.set_last_words("\n" + resume_line(call) + "\n");

  ingest::manifest_source manifest =
      from_standard_input(command) ? ingest::manifest_source(std::cin, "-", manifest_settings(command))
                                   : ingest::manifest_source(command.manifest, manifest_settings(command));
  std::optional<ingest::result<ingest::summary>> outcome;
  std::exception_ptr fault;
  asio::co_spawn(context, engine.run(std::move(manifest)),
                 [&](std::exception_ptr thrown, ingest::result<ingest::summary> got) {
                   fault = std::move(thrown);
                   outcome.emplace(std::move(got));
                   interrupts.close();
                 });
  context.run();
  if (fault) std::rethrow_exception(fault);
  if (!*outcome) fail(outcome->error(), out);

  const ingest::summary& s = **outcome;
  const exit_code ends_with = exit_code_of_run(s, report, interrupts.stopped_by());
  report.finish(s, journal_of(command).string(), ends_with);
  if (s.ended == ingest::ending::given_up && s.why) out.fail(failure_of(*s.why));
  write_run_files(command.files, journal_of(command).string(), out);
  if (s.ended != ingest::ending::finished) out.summary(resume_line(call));
  return ends_with;
}

}  // namespace

exit_code run(const ingest_command& command, const invocation& call, output& out) {
  const bool standard_input = from_standard_input(command);
  if (standard_input && command.journal.empty() && !command.dry_run)
    throw failure(exit_code::usage, "usage", "a manifest from standard input needs --journal FILE",
                  "the journal is what lets the same command go on later");
  if (standard_input && call.global.credentials_file == "-")
    throw failure(exit_code::usage, "usage", "manifest and credentials cannot both come from standard input");
  expect_writable(command.files);
  const client_options options = client_settings(command, call.global);
  return command.dry_run ? rehearse(command, options, out) : ingest_manifest(command, options, call, out);
}

}  // namespace mux::inline v0::muxctl
