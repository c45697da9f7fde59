#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace storm {

/// How often the server closes connections, and what a seed makes of it.
struct temper {
  /// About one answered request in so many may end its connection; 0: none does.
  std::uint64_t close_every = 40;
  /// A POST that arrives on a connection whose end is due is executed, and not answered.
  bool loses_answers = false;
  bool tls = false;
  std::uint64_t seed = 1;
};

/// What really happened.
struct ledger {
  std::uint64_t gets = 0;            ///< answered
  std::uint64_t posts = 0;           ///< executed
  std::uint64_t posted_twice = 0;    ///< markers that were executed more than once
  std::uint64_t unknown_posts = 0;   ///< without a marker
  std::uint64_t connections = 0;     ///< accepted
  std::uint64_t closed_at_once = 0;  ///< right after an answer
  std::uint64_t closed_idle = 0;     ///< after some time without a request, which may have been on its way
  std::uint64_t closed_under = 0;    ///< while a GET arrived: some or all of it read, nothing answered
  std::uint64_t lost_answers = 0;    ///< of POSTs that were executed
};

/// A small HTTP/1.1 server on loopback, with a thread of its own, that closes kept connections at random
/// moments and never says so beforehand. `GET …/assets/ID` is answered with the asset ID, a POST with its own
/// passthrough. A POST is not closed upon once a byte of it was read (but see `loses_answers`), and each
/// passthrough is counted.
class closing_server {
 public:
  explicit closing_server(const temper& how);
  ~closing_server();
  closing_server(const closing_server&) = delete;
  closing_server& operator=(const closing_server&) = delete;

  [[nodiscard]] std::string base_url() const;
  /// PEM, to be trusted; empty without TLS.
  [[nodiscard]] const std::string& authority() const;
  /// Closes everything and tells. The server is over then.
  [[nodiscard]] ledger stop();
  /// Whether the POST with this passthrough was executed. After `stop` only.
  [[nodiscard]] bool executed(const std::string& passthrough) const;

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

}  // namespace storm
