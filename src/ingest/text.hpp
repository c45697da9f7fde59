#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mux::inline v0::ingest {

/// Where the first NUL or byte that is not UTF-8 stands (of a sequence, its first byte), else `npos`. Refused
/// are overlong forms, surrogates and what is above U+10FFFF.
[[nodiscard]] std::size_t find_no_text(std::string_view text) noexcept;

/// Code points in valid UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view text) noexcept;

/// Text from outside for a message: in quotes, control and direction characters and bytes that are not UTF-8
/// escaped, at most `limit` code points.
[[nodiscard]] std::string shown_text(std::string_view text, std::size_t limit = 40);

}  // namespace mux::inline v0::ingest
