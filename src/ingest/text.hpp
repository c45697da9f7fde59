#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mux::inline v0::ingest {

/// Checks UTF-8 byte by byte: no overlong form, no surrogate, nothing above U+10FFFF.
class utf8_check {
 public:
  /// False if `byte` cannot follow what came before; the check then begins anew behind it.
  bool accept(unsigned char byte) noexcept;
  /// False in the middle of a sequence.
  [[nodiscard]] bool at_boundary() const noexcept { return missing_ == 0; }
  void reset() noexcept { missing_ = 0; }

 private:
  int missing_ = 0;
  unsigned char low_ = 0x80, high_ = 0xBF;  ///< bounds of the next byte
};

/// Code points in valid UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view text) noexcept;

/// Text from outside for a message: in quotes, control and direction characters and bytes that are not UTF-8
/// escaped, at most `limit` code points.
[[nodiscard]] std::string shown_text(std::string_view text, std::size_t limit = 40);

}  // namespace mux::inline v0::ingest
