#pragma once

#include <string>
#include <string_view>

namespace mux::inline v0::muxctl {

/// A file to which messages are appended, one JSON object a line: `v` (1), `time`, `level` and `text`, of an
/// error also `code`, `hint` and `request_id`. Mode 0600. What cannot be written is lost; the work goes on.
class message_log {
 public:
  /// Errors: throws `failure` with code `usage` if the file cannot be opened.
  explicit message_log(const std::string& file);
  message_log(const message_log&) = delete;
  message_log& operator=(const message_log&) = delete;
  ~message_log();

  void add(std::string_view level, std::string_view text);
  void add_error(std::string_view code, std::string_view text, std::string_view hint,
                 std::string_view request_id);

 private:
  void append(const std::string& line);

  int descriptor_ = -1;
};

}  // namespace mux::inline v0::muxctl
