#include "emulator/content_hash.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

#include <openssl/evp.h>

namespace mux::inline v0::emulator {
namespace {

static_assert(std::endian::native == std::endian::little, "crc32c reads words of eight bytes");

using table = std::array<std::uint32_t, 256>;

// Row k: the sum of a byte that k zero bytes follow; eight bytes are then eight independent look-ups.
constexpr std::array<table, 8> make_tables() {
  std::array<table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82f63b78 : 0);
    tables[0][byte] = sum;
  }
  for (std::size_t row = 1; row < tables.size(); ++row)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto sum = tables[row - 1][byte];
      tables[row][byte] = sum >> 8 ^ tables[0][sum & 0xff];
    }
  return tables;
}

constexpr auto tables = make_tables();

EVP_MD_CTX* duplicate(const EVP_MD_CTX* state) {
  auto* made = EVP_MD_CTX_new();
  if (!made || EVP_MD_CTX_copy_ex(made, state) != 1) {
    EVP_MD_CTX_free(made);
    throw std::runtime_error("cannot copy the state of a hash");
  }
  return made;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) noexcept {
  std::uint32_t sum = ~before;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    word ^= sum;
    sum = 0;
    for (std::size_t row = 8; row-- > 0; word >>= 8) sum ^= tables[row][word & 0xff];
  }
  for (const char c : bytes) sum = sum >> 8 ^ tables[0][(sum ^ static_cast<unsigned char>(c)) & 0xff];
  return ~sum;
}

void content_hash::release::operator()(EVP_MD_CTX* state) const noexcept {
  EVP_MD_CTX_free(state);
}

content_hash::content_hash() : sha256_(EVP_MD_CTX_new()) {
  if (!sha256_ || EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL has no SHA-256");
}

content_hash::content_hash(const content_hash& other)
    : sha256_(duplicate(other.sha256_.get())), crc32c_(other.crc32c_) {}

content_hash& content_hash::operator=(const content_hash& other) {
  sha256_.reset(duplicate(other.sha256_.get()));
  crc32c_ = other.crc32c_;
  return *this;
}

content_hash::~content_hash() = default;

void content_hash::update(std::string_view bytes) {
  EVP_DigestUpdate(sha256_.get(), bytes.data(), bytes.size());
  crc32c_ = crc32c(bytes, crc32c_);
}

std::string content_hash::sha256() const {
  const content_hash copy(*this);
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(copy.sha256_.get(), digest.data(), nullptr);
  std::string text;
  for (const auto byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string content_hash::crc32c_base64() const {
  std::array<unsigned char, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(crc32c_ >> (24 - 8 * i));
  std::array<unsigned char, 9> text{};
  const int length = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return std::string(text.begin(), text.begin() + length);
}

}  // namespace mux::inline v0::emulator
