#pragma once

#include <string>
#include <utility>
#include <vector>

#include <mux/ingest/journal_view.hpp>

#include "muxctl/command_line.hpp"

namespace mux::inline v0::muxctl {

/// What a journal remembers of the command that worked with it last.
struct run_notes {
  std::vector<std::string> arguments;  ///< the command line, the program's name first; empty: not known
  std::vector<std::string> manifests;  ///< absolute paths, or `-`
  std::string directory;               ///< where it was given; relative paths begin there
  std::string version;                 ///< of the program
};

/// The notes of this command, for `engine_options::notes`.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> make_notes(const ingest_command& command,
                                                                          const invocation& call);
/// Errors: throws `failure`.
[[nodiscard]] run_notes read_notes(ingest::journal_view& journal);

/// A line for a shell, from any folder, that runs this command again.
[[nodiscard]] std::string command_to_resume(const run_notes& notes);

/// The words of a command as one line for a shell.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace mux::inline v0::muxctl
