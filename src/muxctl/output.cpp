#include "muxctl/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

namespace {

constexpr std::size_t piece = 64 * 1024;

// 0 or the error; a non-blocking descriptor is waited for.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

bool is_dumb(const char* term) noexcept {
  return term && std::strcmp(term, "dumb") == 0;
}

std::string_view level_name(verbosity level) noexcept {
  switch (level) {
    case verbosity::quiet:
    case verbosity::normal:
      return "note";
    case verbosity::verbose:
      return "verbose";
    case verbosity::debug:
      break;
  }
  return "debug";
}

}  // namespace

bool use_colour(colour_mode mode, bool terminal, const char* no_color, const char* term) noexcept {
  if (mode != colour_mode::automatic) return mode == colour_mode::always;
  return terminal && !(no_color && *no_color) && !is_dumb(term);
}

output::output(int results, int messages, colour_mode colour, verbosity level)
    : results_(results),
      messages_(messages),
      results_terminal_(::isatty(results) == 1),
      has_status_(::isatty(messages) == 1 && !is_dumb(std::getenv("TERM")) && level != verbosity::quiet),
      coloured_(use_colour(colour, ::isatty(messages) == 1, std::getenv("NO_COLOR"), std::getenv("TERM"))),
      level_(level) {}

output::~output() {
  if (!status_.empty()) status({});
}

void output::write(std::string_view text) {
  if (reader_gone_) return;
  buffer_ += text;
  if (buffer_.size() >= piece || results_terminal_) flush();
}

void output::flush() {
  if (reader_gone_ || buffer_.empty()) return;
  // The status line must not end up between two lines of results on the same screen.
  const std::string shown = results_terminal_ ? status_ : std::string();
  if (!shown.empty()) status({});
  const int fault = write_all(results_, buffer_);
  buffer_.clear();
  if (!shown.empty()) status(shown);
  if (fault == 0) return;
  reader_gone_ = true;
  if (fault != EPIPE)
    throw failure(exit_code::failed, "output_failed",
                  std::string("cannot write the results: ") + std::strerror(fault));
}

void output::say(verbosity at_least, std::string_view line) {
  if (log_ && at_least <= std::max(level_, verbosity::verbose)) log_->add(level_name(at_least), line);
  if (level_ < at_least) return;
  write_messages("muxctl: " + escape_for_terminal(line) + "\n");
}

void output::summary(std::string_view line) {
  if (log_) log_->add("summary", line);
  write_messages(escape_for_terminal(line) + "\n");
}

void output::fail(const failure& f) {
  if (log_) log_->add_error(f.code, f.message, f.hint, f.request_id);
  write_messages(to_text(f, coloured_));
}

std::size_t output::columns() const noexcept {
  winsize size{};
  return ::ioctl(messages_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void output::status(std::string_view line) {
  if (!has_status_) return;
  std::string shown = escape_for_terminal(line);
  // The last column stays free: some terminals wrap as soon as it is written.
  shown = fit(shown, columns() - 1);
  if (shown == status_) return;
  const std::size_t before = display_width(status_), now = display_width(shown);
  std::string text = "\r" + shown;
  if (before > now) {
    text.append(before - now, ' ');
    text.append(before - now, '\b');
  }
  if (shown.empty()) text += '\r';
  static_cast<void>(write_all(messages_, text));
  status_ = std::move(shown);
}

// Messages are lost if nobody can take them; the work goes on.
void output::write_messages(std::string_view text) {
  const std::string shown = status_;
  if (!shown.empty()) status({});
  static_cast<void>(write_all(messages_, text));
  if (!shown.empty()) status(shown);
}

}  // namespace mux::inline v0::muxctl
