#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/awaitable.hpp>

#include <mux/result.hpp>
#include <mux/secret.hpp>

namespace mux::inline v0 {

/// Either `token_id` and `token_secret` (HTTP Basic), or `authorization_token` (Bearer, wins if both are
/// given).
struct credentials {
  credentials() {}
  std::string token_id;
  secret token_secret;
  secret authorization_token;
};

/// Where a client gets its credentials from if they change while it runs: tokens that expire, a vault.
/// Thread safety: may be asked by several calls at the same time.
class credentials_provider {
 public:
  enum class reason : std::uint8_t {
    next,     ///< for the next request; what is still good should be at hand, without a wait
    refused,  ///< the API answered 401 to what this provider gave last: get new ones
  };
  virtual ~credentials_provider() = default;
  /// The credentials for a request that is about to be sent. Asked before every try, when it is the call's
  /// turn at the limiter. The call fails with the error that this returns, and with `timed_out` if it takes
  /// longer than `timeouts.first_byte` or the call's own limits; cancellation of the call reaches it.
  virtual boost::asio::awaitable<result<credentials>> get(reason why) = 0;
};

}  // namespace mux::inline v0
