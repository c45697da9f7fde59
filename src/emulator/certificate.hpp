#pragma once

#include <string>

namespace mux::inline v0::emulator {

/// A server certificate and what vouches for it, all as PEM.
struct certificate {
  std::string ca;
  std::string chain;
  std::string key;
};

/// A fresh CA and a certificate of it for localhost, 127.0.0.1, ::1 and `address` (an IP address), ECDSA
/// P-256, valid for a year. The CA's key is thrown away. Throws `std::runtime_error`.
[[nodiscard]] certificate make_certificate(const std::string& address);

}  // namespace mux::inline v0::emulator
