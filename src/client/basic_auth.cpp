#include "client/basic_auth.hpp"

#include <cstdint>

namespace mux::inline v0::client_detail {

std::string basic_auth(std::string_view user, std::string_view password) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string plain(user);
  plain += ':';
  plain += password;
  std::string out = "Basic ";
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < plain.size() ? static_cast<unsigned char>(plain[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k <= plain.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace mux::inline v0::client_detail
