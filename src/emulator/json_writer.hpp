#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace mux::inline v0::emulator {

/// Appends JSON to a string; commas are set by what stands at its end. Deliberately not the library's writer:
/// a fault of that one must show.
class json_writer {
 public:
  explicit json_writer(std::string& out) noexcept : out_(out) {}

  json_writer& begin(char bracket) { return separate(), out_ += bracket, *this; }
  json_writer& end(char bracket) { return out_ += bracket, *this; }
  json_writer& key(std::string_view name) {
    separate();
    quote(name);
    out_ += ':';
    return *this;
  }

  json_writer& value(std::string_view text) { return separate(), quote(text), *this; }
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(std::same_as<bool> auto flag) {
    return separate(), out_ += flag ? "true" : "false", *this;
  }
  template <class Number>
  requires(std::integral<Number> || std::floating_point<Number>) &&
      (!std::same_as<Number, bool>)json_writer& value(Number number) {
    separate();
    char text[32];
    out_.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    return *this;
  }
  json_writer& null() { return separate(), out_ += "null", *this; }

  template <class T>
  json_writer& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  /// Leaves the member out if the text is empty.
  json_writer& member_if(std::string_view name, std::string_view text) {
    return text.empty() ? *this : member(name, text);
  }

 private:
  void separate() {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') out_ += ',';
  }
  void quote(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        out_ += "\\u00";
        out_ += "0123456789abcdef"[c >> 4];
        out_ += "0123456789abcdef"[c & 15];
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  std::string& out_;
};

}  // namespace mux::inline v0::emulator
