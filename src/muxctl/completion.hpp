#pragma once

#include <cstdint>
#include <string>

#include "muxctl/command_outline.hpp"

namespace mux::inline v0::muxctl {

enum class shell_name : std::uint8_t { bash, zsh, fish };

/// A script that makes this shell complete the command line. It needs nothing but the shell.
[[nodiscard]] std::string completion_script(const command_outline& program, shell_name shell);

[[nodiscard]] std::string bash_completion(const command_outline& program);
[[nodiscard]] std::string zsh_completion(const command_outline& program);
[[nodiscard]] std::string fish_completion(const command_outline& program);

/// Calls `each` for a command and all below it.
template <class Each>
void each_command(const command_outline& command, const Each& each) {
  each(command);
  for (const command_outline& below : command.commands) each_command(below, each);
}

/// Words with spaces between.
[[nodiscard]] std::string joined_words(const std::vector<std::string>& words);

}  // namespace mux::inline v0::muxctl
