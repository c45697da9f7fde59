#include "muxctl/command_outline.hpp"

#include <CLI/CLI.hpp>

namespace mux::inline v0::muxctl {

namespace {

// The validator of a choice describes itself as `{one,two}`.
std::vector<std::string> choices_of(CLI::Option& option) {
  std::string text;
  try {
    text = option.get_validator(0)->get_description();
  } catch (const CLI::OptionNotFound&) {
    return {};
  }
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return {};
  std::vector<std::string> choices = CLI::detail::split(text.substr(1, text.size() - 2), ',');
  return choices;
}

option_outline describe(CLI::Option& option) {
  using value = option_outline::value;
  option_outline made;
  for (const std::string& name : option.get_lnames()) made.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) made.names.push_back("-" + name);
  made.description = option.get_description();
  made.group = option.get_group();
  if (option.get_items_expected_max() == 0) return made;
  // Without names the placeholder is the argument's own.
  made.placeholder = option.get_positional() ? option.get_name(true) : option.get_type_name();
  made.placeholder = made.placeholder.substr(0, made.placeholder.find(':'));
  made.choices = choices_of(option);
  const std::string& kind = made.placeholder;
  made.takes = !made.choices.empty()                                       ? value::choice
               : kind == "FILE" || kind == "MANIFEST" || kind == "JOURNAL" ? value::file
               : kind == "DIR"                                             ? value::folder
                                                                           : value::text;
  return made;
}

}  // namespace

command_outline outline_of(const CLI::App& app, std::string_view above) {
  command_outline made;
  made.name = app.get_name();
  made.path = std::string(above) + (above.empty() ? "" : " ") + made.name;
  made.description = app.get_description();
  made.footer = app.get_footer();
  for (const CLI::Option* known : app.get_options()) {
    // CLI11 looks validators up in options that may be changed only.
    option_outline option = describe(const_cast<CLI::Option&>(*known));
    (known->get_positional() ? made.arguments : made.options).push_back(std::move(option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    made.commands.push_back(outline_of(*command, made.path));
  return made;
}

}  // namespace mux::inline v0::muxctl
