#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mux::inline v0::emulator {

/// Which part of a file the body of a request is, or that it asks for the state only.
struct content_range {
  bool query = false;                  ///< `bytes */N`, `bytes */*`: no part
  std::uint64_t first = 0;             ///< position of the first byte
  std::optional<std::uint64_t> end;    ///< position after the last byte
  std::optional<std::uint64_t> total;  ///< size of the file

  /// The file ends with this part.
  [[nodiscard]] bool last() const noexcept { return !query && end == total; }
};

/// Reads `bytes A-B/N`, `bytes A-B/*`, `bytes */N`, `bytes */*`; nothing if the text is anything else.
[[nodiscard]] std::optional<content_range> parse_content_range(std::string_view text) noexcept;

/// A body that is the whole file. `length` is absent if it is not known before the end.
[[nodiscard]] content_range whole_body(std::optional<std::uint64_t> length) noexcept;

}  // namespace mux::inline v0::emulator
