#include "muxctl/ingest_input.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include <mux/ingest/engine.hpp>

#include "muxctl/failure.hpp"

namespace mux::inline v0::muxctl {

namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file || file.bad())
    throw failure(exit_code::bad_manifest, "manifest_unreadable", name + ": " + std::strerror(errno));
  return std::move(text).str();
}

}  // namespace

bool from_standard_input(const ingest_command& command) {
  return command.manifest == "-" && command.more.empty();
}

std::string manifest_name(const ingest_command& command) {
  if (command.more.empty()) return command.manifest;
  return command.manifest + " and " + std::to_string(command.more.size()) + " more";
}

ingest::manifest_options manifest_settings(const ingest_command& command) {
  ingest::manifest_options options;
  options.format = command.format;
  options.more.assign(command.more.begin(), command.more.end());
  return options;
}

std::filesystem::path journal_of(const ingest_command& command) {
  if (!command.journal.empty()) return command.journal;
  return ingest::default_journal(ingest::batch_path(command.manifest, manifest_settings(command)));
}

ingest::result<ingest::manifest_reader> open_manifest(const ingest_command& command) {
  if (from_standard_input(command)) return ingest::manifest_reader(std::cin, "-", manifest_settings(command));
  return ingest::manifest_reader::open(command.manifest, manifest_settings(command));
}

ingest::result<ingest::row_defaults> defaults_of(const ingest_command& command) {
  std::vector<std::pair<std::string, std::string>> fields;
  if (!command.playback_policy.empty()) fields.emplace_back("playback_policy", command.playback_policy);
  if (!command.video_quality.empty()) fields.emplace_back("video_quality", command.video_quality);
  for (const std::string& setting : command.set) {
    const std::size_t equals = setting.find('=');
    if (equals == setting.npos || equals == 0)
      throw failure(exit_code::usage, "usage", "--set " + setting + " is not NAME=VALUE",
                    "for instance --set max_resolution_tier=1440p");
    fields.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  ingest::row_defaults defaults;
  if (!fields.empty()) {
    const ingest::result<void> added = defaults.add_fields(fields);
    if (!added) {
      const ingest::manifest_fault first = added.error().faults.front();
      throw failure(exit_code::usage, "usage", "defaults: " + first.message, "expected " + first.expected);
    }
  }
  if (!command.defaults.empty()) {
    const ingest::result<void> added = defaults.add_object(read_file(command.defaults), command.defaults);
    if (!added) return added.error();
  }
  return defaults;
}

}  // namespace mux::inline v0::muxctl
