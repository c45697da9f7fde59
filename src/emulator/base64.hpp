#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mux::inline v0::emulator {

/// Base64url without padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Takes both alphabets, padded or not; nothing if the text is no base64.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace mux::inline v0::emulator
