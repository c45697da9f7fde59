#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

/// One line of JSON for programs that follow a command: `{"v":1,"event":"row",…}`.
class event {
 public:
  explicit event(std::string_view name) : line_(R"({"v":1)") { text("event", name); }

  event& text(std::string_view name, std::string_view value) {
    append_name(name);
    append_json_string(line_, value);
    return *this;
  }
  /// Left out if empty.
  event& optional_text(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }
  event& number(std::string_view name, std::integral auto value) {
    append_name(name);
    line_ += std::to_string(value);
    return *this;
  }
  event& boolean(std::string_view name, bool value) {
    append_name(name);
    line_ += value ? "true" : "false";
    return *this;
  }
  /// A number, with three digits after the point; null if it is not finite.
  event& real(std::string_view name, double value);
  /// A list of texts.
  template <class Texts>
  event& texts(std::string_view name, const Texts& values) {
    append_name(name);
    line_ += '[';
    for (bool first = true; const auto& value : values) {
      if (!first) line_ += ',';
      first = false;
      append_json_string(line_, value);
    }
    line_ += ']';
    return *this;
  }
  [[nodiscard]] std::string line() const { return line_ + "}\n"; }

 private:
  void append_name(std::string_view name) {
    line_ += ',';
    append_json_string(line_, name);
    line_ += ':';
  }

  std::string line_;
};

}  // namespace mux::inline v0::muxctl
