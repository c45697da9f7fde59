#pragma once

// Reads values of described types from a walk over tokens.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "codec/arena.hpp"
#include "codec/schema.hpp"
#include "codec/token_walk.hpp"

namespace mux::inline v0::codec {

/// Which row followed which when an object of a schema was read last: the next one is most likely the same
/// again, and comparing one name is cheaper than looking it up.
struct row_order {
  std::uintptr_t of = 0;
  /// Index of the row after row i, at i + 1; the first row at 0.
  std::array<std::uint8_t, schema::max_rows + 1> next{};
};

/// How many elements the last array of a type had: the next one has most likely as many.
struct array_size {
  const type* of = nullptr;
  std::size_t last = 0;
};

/// A text of 1 to 16 bytes in words: equal if length and words are.
struct short_text {
  static constexpr std::size_t longest = 16;

  short_text() = default;
  explicit short_text(std::string_view text) noexcept : length(text.size()) {
    const char* const p = text.data();
    const auto word = [](auto value, const char* at) {
      std::memcpy(&value, at, sizeof value);
      return std::uint64_t{value};
    };
    if (length >= 8) {
      first = word(std::uint64_t{}, p);
      last = word(std::uint64_t{}, p + length - 8);
    } else if (length >= 4) {
      first = word(std::uint32_t{}, p) | word(std::uint32_t{}, p + length - 4) << 32;
    } else {
      const auto byte = [p](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(p[i])}; };
      first = byte(0) | byte(length / 2) << 8 | byte(length - 1) << 16;
    }
  }
  friend bool operator==(const short_text&, const short_text&) = default;

  std::size_t length = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Which value of an enum a text was.
struct known_choice {
  const type* of = nullptr;
  short_text text;
  std::int16_t index = 0;
};

/// What a thread keeps between reads: the next text is most likely much like the last. Entries are found by a
/// hash and give way to others.
struct reading_memory {
  std::string value;  ///< of the string decoded last
  std::string key;
  std::array<row_order, 128> orders{};
  std::array<array_size, 32> sizes{};
  std::array<known_choice, 256> choices{};

  /// Neighbours in an array often differ in the same way as those in the array before; so each place has an
  /// order of its own, as far as that goes.
  static constexpr std::size_t places = 4;
  [[nodiscard]] static std::uintptr_t order_key(const schema& s, std::size_t element) noexcept {
    static_assert(alignof(schema) >= places);
    return reinterpret_cast<std::uintptr_t>(&s) + element % places;
  }
  [[nodiscard]] row_order& order_of(std::uintptr_t row_key) noexcept {
    const std::size_t first = hash(row_key);
    std::size_t i = first;
    for (std::size_t tries = 0; tries < most_tries; ++tries, ++i) {
      row_order& order = orders[i % orders.size()];
      if (order.of == row_key) return order;
      if (order.of == 0) break;
    }
    row_order& order = orders[i % orders.size()];
    order.of = row_key;
    order.next = {};
    return order;
  }
  [[nodiscard]] array_size& size_of(const type& t) noexcept {
    array_size& size = sizes[hash(reinterpret_cast<std::uintptr_t>(&t)) % sizes.size()];
    if (size.of != &t) size = {&t, 2};
    return size;
  }
  /// The value of the enum that was this text, or -1.
  [[nodiscard]] std::int16_t choice(const type& t, const short_text& text) const noexcept {
    const std::size_t first = choice_hash(t, text);
    for (const std::size_t i : {first, first ^ 1})
      if (const known_choice& known = choices[i]; known.of == &t && known.text == text) return known.index;
    return -1;
  }
  void remember_choice(const type& t, const short_text& text, std::int16_t index) noexcept {
    const std::size_t first = choice_hash(t, text);
    if (choices[first].of) choices[first ^ 1] = choices[first];
    choices[first] = {&t, text, index};
  }

 private:
  static constexpr std::size_t most_tries = 8;
  [[nodiscard]] std::size_t choice_hash(const type& t, const short_text& text) const noexcept {
    const auto word = reinterpret_cast<std::uintptr_t>(&t) ^ text.first ^ std::rotl(text.last, 31);
    return hash(word ^ text.length) % choices.size();
  }
  static std::size_t hash(std::uint64_t word) noexcept { return word * 0x9e37'79b9'7f4a'7c15u >> 50; }
};

/// Reads a value, or the member `data` of an object if `unwrap` says so, into `out`.
struct table_read {
  token_walk& walk;
  reading_memory& memory;
  arena* borrowed;  ///< for the elements of spans; null if `t` has no views
  bool unwrap;
};
/// Where the walk stands behind the value, or null if it stopped or if the value does not fit; `complaint`
/// then says where in the value and why, and is empty before. `misfit` is the token that does not fit.
[[nodiscard]] place read_value(const table_read& how, const type& t, void* out, std::string& complaint,
                               place& misfit);

}  // namespace mux::inline v0::codec
