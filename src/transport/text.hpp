#pragma once

#include <algorithm>
#include <string_view>

namespace mux::inline v0::transport {

/// ASCII letters alike in both cases, as names in HTTP are compared.
[[nodiscard]] inline bool same_text(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// May stand in a line of a head: no control byte but the tab.
[[nodiscard]] constexpr bool printable(char c) noexcept {
  return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
}

[[nodiscard]] constexpr bool digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// May stand in the name of a header.
[[nodiscard]] constexpr bool token(char c) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

}  // namespace mux::inline v0::transport
