#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
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

/// Whether `wrong` is true of no byte. Looks at all of them, in blocks, so that it becomes vector
/// instructions.
template <class Wrong>
[[nodiscard]] constexpr bool none(std::string_view text, Wrong wrong) noexcept {
  constexpr std::size_t block = 16;
  unsigned found = 0;
  const auto look = [&](const char* at) {
    for (std::size_t i = 0; i < block; ++i) found |= wrong(at[i]);
  };
  if (text.size() >= block) {
    const char* const last = text.data() + text.size() - block;
    for (const char* at = text.data(); at < last; at += block) look(at);
    look(last);
  } else {
    for (const char c : text) found |= wrong(c);
  }
  return found == 0;
}

/// Could stand in a line of a head: no control byte but the tab.
[[nodiscard]] constexpr bool printable(std::string_view text) noexcept {
  return none(text, [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; });
}

// Not within `token`: GCC 12 would put it together on the stack there, for each call.
inline constexpr auto token_characters = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

/// Could be the name of a header: not empty, and of the characters that names may have.
[[nodiscard]] constexpr bool token(std::string_view text) noexcept {
  for (const char c : text)
    if (!token_characters[static_cast<unsigned char>(c)]) return false;
  return !text.empty();
}

}  // namespace mux::inline v0::transport
