#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "muxctl/failure.hpp"
#include "muxctl/message_log.hpp"

namespace mux::inline v0::muxctl {

enum class colour_mode : std::uint8_t { automatic, always, never };

/// Whether escape sequences may be written to a stream: the flag wins, then `NO_COLOR` (set and not empty)
/// and `TERM=dumb` forbid, else only a terminal gets them.
[[nodiscard]] bool use_colour(colour_mode mode, bool terminal, const char* no_color,
                              const char* term) noexcept;

enum class verbosity : std::uint8_t { quiet, normal, verbose, debug };

/// The two streams of the process: results go to one, everything that is said about them to the other. Each
/// is examined on its own. Not thread-safe.
class output {
 public:
  output(int results, int messages, colour_mode colour, verbosity level);
  ~output();
  output(const output&) = delete;
  output& operator=(const output&) = delete;

  /// From now on everything that is said also goes to this file, as much as with `-v` at least.
  /// Errors: throws `failure`.
  void log_to(const std::string& file) { log_ = std::make_unique<message_log>(file); }

  /// Appends to the results, which are written in large pieces. Does nothing once the reader has gone.
  /// Errors: throws `failure` if the stream cannot be written (a full disk), but not if its reader has gone.
  void write(std::string_view text);
  /// Writes what is held back. Errors: as `write`.
  void flush();
  /// The reader of the results has closed its end: nothing more has to be produced.
  [[nodiscard]] bool reader_gone() const noexcept { return reader_gone_; }
  /// Results go to a terminal.
  [[nodiscard]] bool results_terminal() const noexcept { return results_terminal_; }

  /// One line about what happens; dropped when quiet. `line` is escaped and gets its prefix and newline.
  void note(std::string_view line) { say(verbosity::normal, line); }
  /// One line if at least this much was asked for.
  void say(verbosity at_least, std::string_view line);
  /// A line of the summary: shown at every verbosity, without prefix.
  void summary(std::string_view line);
  void fail(const failure& f);
  /// The line that is rewritten in place on a terminal; elsewhere nothing. Empty: taken away.
  void status(std::string_view line);
  /// `status` can be shown: a terminal that is not dumb, and not quiet.
  [[nodiscard]] bool has_status() const noexcept { return has_status_; }
  /// Of the terminal that shows the messages; 80 if that is not known.
  [[nodiscard]] std::size_t columns() const noexcept;
  [[nodiscard]] verbosity level() const noexcept { return level_; }

 private:
  void write_messages(std::string_view text);

  int results_, messages_;
  bool results_terminal_, has_status_, coloured_;
  bool reader_gone_ = false;
  verbosity level_;
  std::string buffer_;
  std::string status_;
  std::unique_ptr<message_log> log_;
};

}  // namespace mux::inline v0::muxctl
