#pragma once

#include <algorithm>
#include <string_view>

namespace mux::inline v0::client_detail {

/// A byte that no header value may hold: it could end the line and begin another.
[[nodiscard]] inline bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace mux::inline v0::client_detail
