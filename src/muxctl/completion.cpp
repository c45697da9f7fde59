#include "muxctl/completion.hpp"

namespace mux::inline v0::muxctl {

std::string completion_script(const command_outline& program, shell_name shell) {
  switch (shell) {
    case shell_name::bash:
      return bash_completion(program);
    case shell_name::zsh:
      return zsh_completion(program);
    case shell_name::fish:
      break;
  }
  return fish_completion(program);
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace mux::inline v0::muxctl
