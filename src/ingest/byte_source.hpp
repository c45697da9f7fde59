#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string_view>

#include "ingest/text.hpp"

namespace mux::inline v0::ingest {

/// Line and column from 1; columns count code points.
struct text_position {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
  friend bool operator==(const text_position&, const text_position&) = default;
};

/// Bytes of a text with their position, read in blocks. A byte order mark at the start is skipped.
class byte_source {
 public:
  static constexpr int end = -1;

  explicit byte_source(std::istream& input);

  /// The next byte, or `end`.
  int get();
  /// The byte that `get` would give.
  int peek();
  /// Where the byte stands that `get` would give.
  [[nodiscard]] text_position position() const noexcept { return position_; }
  /// What is read ahead, at least the first 64 KiB if called before any `get`.
  [[nodiscard]] std::string_view ahead();
  /// Where the first NUL or byte that is not UTF-8 stood since the last call.
  [[nodiscard]] std::optional<text_position> take_bad_byte() noexcept;
  /// The stream failed before its end.
  [[nodiscard]] bool failed() const noexcept { return input_.bad(); }

 private:
  void fill();

  std::istream& input_;
  std::array<char, 64 * 1024> block_;
  std::size_t next_ = 0, size_ = 0;
  text_position position_, sequence_;  ///< `sequence_`: where the code point under way began
  utf8_check utf8_;
  std::optional<text_position> bad_;
};

}  // namespace mux::inline v0::ingest
