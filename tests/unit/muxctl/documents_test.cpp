#include <string>

#include <gtest/gtest.h>

#include "muxctl/completion.hpp"
#include "muxctl/man_page.hpp"

using namespace mux::muxctl;

namespace {

using value = option_outline::value;

// A program with everything that the documents must cope with.
command_outline program() {
  option_outline mode;
  mode.names = {"--mode", "-m"};
  mode.description = "it's [one] of: two";
  mode.takes = value::choice;
  mode.choices = {"fast", "slow"};
  option_outline file;
  file.names = {"--file"};
  file.placeholder = "FILE";
  file.takes = value::file;
  option_outline flag;
  flag.names = {"--flag"};
  flag.description = ".begins like a request of roff and holds a \\";
  option_outline argument;
  argument.placeholder = "JOURNAL";
  argument.takes = value::file;

  command_outline below;
  below.name = "look-at";
  below.path = "muxctl do look-at";
  below.description = "Look.";
  below.arguments = {argument};
  command_outline middle;
  middle.name = "do";
  middle.path = "muxctl do";
  middle.description = "Do it.";
  middle.footer = "A paragraph.\n\nExamples:\n  muxctl do --file x";
  middle.options = {file, flag};
  middle.commands = {below};
  command_outline top;
  top.name = top.path = "muxctl";
  top.description = "A program.";
  top.options = {mode};
  top.commands = {middle};
  return top;
}

}  // namespace

TEST(completion_script, names_every_command_option_and_choice_in_each_shell) {
  for (const shell_name shell : {shell_name::bash, shell_name::zsh, shell_name::fish}) {
    const std::string script = completion_script(program(), shell);
    for (const char* part : {"look-at", "mode", "fast slow", "flag", "file"})
      EXPECT_NE(script.find(part), std::string::npos) << part << " in\n" << script;
  }
}

TEST(completion_script, quotes_descriptions_for_zsh_and_fish) {
  EXPECT_NE(zsh_completion(program()).find("[it'\\''s \\[one\\] of\\: two]"), std::string::npos);
  EXPECT_NE(fish_completion(program()).find("'it\\'s [one] of: two'"), std::string::npos);
}

TEST(man_page, shows_text_as_it_is_and_examples_line_by_line) {
  const std::string page = man_page(program(), "1.2.3");
  EXPECT_NE(page.find("\n\\&.begins like a request of roff and holds a \\e\n"), std::string::npos) << page;
  for (std::size_t begin = 0, end; (end = page.find('\n', begin)) != page.npos; begin = end + 1)
    EXPECT_LE(end - begin, 80U) << page.substr(begin, end - begin);
  EXPECT_NE(page.find(".nf\n.RS\nmuxctl do \\-\\-file x\n.RE\n.fi\n"), std::string::npos) << page;
  EXPECT_NE(page.find(".SS muxctl do look\\-at\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\\fB\\-\\-mode\\fR, \\fB\\-m\\fR fast|slow"), std::string::npos) << page;
}
