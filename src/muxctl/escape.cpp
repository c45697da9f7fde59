#include "muxctl/escape.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace mux::inline v0::muxctl {

namespace {

struct code_point {
  std::uint32_t value = 0;
  std::size_t size = 1;
  bool valid = false;
};

// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
code_point decode(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 && lead <= 0xf4   ? 4
                           : lead >= 0xe0 && lead <= 0xef ? 3
                           : lead >= 0xc2 && lead <= 0xdf ? 2
                                                          : 0;
  if (size == 0 || text.size() < size) return {lead, 1, false};
  std::uint32_t value = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {lead, 1, false};
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return {lead, 1, false};
  return {value, size, true};
}

// Beside C0, DEL and C1: line and paragraph separators, marks, embeddings, overrides, isolates, the byte
// order mark.
bool steers_terminal(std::uint32_t c) noexcept {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

template <class... Arguments>
void append_format(std::string& out, const char* format, Arguments... arguments) {
  std::array<char, 32> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), format, arguments...);
  out.append(buffer.data(), static_cast<std::size_t>(size));
}

std::size_t width_of(std::uint32_t c) noexcept {
  const auto within = [c](std::uint32_t first, std::uint32_t last) { return c >= first && c <= last; };
  if (within(0x0300, 0x036f) || within(0x200b, 0x200d) || within(0xfe00, 0xfe0f) || within(0x20d0, 0x20f0))
    return 0;
  if (within(0x1100, 0x115f) || within(0x2e80, 0xa4cf) || within(0xac00, 0xd7a3) || within(0xf900, 0xfaff) ||
      within(0xfe30, 0xfe6f) || within(0xff00, 0xff60) || within(0xffe0, 0xffe6) ||
      within(0x1f300, 0x1faff) || within(0x20000, 0x3fffd))
    return 2;
  return 1;
}

}  // namespace

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const code_point c = decode(text.substr(i));
    if (!c.valid)
      append_format(out, "\\x%02x", c.value);
    else if (c.value == '\n')
      out += "\\n";
    else if (c.value == '\r')
      out += "\\r";
    else if (c.value == '\t')
      out += "\\t";
    else if (!steers_terminal(c.value))
      out.append(text, i, c.size);
    else if (c.value < 0x80)
      append_format(out, "\\x%02x", c.value);
    else
      append_format(out, "\\u{%04x}", c.value);
    i += c.size;
  }
  return out;
}

std::string escape_json_controls(std::string json) {
  const auto has_candidate = [](std::string_view text) {
    for (const char c : text)
      if (static_cast<unsigned char>(c) >= 0x7f) return true;
    return false;
  };
  if (!has_candidate(json)) return json;
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    const code_point c = decode(std::string_view(json).substr(i));
    if (c.valid && c.value >= 0x7f && steers_terminal(c.value))
      append_format(out, "\\u%04x", c.value);
    else
      out.append(json, i, c.size);
    i += c.size;
  }
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const code_point c = decode(text.substr(i));
    if (!c.valid)
      out += "\xef\xbf\xbd";
    else if (c.value == '"' || c.value == '\\')
      (out += '\\') += static_cast<char>(c.value);
    else if (c.value == '\n')
      out += "\\n";
    else if (c.value == '\r')
      out += "\\r";
    else if (c.value == '\t')
      out += "\\t";
    else if (steers_terminal(c.value))
      append_format(out, "\\u%04x", c.value);
    else
      out.append(text, i, c.size);
    i += c.size;
  }
  out += '"';
}

std::string quote_for_shell(std::string_view word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out += '\'';
}

std::size_t display_width(std::string_view text) noexcept {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const code_point c = decode(text.substr(i));
    width += width_of(c.value);
    i += c.size;
  }
  return width;
}

std::string_view fit(std::string_view text, std::size_t columns) noexcept {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const code_point c = decode(text.substr(i));
    width += width_of(c.value);
    if (width > columns) return text.substr(0, i);
    i += c.size;
  }
  return text;
}

}  // namespace mux::inline v0::muxctl
