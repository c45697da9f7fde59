#include "muxctl/command_line.hpp"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

using namespace mux::muxctl;
using namespace std::chrono_literals;

namespace {

invocation parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> all = {"muxctl"};
  all.insert(all.end(), arguments);
  return parse_command_line(static_cast<int>(all.size()), all.data());
}

template <class Command>
Command parse_as(std::initializer_list<const char*> arguments) {
  return std::get<Command>(parse(arguments).command);
}

failure failure_of_line(std::initializer_list<const char*> arguments) {
  try {
    static_cast<void>(parse(arguments));
  } catch (const failure& f) {
    return f;
  }
  return failure(exit_code::done, "no failure", "");
}

}  // namespace

TEST(command_line, reads_an_ingest_with_all_its_settings) {
  const auto c = parse_as<ingest_command>({"ingest",         "movies.csv",
                                           "--journal",      "j",
                                           "--format",       "urls",
                                           "--rate",         "50",
                                           "--burst",        "10",
                                           "--policy",       "at-most-once",
                                           "--horizon",      "2",
                                           "--concurrency",  "16",
                                           "--max-errors",   "3",
                                           "--json",         "--no-final-sweep",
                                           "--retry-failed", "--playback-policy",
                                           "public",         "--video-quality",
                                           "basic",          "--stop-timeout",
                                           "500ms"});
  EXPECT_EQ(c.manifest, "movies.csv");
  EXPECT_EQ(c.journal, "j");
  EXPECT_EQ(c.format, mux::ingest::manifest_format::url_list);
  EXPECT_EQ(c.rate, 50);
  EXPECT_EQ(c.burst, 10);
  EXPECT_EQ(c.policy, mux::ingest::create_policy::at_most_once);
  EXPECT_EQ(c.horizon, 2s);
  EXPECT_EQ(c.stop_timeout, 500ms);
  EXPECT_EQ(c.concurrency, 16U);
  EXPECT_EQ(c.max_errors.most, 3U);
  EXPECT_TRUE(c.json);
  EXPECT_TRUE(c.retry_failed);
  EXPECT_EQ(c.sweep, mux::ingest::sweep_policy::never);
  EXPECT_EQ(c.playback_policy, "public");
  EXPECT_EQ(c.video_quality, "basic");
}

TEST(command_line, takes_global_options_before_and_after_the_command) {
  for (const invocation& call : {parse({"--base-url", "https://a.example", "-vv", "whoami"}),
                                 parse({"whoami", "--base-url", "https://a.example", "-v", "-v"})}) {
    EXPECT_EQ(call.global.base_url, "https://a.example");
    EXPECT_EQ(call.global.level, verbosity::debug);
  }
}

TEST(command_line, reads_global_settings) {
  const global_flags g =
      parse({"version", "--timeout", "5", "--deadline", "1m", "--color", "never", "-q", "--rate-limit",
             "data=1", "--rate-limit", "video-other=off", "--limits-dir", ""})
          .global;
  EXPECT_EQ(g.timeout, 5s);
  EXPECT_EQ(g.deadline, 60s);
  EXPECT_EQ(g.colour, colour_mode::never);
  EXPECT_EQ(g.level, verbosity::quiet);
  EXPECT_EQ(g.limits, (std::vector<std::string>{"data=1", "video-other=off"}));
  EXPECT_EQ(g.limits_dir, "");
}

TEST(command_line, reads_a_listing) {
  const auto c = parse_as<assets_list_command>({"assets", "list", "--all", "--limit", "10", "--format", "csv",
                                                "--fields", "id,title", "--cursor", "abc"});
  EXPECT_TRUE(c.all);
  EXPECT_EQ(c.limit, 10);
  EXPECT_EQ(c.format, row_format::csv);
  EXPECT_TRUE(c.format_given);
  EXPECT_EQ(c.fields, (std::vector<std::string>{"id", "title"}));
  EXPECT_EQ(c.cursor, "abc");
  EXPECT_FALSE(parse_as<assets_list_command>({"assets", "list"}).format_given);
}

TEST(command_line, takes_the_url_of_a_create_with_or_without_its_name) {
  EXPECT_EQ(parse_as<assets_create_command>({"assets", "create", "https://a.example/1"}).url,
            "https://a.example/1");
  const auto c = parse_as<assets_create_command>({"assets", "create", "--url", "https://a.example/1",
                                                  "--title", "A film", "--playback-policy", "public",
                                                  "--playback-policy", "signed", "--test", "--wait"});
  EXPECT_EQ(c.url, "https://a.example/1");
  EXPECT_EQ(c.labels.title, "A film");
  EXPECT_FALSE(c.labels.passthrough);
  EXPECT_EQ(c.playback_policies, (std::vector<std::string>{"public", "signed"}));
  EXPECT_TRUE(c.test && c.wait);
}

TEST(command_line, tells_setting_from_clearing) {
  const auto c =
      parse_as<assets_update_command>({"assets", "update", "ID", "--title", "", "--clear-passthrough"});
  EXPECT_EQ(c.labels.title, "");
  EXPECT_TRUE(c.clear_passthrough);
  EXPECT_FALSE(c.clear_title);
  EXPECT_EQ(failure_of_line({"assets", "update", "ID", "--title", "x", "--clear-title"}).exit,
            exit_code::usage);
}

TEST(command_line, names_the_help_to_read_when_it_is_wrong) {
  for (const auto& f : {failure_of_line({"ingest"}), failure_of_line({"ingest", "a", "--rate", "x"}),
                        failure_of_line({"ingest", "a", "--horizon", "soon"}),
                        failure_of_line({"ingest", "a", "--policy", "perhaps"})}) {
    EXPECT_EQ(f.exit, exit_code::usage);
    EXPECT_EQ(f.code, "usage");
    EXPECT_EQ(f.hint, "see muxctl ingest --help") << f.message;
  }
  EXPECT_EQ(failure_of_line({}).hint, "see muxctl --help");
  EXPECT_EQ(failure_of_line({"unknown"}).exit, exit_code::usage);
  EXPECT_EQ(failure_of_line({"assets"}).hint, "see muxctl assets --help");
  EXPECT_EQ(failure_of_line({"assets", "list", "--limit", "101"}).exit, exit_code::usage);
}

TEST(command_line, refuses_a_secret_without_repeating_it) {
  for (const auto& f : {failure_of_line({"whoami", "--token-secret", "canary"}),
                        failure_of_line({"--token-secret=canary", "whoami"}),
                        failure_of_line({"whoami", "--authorization-token", "canary"})}) {
    EXPECT_EQ(f.code, "secret_on_command_line");
    EXPECT_EQ((f.message + f.hint).find("canary"), std::string::npos);
  }
}

TEST(command_line, has_help_with_examples_for_every_command) {
  for (const auto& line : {std::vector<const char*>{"muxctl", "--help"},
                           {"muxctl", "ingest", "--help"},
                           {"muxctl", "assets", "list", "--help"},
                           {"muxctl", "assets", "create", "--help"},
                           {"muxctl", "assets", "update", "-h"}}) {
    const invocation call = parse_command_line(static_cast<int>(line.size()), line.data());
    EXPECT_NE(call.help.find("Examples:"), std::string::npos) << line[1];
    EXPECT_EQ(call.help.find('\x1b'), std::string::npos);
  }
}

TEST(command_line, remembers_what_was_typed_for_the_resume_line) {
  EXPECT_EQ(parse({"ingest", "my movies.csv", "-q"}).arguments,
            (std::vector<std::string>{"muxctl", "ingest", "my movies.csv", "-q"}));
}

TEST(command_line, commands_on_a_journal_stand_below_ingest_and_leave_a_manifest_of_their_name_alone) {
  EXPECT_EQ(parse_as<ingest_status_command>({"ingest", "status", "j", "--json"}).journal, "j");
  EXPECT_EQ(parse_as<ingest_report_command>({"ingest", "report", "j", "--format", "html"}).format,
            report_format::html);
  EXPECT_EQ(parse_as<ingest_export_failed_command>({"ingest", "export-failed", "j", "-o", "f"}).output, "f");
  EXPECT_EQ(parse_as<ingest_command>({"ingest", "./status"}).manifest, "./status");
  EXPECT_EQ(failure_of_line({"ingest", "--rate", "5", "status", "j"}).code, "usage");
  EXPECT_EQ(failure_of_line({"ingest"}).code, "usage");
}

TEST(command_line, retry_keeps_what_is_added_with_paths_of_this_folder) {
  const invocation call =
      parse({"-v", "ingest", "retry", "j", "--rate", "5", "--report=r", "--results", "/x", "--json"});
  ASSERT_TRUE(call.retry);
  EXPECT_EQ(call.retry->journal, "j");
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(call.retry->added,
            (std::vector<std::string>{"--verbose", "--rate", "5", "--report=" + here + "/r", "--results",
                                      "/x", "--json"}));
}

TEST(command_line, of_flags_that_are_added_the_later_one_counts) {
  const std::vector<std::string> words = {"muxctl",      "ingest", "m", "--rate",     "1",
                                          "--journal=a", "--rate", "7", "--journal=b"};
  const invocation call = parse_with_additions(words);
  EXPECT_EQ(std::get<ingest_command>(call.command).rate, 7);
  EXPECT_EQ(std::get<ingest_command>(call.command).journal, "b");
  EXPECT_EQ(failure_of_line({"ingest", "m", "--rate", "1", "--rate", "7"}).code, "usage");
}
