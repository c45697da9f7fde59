#pragma once

// JSON numbers: the grammar, and what a number is worth.

#include <cstdint>
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

}  // namespace mux::inline v0::codec
