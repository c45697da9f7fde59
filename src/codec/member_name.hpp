#pragma once

// Names of members, made quick to compare: two words and a length instead of a string.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace mux::inline v0::codec {

/// First and last bytes of a name. Two names of equal length and equal words are equal, unless they are
/// longer than 16 bytes: then their middle must be compared too.
struct name_words {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  friend constexpr bool operator==(const name_words&, const name_words&) = default;
};

namespace detail {

template <class Word>
constexpr Word load_word(const char* p) {
  if (std::is_constant_evaluated() || std::endian::native != std::endian::little) {
    Word word = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i)
      word |= static_cast<Word>(static_cast<unsigned char>(p[i])) << (8 * i);
    return word;
  }
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

}  // namespace detail

[[nodiscard]] constexpr name_words words_of(std::string_view name) {
  const char* p = name.data();
  const std::size_t n = name.size();
  if (n >= 8) return {detail::load_word<std::uint64_t>(p), detail::load_word<std::uint64_t>(p + n - 8)};
  if (n >= 4) return {detail::load_word<std::uint32_t>(p), detail::load_word<std::uint32_t>(p + n - 4)};
  if (n == 0) return {};
  // One to three bytes: first, middle and last are all of them.
  const auto byte = [p](std::size_t i) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(p[i]));
  };
  return {byte(0) | byte(n / 2) << 8 | byte(n - 1) << 16, 0};
}

/// Where to look first for a name in a table of `mask + 1` places.
[[nodiscard]] constexpr std::size_t slot_of(const name_words& words, std::size_t length, std::size_t mask) {
  const std::uint64_t mixed = (words.head ^ std::rotl(words.tail, 29) ^ length) * 0x9e37'79b9'7f4a'7c15u;
  return static_cast<std::size_t>(mixed >> 48 ^ mixed >> 32) & mask;
}

}  // namespace mux::inline v0::codec
