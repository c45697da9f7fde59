#include "muxctl/message_log.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "muxctl/event.hpp"
#include "muxctl/failure.hpp"
#include "muxctl/instant_text.hpp"

namespace mux::inline v0::muxctl {

namespace {

json_object entry(std::string_view level, std::string_view text) {
  json_object made;
  made.number("v", 1)
      .text("time",
            format_instant(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())))
      .text("level", level)
      .text("text", text);
  return made;
}

}  // namespace

message_log::message_log(const std::string& file)
    : descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0)
    throw failure(exit_code::usage, "usage", "cannot write " + file + ": " + std::strerror(errno));
  // One that was there may have been open to others; what follows is not for them.
  struct stat facts {};
  if (::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode))
    static_cast<void>(::fchmod(descriptor_, 0600));
}

message_log::~message_log() {
  ::close(descriptor_);
}

void message_log::add(std::string_view level, std::string_view text) {
  append(entry(level, text).line());
}

void message_log::add_error(std::string_view code, std::string_view text, std::string_view hint,
                            std::string_view request_id) {
  append(entry("error", text)
             .text("code", code)
             .optional_text("hint", hint)
             .optional_text("request_id", request_id)
             .line());
}

// One write a line, so that processes that share the file do not mix theirs.
void message_log::append(const std::string& line) {
  while (::write(descriptor_, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace mux::inline v0::muxctl
