#include <algorithm>

#include "muxctl/completion.hpp"

namespace mux::inline v0::muxctl {

namespace {

using value = option_outline::value;

std::string pattern(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "|") + name;
  return text;
}

std::string action_of(const option_outline& option) {
  switch (option.takes) {
    case value::choice:
      return "words='" + joined_words(option.choices) + "'";
    case value::file:
      return "files=-f";
    case value::folder:
      return "files=-d";
    case value::none:
    case value::text:
      break;
  }
  return ":";
}

// What may follow the words of a command: its own and the program's options, commands below, files.
std::string case_of(const command_outline& command, const command_outline& program) {
  std::vector<std::string> words;
  for (const command_outline& below : command.commands) words.push_back(below.name);
  std::string files;
  for (const option_outline& argument : command.arguments) {
    words.insert(words.end(), argument.choices.begin(), argument.choices.end());
    if (argument.takes == value::file) files = " files=-f";
  }
  for (const auto* options : {&command.options, &program.options})
    for (const option_outline& option : *options)
      for (const std::string& name : option.names)
        if (std::find(words.begin(), words.end(), name) == words.end()) words.push_back(name);
  return "    '" + command.path + "') words='" + joined_words(words) + "'" + files + " ;;\n";
}

}  // namespace

std::string bash_completion(const command_outline& program) {
  std::string commands, paths, values, taking;
  each_command(program, [&](const command_outline& command) {
    commands += case_of(command, program);
    for (const command_outline& below : command.commands)
      paths += "      '" + command.path + " " + below.name + "') path='" + below.path + "' ;;\n";
    // Options of the program are understood everywhere.
    const std::string at = &command == &program ? "*" : "'" + command.path + "'";
    std::string own;
    for (const option_outline& option : command.options) {
      if (option.takes == value::none) continue;
      std::string each;
      for (const std::string& name : option.names) each += (each.empty() ? "" : "|") + at + "\\ " + name;
      own += "    " + each + ") " + action_of(option) + " ;;\n";
      taking += (taking.empty() ? "" : "|") + pattern(option.names);
    }
    values += own;
  });
  return "# bash completion for muxctl; made by: muxctl completion bash\n"
         "_muxctl() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=muxctl words= files= "
         "i\n"
         "  # --option=value comes as three words.\n"
         "  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      " +
         taking +
         ") i=$((i + 1)); [[ ${COMP_WORDS[i]} == = ]] && i=$((i + 1)); continue ;;\n"
         "    esac\n"
         "    case \"$path ${COMP_WORDS[i]}\" in\n" +
         paths +
         "    esac\n"
         "  done\n"
         "  case \"$path $prev\" in\n" +
         values + "    *) case $path in\n" + commands +
         "    esac ;;\n"
         "  esac\n"
         "  COMPREPLY=()\n"
         "  [[ -n $words ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  if [[ -n $files && $cur != -* ]]; then\n"
         "    local IFS=$'\\n'\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    COMPREPLY+=($(compgen $files -- \"$cur\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _muxctl muxctl\n";
}

}  // namespace mux::inline v0::muxctl
