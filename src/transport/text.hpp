#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace mux::inline v0::transport {

/// ASCII letters alike in both cases, as names in HTTP are compared.
[[nodiscard]] inline bool same_text(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

[[nodiscard]] constexpr bool digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Could stand in a line of a head: no control byte but the tab.
[[nodiscard]] constexpr bool printable(std::string_view text) noexcept {
  bool wrong = false;  // no way out of the loop, so that it becomes vector instructions
  for (const char c : text) wrong |= (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  return !wrong;
}

/// Could be the name of a header: not empty, and of the characters that names may have.
[[nodiscard]] constexpr bool token(std::string_view text) noexcept {
  constexpr auto allowed = [] {
    std::array<bool, 256> table{};
    for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  for (const char c : text)
    if (!allowed[static_cast<unsigned char>(c)]) return false;
  return !text.empty();
}

}  // namespace mux::inline v0::transport
