#include "emulator/base64.hpp"

#include <cstdint>

namespace mux::inline v0::emulator {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::size_t digit(char c) noexcept {
  if (c == '+') return 62;
  if (c == '/') return 63;
  return alphabet.find(c);
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char byte : bytes) {
    word = word << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet[word >> (bits - 6) & 63];
  }
  if (bits > 0) text += alphabet[word << (6 - bits) & 63];
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = digit(c);
    if (value == std::string_view::npos) return std::nullopt;
    word = word << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(word >> (bits -= 8) & 0xff);
  }
  return bytes;
}

}  // namespace mux::inline v0::emulator
