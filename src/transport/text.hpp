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

}  // namespace mux::inline v0::transport
