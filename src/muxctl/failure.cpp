#include "muxctl/failure.hpp"

#include <utility>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

namespace {

std::string describe(const error& e) {
  std::string text = e.detail;
  if (e.http_status != 0) {
    const std::string status = "HTTP " + std::to_string(e.http_status);
    text = text.empty() ? status : text.find(status) == std::string::npos ? text + " (" + status + ")" : text;
  }
  const char* separator = text.empty() ? "" : ": ";
  for (const std::string& message : e.api_messages) {
    text += separator + message;
    separator = "; ";
  }
  if (text.empty()) text = "the call failed";
  if (e.cause != errc::none) text = std::string(to_string(e.cause)) + ", " + text;
  if (e.attempts > 1) text += ", after " + std::to_string(e.attempts) + " tries";
  return text;
}

}  // namespace

failure::failure(exit_code ends_with, std::string error_code, std::string what, std::string advice)
    : exit(ends_with), code(std::move(error_code)), message(std::move(what)), hint(std::move(advice)) {}

failure::failure(const error& e)
    : exit(exit_code_of(e)),
      code(to_string(e.code)),
      message(describe(e)),
      hint(e.hint),
      request_id(e.request_id) {
  if (e.ambiguous) hint = "the API may have done it all the same: look before you repeat the command";
}

std::string to_text(const failure& f, bool coloured) {
  const char* red = coloured ? "\x1b[1;31m" : "";
  const char* faint = coloured ? "\x1b[2m" : "";
  const char* plain = coloured ? "\x1b[0m" : "";
  std::string text = std::string("muxctl: ") + red + "error:" + plain + " [" + escape_for_terminal(f.code) +
                     "] " + escape_for_terminal(f.message) + "\n";
  if (!f.hint.empty()) text += std::string("muxctl: hint: ") + escape_for_terminal(f.hint) + "\n";
  if (!f.request_id.empty())
    text += std::string(faint) + "muxctl: request id: " + escape_for_terminal(f.request_id) + plain + "\n";
  return text;
}

}  // namespace mux::inline v0::muxctl
