#pragma once

// Names of members, made quick to compare with JSON text.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mux::inline v0::codec {

/// A name as it stands in JSON text, with its quotes and the colon: the first 32 bytes, filled up with zeros.
struct alignas(16) name_pattern {
  static constexpr std::size_t size = 32;
  /// A name of this length stands in a pattern as a whole.
  static constexpr std::size_t longest = size - 3;

  std::array<char, size> bytes{};
  friend constexpr bool operator==(const name_pattern&, const name_pattern&) = default;
};

[[nodiscard]] constexpr name_pattern pattern_of(std::string_view name) noexcept {
  name_pattern result;
  std::size_t length = 0;
  const auto add = [&](char c) {
    if (length < name_pattern::size) result.bytes[length++] = c;
  };
  add('"');
  for (const char c : name) add(c);
  add('"');
  add(':');
  return result;
}

/// A bit for each byte of the pattern of a name of this length; none for names that are too long.
[[nodiscard]] constexpr std::uint32_t pattern_bits(std::size_t name_length) noexcept {
  return name_length > name_pattern::longest ? 0 : ~std::uint32_t{0} >> (name_pattern::longest - name_length);
}

/// Whether the bytes of the pattern for which there are `bits` stand at `text`, where 32 bytes must be
/// readable; false if there are no bits.
[[nodiscard]] inline bool stands_at(const char* text, const name_pattern& pattern,
                                    std::uint32_t bits) noexcept {
#if defined(__SSE2__)
  const auto same = [&](std::size_t from) {
    const __m128i there = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + from));
    const __m128i wanted = _mm_load_si128(reinterpret_cast<const __m128i*>(pattern.bytes.data() + from));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(there, wanted)));
  };
  return bits != 0 && ((same(0) | same(16) << 16) & bits) == bits;
#else
  return bits != 0 &&
         std::memcmp(text, pattern.bytes.data(), static_cast<std::size_t>(std::popcount(bits))) == 0;
#endif
}

/// Where to look first for a name in a table of `mask + 1` places.
[[nodiscard]] constexpr std::size_t slot_of(std::string_view name, std::size_t mask) noexcept {
  // Names differ in their length or near their ends.
  const auto at = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(name[i])}; };
  std::uint64_t mixed = name.size();
  if (!name.empty()) {
    const std::size_t last = name.size() - 1;
    mixed |=
        at(0) << 8 | at(last / 2) << 16 | at(last) << 24 | at(last / 4) << 32 | at(last - last / 4) << 40;
  }
  mixed *= 0x9e37'79b9'7f4a'7c15u;
  return static_cast<std::size_t>(mixed >> 48 ^ mixed >> 32) & mask;
}

}  // namespace mux::inline v0::codec
