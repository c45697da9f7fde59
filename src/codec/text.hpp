#pragma once

// Strings of JSON text: escapes and UTF-8.

#include <cstddef>
#include <string>
#include <string_view>

namespace mux::inline v0::codec {

/// Decodes the inside of a JSON string (valid UTF-8, no quotes around it) to `out`, which has room for
/// `raw.size()` bytes. Returns the end of what was written, or null if an escape is invalid. A surrogate that
/// stands alone becomes U+FFFD: one title cut in half by its author must not spoil a page of a hundred.
[[nodiscard]] char* unescape(std::string_view raw, char* out) noexcept;

/// Length of the UTF-8 sequence at the start of `text`, which is not empty; 0 if it is invalid.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Length of the invalid sequence at the start of `text` that one U+FFFD replaces (the longest beginning of a
/// valid one, at least a byte).
[[nodiscard]] std::size_t invalid_length(std::string_view text) noexcept;

/// The longest beginning of at most `most` bytes that cuts no UTF-8 sequence.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t most) noexcept;

/// The beginning of a text from outside as a JSON string of at most `most` bytes before escaping: fit to be
/// shown.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t most);

}  // namespace mux::inline v0::codec
