#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

/// A JSON object, put together member by member.
class json_object {
 public:
  json_object& text(std::string_view name, std::string_view value) {
    append_name(name);
    append_json_string(members_, value);
    return *this;
  }
  /// Left out if empty.
  json_object& optional_text(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }
  json_object& number(std::string_view name, std::integral auto value) {
    return json(name, std::to_string(value));
  }
  json_object& boolean(std::string_view name, bool value) { return json(name, value ? "true" : "false"); }
  /// A number, with three digits after the point; null if it is not finite.
  json_object& real(std::string_view name, double value);
  /// A list of texts.
  template <class Texts>
  json_object& texts(std::string_view name, const Texts& values) {
    append_name(name);
    members_ += '[';
    for (bool first = true; const auto& value : values) {
      if (!first) members_ += ',';
      first = false;
      append_json_string(members_, value);
    }
    members_ += ']';
    return *this;
  }
  /// A value that is JSON already.
  json_object& json(std::string_view name, std::string_view value) {
    append_name(name);
    members_ += value;
    return *this;
  }
  [[nodiscard]] std::string str() const { return "{" + members_ + "}"; }
  [[nodiscard]] std::string line() const { return str() + "\n"; }

 private:
  void append_name(std::string_view name) {
    if (!members_.empty()) members_ += ',';
    append_json_string(members_, name);
    members_ += ':';
  }

  std::string members_;
};

/// One line of JSON for programs that follow a command: `{"v":1,"event":"row",…}`.
class event : public json_object {
 public:
  explicit event(std::string_view name) { number("v", 1).text("event", name); }
};

}  // namespace mux::inline v0::muxctl
