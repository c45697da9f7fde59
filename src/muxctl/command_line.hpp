#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <mux/ingest/engine.hpp>

#include "muxctl/error_limit.hpp"
#include "muxctl/rows.hpp"
#include "muxctl/settings.hpp"

namespace mux::inline v0::muxctl {

struct version_command {};

struct whoami_command {};

struct limits_command {
  bool probe = false, forget = false;
  row_format format = row_format::jsonl;
  bool format_given = false;
};

struct assets_list_command {
  bool all = false;
  int limit = 100;
  std::string cursor;
  row_format format = row_format::jsonl;
  bool format_given = false;
  std::vector<std::string> fields;
  bool neutralise = false;
};

struct assets_get_command {
  std::string id;
};

/// What an asset can be called and filed under.
struct asset_labels {
  std::optional<std::string> title, external_id, creator_id, passthrough;
};

struct assets_create_command {
  std::string url;
  asset_labels labels;
  std::vector<std::string> playback_policies;
  std::string video_quality;
  bool test = false;
  bool wait = false;
};

struct assets_update_command {
  std::string id;
  asset_labels labels;
  bool clear_title = false, clear_external_id = false, clear_creator_id = false, clear_passthrough = false;
};

struct assets_delete_command {
  std::string id;
  bool yes = false;
};

/// What an ingest leaves behind, each empty if it was not asked for.
struct run_files {
  std::string report;   ///< JSON
  std::string results;  ///< CSV, a line a row
  std::string failed;   ///< failed rows as the manifest has them
  std::string html;
  bool neutralise = false;  ///< cells of the CSV files that look like formulas
};

struct ingest_command {
  std::string manifest;
  std::vector<std::string> more;  ///< further files, as a shell makes of a pattern
  std::string journal;            ///< empty: beside the manifest
  ingest::manifest_format format = ingest::manifest_format::automatic;
  std::optional<int> burst;
  std::optional<double> rate;
  std::optional<std::chrono::nanoseconds> horizon, stop_timeout;
  ingest::create_policy policy = ingest::create_policy::safe;
  ingest::sweep_policy sweep = ingest::sweep_policy::automatic;
  std::size_t concurrency = 0;  ///< 0: as many as the rate needs
  error_limit max_errors;
  std::optional<std::chrono::nanoseconds> max_duration;
  /// Between two plain lines; unset: the display's own cadence.
  std::optional<std::chrono::nanoseconds> progress_interval;
  std::size_t uploads = 4;
  bool wait = false;
  bool retry_failed = false;
  bool dry_run = false;
  bool json = false;
  run_files files;
  std::string playback_policy, video_quality;  ///< for rows that name none
  std::vector<std::string> set;                ///< `name=value`: the same for any field
  std::string defaults;                        ///< file with a JSON object of such fields, or empty
};

struct ingest_status_command {
  std::string journal;
  bool json = false;
};

enum class report_format : std::uint8_t { text, json, csv, html };

struct ingest_report_command {
  std::string journal;
  report_format format = report_format::text;
  std::string output;  ///< empty: standard output
  bool neutralise = false;
};

struct ingest_export_failed_command {
  std::string journal;
  std::string output;  ///< empty: standard output
  bool neutralise = false;
};

using any_command =
    std::variant<version_command, whoami_command, limits_command, assets_list_command, assets_get_command,
                 assets_create_command, assets_update_command, assets_delete_command, ingest_command,
                 ingest_status_command, ingest_report_command, ingest_export_failed_command>;

/// The command that a journal remembers, with more flags.
struct retry_request {
  std::string journal;
  std::vector<std::string> added;  ///< paths are absolute
};

/// A command line that was understood.
struct invocation {
  global_flags global;
  any_command command;
  /// Instead of `command`; see `retried`.
  std::optional<retry_request> retry;
  /// Text to print instead of running a command: help.
  std::string help;
  /// What was typed, the program's name first: the resume line repeats it.
  std::vector<std::string> arguments;
  /// The ingest that the journal remembers, if it is not what was typed.
  std::vector<std::string> remembered;
};

/// Errors: throws `failure` with code `usage`, naming the command whose help to read. A secret that was given
/// as an argument is refused without being repeated.
[[nodiscard]] invocation parse_command_line(int argument_count, const char* const* arguments);

/// The same for a command line whose later flags take the place of earlier ones.
[[nodiscard]] invocation parse_with_additions(const std::vector<std::string>& arguments);

}  // namespace mux::inline v0::muxctl
