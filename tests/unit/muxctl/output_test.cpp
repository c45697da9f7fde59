#include "muxctl/output.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace mux::muxctl;

namespace {

// A pipe, so no terminal; `take` closes the writing end and reads everything.
class channel {
 public:
  channel() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("pipe");
  }
  ~channel() {
    close_end(0);
    close_end(1);
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  std::string take() {
    close_end(1);
    std::string all;
    std::array<char, 4096> buffer;
    for (ssize_t size; (size = ::read(ends_[0], buffer.data(), buffer.size())) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(size));
    return all;
  }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{};
};

struct streams {
  explicit streams(verbosity level = verbosity::normal, colour_mode colour = colour_mode::automatic)
      : out(results.writer(), messages.writer(), colour, level) {}
  channel results, messages;
  output out;
};

}  // namespace

TEST(use_colour, follows_flag_then_environment_then_terminal) {
  EXPECT_TRUE(use_colour(colour_mode::automatic, true, nullptr, "xterm"));
  EXPECT_FALSE(use_colour(colour_mode::automatic, false, nullptr, "xterm"));
  EXPECT_FALSE(use_colour(colour_mode::automatic, true, "1", "xterm"));
  EXPECT_TRUE(use_colour(colour_mode::automatic, true, "", "xterm")) << "an empty NO_COLOR counts as not set";
  EXPECT_FALSE(use_colour(colour_mode::automatic, true, nullptr, "dumb"));
  EXPECT_TRUE(use_colour(colour_mode::always, false, "1", "dumb"));
  EXPECT_FALSE(use_colour(colour_mode::never, true, nullptr, "xterm"));
}

TEST(output, keeps_results_and_messages_apart) {
  streams s;
  s.out.write("result\n");
  s.out.note("message");
  s.out.flush();
  EXPECT_EQ(s.results.take(), "result\n");
  EXPECT_EQ(s.messages.take(), "muxctl: message\n");
}

TEST(output, says_as_much_as_was_asked_for) {
  const auto said = [](verbosity level) {
    streams s(level);
    s.out.note("note");
    s.out.say(verbosity::verbose, "verbose");
    s.out.say(verbosity::debug, "debug");
    s.out.summary("summary");
    return s.messages.take();
  };
  EXPECT_EQ(said(verbosity::quiet), "summary\n");
  EXPECT_EQ(said(verbosity::normal), "muxctl: note\nsummary\n");
  EXPECT_EQ(said(verbosity::verbose), "muxctl: note\nmuxctl: verbose\nsummary\n");
  EXPECT_EQ(said(verbosity::debug), "muxctl: note\nmuxctl: verbose\nmuxctl: debug\nsummary\n");
}

TEST(output, escapes_what_it_says) {
  streams s;
  s.out.note("title \x1b[2J\nforged");
  s.out.summary("\u202e");
  EXPECT_EQ(s.messages.take(), "muxctl: title \\x1b[2J\\nforged\n\\u{202e}\n");
}

TEST(output, shows_no_status_line_and_no_escape_off_a_terminal) {
  streams s;
  EXPECT_FALSE(s.out.has_status());
  s.out.status("working");
  s.out.fail(failure(exit_code::usage, "usage", "wrong"));
  EXPECT_EQ(s.messages.take(), "muxctl: error: [usage] wrong\n");
}

TEST(output, colours_errors_if_told_to) {
  streams s(verbosity::normal, colour_mode::always);
  s.out.fail(failure(exit_code::usage, "usage", "wrong"));
  EXPECT_NE(s.messages.take().find("\x1b[1;31merror:\x1b[0m"), std::string::npos);
}

TEST(output, holds_results_back_until_there_is_enough_or_it_is_told_to_write) {
  streams s;
  ::fcntl(s.results.writer(), F_SETPIPE_SZ, 1 << 20);
  s.out.write(std::string(200'000, 'x'));
  s.out.write("end");
  s.out.flush();
  EXPECT_EQ(s.results.take().size(), 200'003U);
}

TEST(output, ends_quietly_when_its_reader_has_gone) {
  std::signal(SIGPIPE, SIG_IGN);
  streams s;
  s.results.close_reader();
  s.out.write("x");
  EXPECT_NO_THROW(s.out.flush());
  EXPECT_TRUE(s.out.reader_gone());
  EXPECT_NO_THROW(s.out.write("y"));
  EXPECT_EQ(s.messages.take(), "");
}

TEST(output, fails_when_results_cannot_be_written) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  {
    output out(full, STDERR_FILENO, colour_mode::never, verbosity::quiet);
    out.write("x");
    try {
      out.flush();
      FAIL() << "nothing was thrown";
    } catch (const failure& f) {
      EXPECT_EQ(f.code, "output_failed");
      EXPECT_NE(f.exit, exit_code::done);
    }
  }
  ::close(full);
}
