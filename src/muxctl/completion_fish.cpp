#include "muxctl/completion.hpp"

namespace mux::inline v0::muxctl {

namespace {

using value = option_outline::value;

// Within '…' only backslash and quote mean something to fish.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string line(const std::string& condition, const option_outline& option) {
  std::string text = "complete -c muxctl" + condition;
  for (const std::string& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  switch (option.takes) {
    case value::none:
      break;
    case value::text:
      text += " -x";
      break;
    case value::choice:
      text += " -x -a " + quoted(joined_words(option.choices));
      break;
    case value::file:
      text += " -r -F";
      break;
    case value::folder:
      text += " -x -a '(__fish_complete_directories)'";
      break;
  }
  return text + " -d " + quoted(option.description) + "\n";
}

}  // namespace

std::string fish_completion(const command_outline& program) {
  std::string paths, taking, lines;
  each_command(program, [&](const command_outline& command) {
    const std::string condition = " -n \"__muxctl_is " + quoted(command.path) + "\"";
    for (const command_outline& below : command.commands) {
      paths += "            case " + quoted(command.path + " " + below.name) + "\n                set path " +
               quoted(below.path) + "\n";
      lines +=
          "complete -c muxctl" + condition + " -a " + below.name + " -d " + quoted(below.description) + "\n";
    }
    for (const option_outline& option : command.options) {
      lines += line(&command == &program ? "" : condition, option);
      if (option.takes != value::none)
        for (const std::string& name : option.names) taking += " " + name;
    }
    for (const option_outline& argument : command.arguments) lines += line(condition, argument);
  });
  return "# fish completion for muxctl; made by: muxctl completion fish\n"
         "function __muxctl_is\n"
         "    set -l path muxctl\n"
         "    set -l skip 0\n"
         "    for word in (commandline -opc)[2..]\n"
         "        if test $skip = 1\n"
         "            set skip 0\n"
         "            continue\n"
         "        end\n"
         "        if contains -- $word" +
         taking +
         "\n"
         "            set skip 1\n"
         "            continue\n"
         "        end\n"
         "        switch \"$path $word\"\n" +
         paths +
         "        end\n"
         "    end\n"
         "    test \"$path\" = \"$argv[1]\"\n"
         "end\n"
         "complete -c muxctl -f\n" +
         lines;
}

}  // namespace mux::inline v0::muxctl
