#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace mux::inline v0::emulator {

/// CRC-32C (Castagnoli) of bytes that follow those whose sum is `before`; 0 for none.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

/// SHA-256 and CRC-32C of bytes that come piece by piece. A copy goes on from where the original stands.
class content_hash {
 public:
  /// Throws `std::runtime_error` if OpenSSL has no SHA-256.
  content_hash();
  content_hash(const content_hash& other);
  content_hash& operator=(const content_hash& other);
  ~content_hash();

  void update(std::string_view bytes);
  /// 64 hex digits.
  [[nodiscard]] std::string sha256() const;
  /// Its four bytes, the highest first, in base64, as Google's storage shows them.
  [[nodiscard]] std::string crc32c_base64() const;

 private:
  struct release {
    void operator()(EVP_MD_CTX* state) const noexcept;
  };
  std::unique_ptr<EVP_MD_CTX, release> sha256_;
  std::uint32_t crc32c_ = 0;
};

}  // namespace mux::inline v0::emulator
