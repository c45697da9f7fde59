#include "muxctl/completion.hpp"

namespace mux::inline v0::muxctl {

namespace {

using value = option_outline::value;

// A text within '…' of `_arguments`, whose own signs are brackets, colons and backslashes.
std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      (out += '\\') += c;
    else
      out += c;
  }
  return out;
}

std::string action_of(const option_outline& option) {
  switch (option.takes) {
    case value::choice:
      return "(" + joined_words(option.choices) + ")";
    case value::file:
      return "_files";
    case value::folder:
      return "_files -/";
    case value::none:
    case value::text:
      break;
  }
  return " ";
}

std::string specs_of(const std::vector<option_outline>& options) {
  std::string specs;
  for (const option_outline& option : options)
    for (const std::string& name : option.names) {
      const bool takes = option.takes != value::none;
      const bool with_equals = takes && name.starts_with("--");
      specs += "    '*" + name + (with_equals ? "=" : "") + "[" + quoted(option.description) + "]";
      if (takes)
        specs +=
            ":" + quoted(option.placeholder.empty() ? "value" : option.placeholder) + ":" + action_of(option);
      specs += "' \\\n";
    }
  return specs;
}

std::string function_of(const command_outline& command) {
  std::string name = command.path;
  for (char& c : name)
    if (c == ' ' || c == '-') c = '_';
  return "_" + name;
}

// One function a command: its options, then either the commands below or its arguments.
std::string function_text(const command_outline& command, const command_outline& program) {
  std::string text =
      function_of(command) + "() {\n  local line state\n  _arguments -C \\\n" + specs_of(command.options);
  if (&command != &program) text += specs_of(program.options);
  const bool has_files = !command.arguments.empty() && command.arguments.front().takes == value::file;
  if (command.commands.empty()) {
    for (const option_outline& argument : command.arguments)
      text += "    '" + std::string(has_files ? "*" : "") + ":" + quoted(argument.placeholder) + ":" +
              action_of(argument) + "' \\\n";
    return text + "    && return 0\n}\n";
  }
  text +=
      "    '1: :->command' '*:: :->rest' && return 0\n"
      "  case $state in\n"
      "    command)\n"
      "      local -a commands=(\n";
  for (const command_outline& below : command.commands)
    text += "        '" + below.name + ":" + quoted(below.description) + "'\n";
  text += "      )\n      _describe -t commands command commands\n";
  if (has_files) text += "      _files\n";
  text += "      ;;\n    rest)\n      case $line[1] in\n";
  for (const command_outline& below : command.commands)
    text += "        " + below.name + ") " + function_of(below) + " ;;\n";
  if (has_files) text += "        *) _files ;;\n";
  return text + "      esac ;;\n  esac\n}\n";
}

}  // namespace

std::string zsh_completion(const command_outline& program) {
  std::string text = "#compdef muxctl\n# zsh completion for muxctl; made by: muxctl completion zsh\n";
  each_command(program, [&](const command_outline& command) { text += function_text(command, program); });
  return text + "if [ \"$funcstack[1]\" = _muxctl ]; then _muxctl \"$@\"; else compdef _muxctl muxctl; fi\n";
}

}  // namespace mux::inline v0::muxctl
