#include "emulator/identifiers.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/rand.h>

namespace mux::inline v0::emulator {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// SplitMix64's finalizer: a bijection, so that different inputs stay different.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

template <std::size_t N>
std::array<unsigned char, N> random_bytes() {
  std::array<unsigned char, N> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(N)) != 1)
    throw std::runtime_error("no random numbers available");
  return bytes;
}

}  // namespace

std::string identifiers::make(std::uint64_t serial, std::uint64_t part, std::size_t length) const {
  // 62^11 > 2^64: the first eleven characters alone tell all words apart.
  constexpr std::size_t digits = 11;
  std::string id;
  id.reserve(length);
  std::uint64_t word = mix(seed_ + 0x9e3779b97f4a7c15 * (serial * 64 + part + 1));
  while (id.size() < length) {
    std::uint64_t rest = word;
    for (std::size_t i = 0; i < digits && id.size() < length; ++i, rest /= alphabet.size())
      id += alphabet[rest % alphabet.size()];
    word = mix(word + 0x9e3779b97f4a7c15);
  }
  return id;
}

bool well_formed_id(std::string_view id) noexcept {
  return id.size() >= 32 && id.size() <= 60 && id.find_first_not_of(alphabet) == std::string_view::npos;
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  for (const unsigned char byte : random_bytes<8>()) number = number << 8 | byte;
  return number;
}

std::string random_secret(std::size_t length) {
  std::string secret;
  while (secret.size() < length)
    for (const unsigned char byte : random_bytes<64>())
      if (byte < alphabet.size() * 4 && secret.size() < length) secret += alphabet[byte % alphabet.size()];
  return secret;
}

std::string random_uuid() {
  auto bytes = random_bytes<16>();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  std::string uuid;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    uuid += "0123456789abcdef"[bytes[i] >> 4];
    uuid += "0123456789abcdef"[bytes[i] & 15];
  }
  return uuid;
}

}  // namespace mux::inline v0::emulator
