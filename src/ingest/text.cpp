#include "ingest/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mux::inline v0::ingest {
namespace {

constexpr bool continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// Length of the valid sequence at the front, 0 if there is none.
std::size_t sequence_length(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  return std::all_of(text.begin() + 2, text.begin() + static_cast<std::ptrdiff_t>(length), continuation)
             ? length
             : 0;
}

// C0, DEL, C1, and the marks that reorder or hide text: U+200B–200F, 2028–202E, 2060–2069, FEFF, 061C.
bool harmful(std::string_view sequence) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  switch (sequence.size()) {
    case 1:
      return byte(0) < 0x20 || byte(0) == 0x7F;
    case 2:
      return (byte(0) == 0xC2 && byte(1) < 0xA0) || (byte(0) == 0xD8 && byte(1) == 0x9C);
    case 3:
      if (byte(0) == 0xEF) return byte(1) == 0xBB && byte(2) == 0xBF;
      if (byte(0) != 0xE2) return false;
      if (byte(1) == 0x80)
        return (byte(2) >= 0x8B && byte(2) <= 0x8F) || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
      return byte(1) == 0x81 && byte(2) >= 0xA0 && byte(2) <= 0xA9;
    default:
      return false;
  }
}

}  // namespace

std::size_t find_no_text(std::string_view text) noexcept {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  for (std::size_t at = 0; at < text.size();) {
    // Eight bytes at once, as long as none of them is NUL or beyond ASCII.
    for (std::uint64_t word; text.size() - at >= sizeof word; at += sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((((word - ones) | word) & (ones * 0x80)) != 0) break;
    }
    for (const std::size_t stop = std::min(at + 8, text.size()); at < stop;) {
      const std::size_t length = sequence_length(text.substr(at));
      if (length == 0 || text[at] == 0) return at;
      at += length;
    }
  }
  return text.npos;
}

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continuation(c); }));
}

std::string shown_text(std::string_view text, std::size_t limit) {
  std::string out = "'";
  for (std::size_t shown = 0; !text.empty(); ++shown) {
    if (shown == limit) {
      out += "…";
      break;
    }
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || harmful(sequence)) {
      for (char c : sequence) append_hex(out, static_cast<unsigned char>(c));
    } else {
      out += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return out + "'";
}

}  // namespace mux::inline v0::ingest
