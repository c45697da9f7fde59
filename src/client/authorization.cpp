#include "client/authorization.hpp"

#include <cstdint>

#include "client/control_bytes.hpp"
#include "client/wipe.hpp"

namespace mux::inline v0::client_detail {

std::string authorization_value(const credentials& of) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  if (!of.authorization_token.empty()) {
    out.reserve(7 + of.authorization_token.reveal().size());
    out.append("Bearer ").append(of.authorization_token.reveal());
    return out;
  }
  // Sizes are known beforehand, so that no growing string leaves a copy behind.
  std::string plain;
  plain.reserve(of.token_id.size() + 1 + of.token_secret.reveal().size());
  plain.append(of.token_id).append(":").append(of.token_secret.reveal());
  out.reserve(6 + (plain.size() + 2) / 3 * 4);
  out = "Basic ";
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < plain.size() ? static_cast<unsigned char>(plain[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k <= plain.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  wipe(plain.data(), plain.size());
  return out;
}

std::optional<error> check_credentials(const credentials& c) {
  if (c.authorization_token.empty() && (c.token_id.empty() || c.token_secret.empty())) {
    error e(errc::missing_credentials, c.token_id.empty() && c.token_secret.empty() ? "no access token"
                                       : c.token_id.empty() ? "a token secret without its token id"
                                                            : "a token id without its token secret");
    e.hint = "set MUX_TOKEN_ID and MUX_TOKEN_SECRET, or MUX_AUTHORIZATION_TOKEN";
    return e;
  }
  // The texts themselves are not shown: they may be the secret that somebody pasted with a line break.
  if (has_control(c.token_id) || has_control(c.token_secret.reveal()) ||
      has_control(c.authorization_token.reveal()))
    return error(errc::invalid_argument, "a credential holds a control character, a line break perhaps");
  return {};
}

}  // namespace mux::inline v0::client_detail
