#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include <mux/result.hpp>

#include "policy/instant.hpp"

namespace mux::inline v0::detail {
class client_core;
}

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

/// What the API says about the credentials, asked at most once a client, when a call was refused.
/// Thread-safe.
class identity {
 public:
  /// What to do about a refusal with `status` (401, 403 or 404), with the token's environment and permissions
  /// if they are known or can be had within seconds and before the deadline. Empty: nothing to add. Never
  /// fails.
  asio::awaitable<std::string> explain(std::shared_ptr<detail::client_core> core, int status,
                                       policy::instant deadline);

 private:
  std::mutex mutex_;
  bool asked_ = false;
  std::string known_;  ///< empty until the answer is there
};

}  // namespace mux::inline v0::client_detail
