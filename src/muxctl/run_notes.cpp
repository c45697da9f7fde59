#include "muxctl/run_notes.hpp"

#include <algorithm>
#include <filesystem>

#include <mux/version.hpp>

#include "muxctl/escape.hpp"
#include "muxctl/ingest_failure.hpp"
#include "muxctl/json_parts.hpp"

namespace mux::inline v0::muxctl {

namespace {

std::string current_directory() {
  std::error_code ignored;
  return std::filesystem::current_path(ignored).string();
}

std::string absolute_path(const std::string& manifest) {
  return manifest == "-" ? manifest : std::filesystem::absolute(manifest).string();
}

// A default that is the address of something may be signed; then the journal must not know it.
bool holds_secret(const std::string& argument) {
  const std::size_t scheme = argument.find("://");
  return scheme != std::string::npos && argument.find_first_of("?@", scheme) != std::string::npos;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> make_notes(const ingest_command& command,
                                                            const invocation& call) {
  std::vector<std::string> arguments = call.remembered.empty() ? call.arguments : call.remembered;
  // The next run goes on; what it sends again is its own decision.
  std::erase(arguments, "--retry-failed");
  if (std::any_of(arguments.begin(), arguments.end(), holds_secret)) arguments.clear();
  std::vector<std::string> manifests(1, absolute_path(command.manifest));
  for (const std::string& more : command.more) manifests.push_back(absolute_path(more));
  return {{"arguments", json_of_texts(arguments)},
          {"manifest", json_of_texts(manifests)},
          {"directory", current_directory()},
          {"version", MUX_VERSION}};
}

run_notes read_notes(ingest::journal_view& journal) {
  const auto texts = [&](std::string_view name) {
    return texts_of_json(value_or_fail(journal.note(name))).value_or(std::vector<std::string>());
  };
  run_notes notes;
  notes.arguments = texts("arguments");
  notes.manifests = texts("manifest");
  notes.directory = value_or_fail(journal.note("directory"));
  notes.version = value_or_fail(journal.note("version"));
  return notes;
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quote_for_shell(word);
  return line;
}

std::string command_to_resume(const run_notes& notes) {
  const std::string line = shell_line(notes.arguments);
  if (notes.directory.empty() || notes.directory == current_directory()) return line;
  return "cd " + quote_for_shell(notes.directory) + " && " + line;
}

}  // namespace mux::inline v0::muxctl
