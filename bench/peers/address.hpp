#pragma once

// Where the peers' server is, from the environment, so that all programs are called alike.

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace peers {

inline std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set");
  return value;
}

struct address {
  std::string host = variable("PEERS_HOST");
  std::string port = variable("PEERS_PORT");
  std::string ca_file = variable("PEERS_CA_FILE");
  std::string asset_id = variable("PEERS_ASSET_ID");

  [[nodiscard]] std::string base_url() const { return "https://" + host + ':' + port; }
};

/// What all send as credentials: `peer:secret`.
inline constexpr char token_id[] = "peer";
inline constexpr char token_secret[] = "secret";
inline constexpr char authorization[] = "Authorization: Basic cGVlcjpzZWNyZXQ=";

}  // namespace peers
