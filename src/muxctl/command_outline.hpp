#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace mux::inline v0::muxctl {

/// An option or an argument without name, as help, completion and the manual describe it.
struct option_outline {
  enum class value { none, text, file, folder, choice };

  std::vector<std::string>
      names;                ///< with their dashes, the long ones first; empty: an argument without name
  std::string placeholder;  ///< `FILE`, `MANIFEST`; empty: takes no value, or a choice
  std::string description;
  std::string group;
  value takes = value::none;
  std::vector<std::string> choices;
};

/// A command with everything below it.
struct command_outline {
  std::string name;  ///< `status`
  std::string path;  ///< `muxctl ingest status`
  std::string description;
  std::string footer;  ///< paragraphs, the last one beginning with `Examples:`
  std::vector<option_outline> options, arguments;
  std::vector<command_outline> commands;
};

/// The one source of help is the command line's own description: what it knows, and nothing else.
[[nodiscard]] command_outline outline_of(const CLI::App& app, std::string_view above = {});

}  // namespace mux::inline v0::muxctl
