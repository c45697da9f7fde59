#include "muxctl/man_page.hpp"

#include <algorithm>
#include <vector>

namespace mux::inline v0::muxctl {

namespace {

// A text that roff shows as it is.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\'')
      out += "\\(aq";
    else if (text.substr(i).starts_with("…"))
      out += "...", i += std::string_view("…").size() - 1;
    else
      out += c;
  }
  return out;
}

// A paragraph in lines that are not too long for a reader of the source.
std::string filled(std::string_view text) {
  constexpr std::size_t longest = 78;
  std::string out, line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string word = plain(text.substr(0, end));
    if (!line.empty() && line.size() + 1 + word.size() > longest) {
      out += line + "\n";
      line.clear();
    }
    if (!line.empty()) line += ' ';
    // At the beginning of a line a dot would be a request.
    line += line.empty() && word.starts_with('.') ? "\\&" + word : word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + "\n";
}

std::string bold(std::string_view text) {
  return "\\fB" + plain(text) + "\\fR";
}

std::string placeholder_of(const option_outline& option) {
  if (option.takes == option_outline::value::none) return {};
  if (option.choices.empty()) return "\\fI" + plain(option.placeholder) + "\\fR";
  std::string text;
  for (const std::string& choice : option.choices) text += (text.empty() ? "" : "|") + plain(choice);
  return text;
}

std::string entry(const option_outline& option) {
  std::string head;
  for (const std::string& name : option.names) head += (head.empty() ? "" : ", ") + bold(name);
  if (const std::string value = placeholder_of(option); !value.empty())
    head += (head.empty() ? "" : " ") + value;
  return ".TP\n" + head + "\n" + filled(option.description);
}

std::string options_of(const command_outline& command) {
  std::string text;
  for (const option_outline& argument : command.arguments) text += entry(argument);
  std::vector<std::string> groups;
  for (const option_outline& option : command.options)
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) groups.push_back(option.group);
  for (const std::string& group : groups) {
    if (groups.size() > 1 && group != "Options") text += ".PP\n" + plain(group) + ":\n";
    for (const option_outline& option : command.options)
      if (option.group == group) text += entry(option);
  }
  return text;
}

// Paragraphs of a footer; examples stay as they are.
std::string paragraphs(std::string_view footer) {
  std::string text;
  while (!footer.empty()) {
    const std::size_t end = std::min(footer.find("\n\n"), footer.size());
    const std::string_view paragraph = footer.substr(0, end);
    if (paragraph.starts_with("Examples:")) {
      const std::size_t first = paragraph.find('\n');
      text += ".PP\nExamples:\n.PP\n.nf\n.RS\n";
      std::string_view lines = paragraph.substr(std::min(first + 1, paragraph.size()));
      while (!lines.empty()) {
        const std::size_t newline = std::min(lines.find('\n'), lines.size());
        std::string_view one = lines.substr(0, newline);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        text += plain(one) + "\n";
        lines.remove_prefix(std::min(newline + 1, lines.size()));
      }
      text += ".RE\n.fi\n";
    } else if (!paragraph.empty()) {
      text += ".PP\n" + filled(paragraph);
    }
    footer.remove_prefix(std::min(end + 2, footer.size()));
  }
  return text;
}

void append_command(std::string& text, const command_outline& command) {
  std::string synopsis = bold(command.path);
  if (!command.options.empty()) synopsis += " [\\fIoptions\\fR]";
  for (const option_outline& argument : command.arguments) synopsis += " " + placeholder_of(argument);
  if (!command.commands.empty() && command.arguments.empty()) synopsis += " \\fIcommand\\fR";
  text += ".SS " + plain(command.path) + "\n" + synopsis + "\n.PP\n" + filled(command.description) +
          options_of(command) + paragraphs(command.footer);
  for (const command_outline& below : command.commands) append_command(text, below);
}

}  // namespace

std::string man_page(const command_outline& program, std::string_view version) {
  std::string_view purpose = program.description;
  if (purpose.ends_with('.')) purpose.remove_suffix(1);
  std::string text = ".\\\" Made by: muxctl man\n.TH MUXCTL 1 \"\" \"muxctl " + plain(version) +
                     "\" \"User commands\"\n.SH NAME\nmuxctl \\- " + plain(purpose) + "\n.SH SYNOPSIS\n" +
                     bold(program.name) + " [\\fIoptions\\fR] \\fIcommand\\fR\n.SH DESCRIPTION\n" +
                     filled(program.description) + paragraphs(program.footer) +
                     ".SH OPTIONS\nThey may stand before or behind the command.\n" + options_of(program) +
                     ".SH COMMANDS\n";
  for (const command_outline& command : program.commands) append_command(text, command);
  return text;
}

}  // namespace mux::inline v0::muxctl
