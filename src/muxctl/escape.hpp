#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mux::inline v0::muxctl {

/// `text` with everything that could steer a terminal or forge a line made visible: C0, DEL, C1,
/// bidirectional and line-separating controls, and bytes that are no UTF-8 become `\n`, `\x1b`, `\u{202e}`.
[[nodiscard]] std::string escape_for_terminal(std::string_view text);

/// The same JSON value without DEL, C1 or bidirectional controls: they become `\uXXXX`, which means the same.
[[nodiscard]] std::string escape_json_controls(std::string json);

/// Appends `text` as a JSON string; bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `word` as one word of a POSIX shell, quoted only where it has to be.
[[nodiscard]] std::string quote_for_shell(std::string_view word);

/// Columns that `text`, already escaped, takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// The longest beginning of `text` that takes at most `columns`.
[[nodiscard]] std::string_view fit(std::string_view text, std::size_t columns) noexcept;

}  // namespace mux::inline v0::muxctl
