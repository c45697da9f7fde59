#pragma once

// Names of members, made quick to compare: their first 16 bytes as two words.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mux::inline v0::codec {

/// The first 16 bytes of a name, filled up with zeros. Names of equal length and equal words are equal if
/// they are no longer than that.
struct name_words {
  static constexpr std::size_t size = 16;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  friend constexpr bool operator==(const name_words&, const name_words&) = default;
};

[[nodiscard]] constexpr name_words words_of(std::string_view name) noexcept {
  const auto word = [name](std::size_t from) {
    std::uint64_t bytes = 0;
    for (std::size_t i = from; i < from + 8 && i < name.size(); ++i)
      bytes |= std::uint64_t{static_cast<unsigned char>(name[i])} << (8 * (i - from));
    return bytes;
  };
  return {word(0), word(8)};
}

/// Which bits of the words belong to a name of length n, at n; longer names use them all.
inline constexpr auto name_masks = [] {
  std::array<name_words, name_words::size + 1> masks{};
  for (std::size_t n = 0; n < masks.size(); ++n) {
    masks[n].first = n >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * n)) - 1;
    masks[n].second = n >= 16 ? ~std::uint64_t{0} : n <= 8 ? 0 : (std::uint64_t{1} << (8 * (n - 8))) - 1;
  }
  return masks;
}();

/// As `words_of`, without a branch on the length. At least 16 bytes must be readable at `name`.
[[nodiscard]] inline name_words words_at(const char* name, std::size_t length) noexcept {
  if constexpr (std::endian::native != std::endian::little) return words_of({name, length});
  name_words words;
  std::memcpy(&words.first, name, 8);
  std::memcpy(&words.second, name + 8, 8);
  const name_words& mask = name_masks[length < name_words::size ? length : name_words::size];
  return {words.first & mask.first, words.second & mask.second};
}

/// Where to look first for a name in a table of `mask + 1` places.
[[nodiscard]] constexpr std::size_t slot_of(const name_words& words, std::size_t length,
                                            std::size_t mask) noexcept {
  const std::uint64_t mixed = (words.first ^ std::rotl(words.second, 29) ^ length) * 0x9e37'79b9'7f4a'7c15u;
  return static_cast<std::size_t>(mixed >> 48 ^ mixed >> 32) & mask;
}

}  // namespace mux::inline v0::codec
