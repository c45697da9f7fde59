#pragma once

// Certificates made for the tests, in memory.

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace mux::test {

struct certificate_wish {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";  ///< subjectAltName; empty: none
  long valid_from = -3600;                                  ///< seconds from now
  long valid_until = 3600;
  bool authority = false;
  std::string usage = "serverAuth";  ///< extended key usage
  std::string key_usage;             ///< empty: `keyCertSign` of an authority, none of a server
  std::string constraints;           ///< basic constraints; empty: by `authority`; `none`: without
  std::string name_constraints;      ///< empty: none
  std::string common_name;           ///< empty: one that no other certificate has
  std::string raw_name;              ///< a DNS name as it stands, NUL bytes included, instead of `names`
  std::string unknown_critical;      ///< value of a critical extension that nobody knows; empty: none
  int rsa_bits = 0;                  ///< 0: an elliptic curve
  const char* curve = "P-256";
  const EVP_MD* digest = EVP_sha256();
  bool broken_signature = false;
};

/// A key with its certificate.
class identity {
 public:
  /// Signed by itself.
  explicit identity(const certificate_wish& wish);
  /// Signed by `issuer`.
  identity(const certificate_wish& wish, const identity& issuer);

  [[nodiscard]] X509* certificate() const noexcept { return certificate_.get(); }
  [[nodiscard]] EVP_PKEY* key() const noexcept { return key_.get(); }
  [[nodiscard]] std::string pem() const;

 private:
  void issue(const certificate_wish& wish, X509* issuer, EVP_PKEY* issuer_key);

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

/// The authority that the tests' clients trust; its certificate lies in a file.
class trusted_authority {
 public:
  static const trusted_authority& instance();
  [[nodiscard]] const identity& self() const noexcept { return self_; }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  ~trusted_authority();

 private:
  trusted_authority();
  identity self_;
  std::string file_;
};

}  // namespace mux::test
