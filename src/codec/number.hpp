#pragma once

// JSON numbers: the grammar, and what a number is worth.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mux::inline v0::codec {

/// A number of the JSON grammar: mantissa × 10^exponent.
struct number {
  std::uint64_t mantissa = 0;
  std::int64_t exponent = 0;
  bool negative = false;
  bool exact = true;  ///< false: more than 19 significant digits, `mantissa` holds the first 19
};

/// Reads the number at `p` and returns where it ends, or null if there is none. The text must hold a byte
/// behind the number that cannot belong to it.
[[nodiscard]] const char* scan_number(const char* p, number& out) noexcept;

enum class conversion : std::uint8_t { done, out_of_range, not_integral };

/// `1`, `1.0` and `1e3` are integers, `1.5` is not.
[[nodiscard]] conversion to_int64(const number& n, std::int64_t& out) noexcept;

/// The nearest double; what is too small for one is zero. `text` is what `n` was scanned from.
[[nodiscard]] conversion to_double(const number& n, std::string_view text, double& out) noexcept;

/// An optional minus and digits, nothing else; false if it is anything else or does not fit.
[[nodiscard]] bool parse_int64(std::string_view text, std::int64_t& out) noexcept;

// The quick ones know the most frequent forms only. At least 32 bytes must be readable at `p`.

/// How many digits stand at `p`, at most 8; `value` is theirs.
[[nodiscard]] inline std::size_t eight_digits(const char* p, std::uint64_t& value) noexcept {
  if constexpr (std::endian::native != std::endian::little) return 0;
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  std::uint64_t x;
  std::memcpy(&x, p, sizeof x);
  x ^= ones * '0';
  // The high bit of a byte that is no digit; what is carried on stands behind the first of them.
  const std::uint64_t others = ((x + ones * (0x80 - 10)) | x) & ones * 0x80;
  const auto count = static_cast<std::size_t>(std::countr_zero(others)) / 8;
  if (count == 0) return 0;
  x <<= 8 * (8 - count);
  // Neighbours to numbers of two digits, these to four, these to eight.
  x = x * 10 + (x >> 8);
  constexpr std::uint64_t pairs = 0x0000'00ff'0000'00ff;
  value = ((x & pairs) * (100 + (1'000'000ull << 32)) + (x >> 16 & pairs) * (1 + (10'000ull << 32))) >> 32;
  return count;
}

inline constexpr std::array<std::uint32_t, 9> ten_to = {1,       10,        100,        1'000,      10'000,
                                                        100'000, 1'000'000, 10'000'000, 100'000'000};

/// The value of `length` digits, at most 16; false if they are not digits.
[[nodiscard]] inline bool quick_digits(const char* p, std::size_t length, std::int64_t& out) noexcept {
  std::uint64_t value = 0;
  std::size_t count = eight_digits(p, value);
  if (count == 8 && length > 8) {
    std::uint64_t more = 0;
    const std::size_t behind = eight_digits(p + 8, more);
    value = value * ten_to[behind] + more;
    count += behind;
  }
  out = static_cast<std::int64_t>(value);
  return count == length && count != 0;
}

/// The value of `length` characters: up to 8 digits, with or without a point and up to 7 digits behind it.
[[nodiscard]] inline bool quick_decimal(const char* p, std::size_t length, double& out) noexcept {
  std::uint64_t whole = 0;
  const std::size_t count = eight_digits(p, whole);
  if (count == 0 || (*p == '0' && count != 1)) return false;
  if (count == length) {
    out = static_cast<double>(whole);
    return true;
  }
  if (p[count] != '.') return false;
  std::uint64_t fraction = 0;
  const std::size_t behind = eight_digits(p + count + 1, fraction);
  if (behind == 0 || behind == 8 || count + 1 + behind != length) return false;
  // Below 2^53, and divided once: the nearest double.
  out = static_cast<double>(whole * ten_to[behind] + fraction) / ten_to[behind];
  return true;
}

}  // namespace mux::inline v0::codec
