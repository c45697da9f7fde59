#pragma once

#include <optional>
#include <string>

#include <mux/request.hpp>
#include <mux/send.hpp>

#include "client/core.hpp"
#include "policy/instant.hpp"
#include "policy/retry.hpp"
#include "transport/transport.hpp"

namespace mux::inline v0::client_detail {

/// One call on its way: what stays the same over its tries, and what they have shown so far.
class journey {
 public:
  /// Both must outlive the journey.
  journey(detail::client_core& core, const detail::request_base& request);
  journey(const journey&) = delete;
  journey& operator=(const journey&) = delete;
  ~journey();

  /// Why the call cannot be sent at all.
  [[nodiscard]] std::optional<error> fault() const;
  /// The credentials of the next try, if the client does not have its own.
  void authorize(const credentials& with);

  /// It goes to the API, and its answer says something about the API: not so of playback and files.
  [[nodiscard]] bool to_api() const noexcept { return request.elsewhere.empty() && op.host == api_host::api; }

  [[nodiscard]] policy::instant deadline() const noexcept { return deadline_; }
  [[nodiscard]] policy::instant try_deadline() const;

  // How it ends; the observer is told.
  [[nodiscard]] result<answer> fail(error e);
  [[nodiscard]] result<answer> cancelled();
  [[nodiscard]] result<answer> succeed(answer said);

  detail::client_core& core;
  const detail::request_base& request;
  const operation& op;
  transport::origin to;
  transport::wire_request wire;
  /// A POST must not meet a connection that the server is just closing.
  policy::freshness wanted;
  const idempotency repeat;
  const int tries;
  int attempt = 1;
  bool may_be_done = false;   ///< an earlier try may have been executed
  bool renewed = false;       ///< a stale connection was made good for
  bool refused = false;       ///< the credentials of the last try
  bool reauthorized = false;  ///< new credentials were asked for after a 401
  std::optional<error> last;  ///< why the latest try failed, for a call that ends in the queue

 private:
  void collect_headers();

  std::optional<error> fault_;
  policy::instant deadline_ = policy::never;
  std::string target_;         ///< if the base URL has a path of its own
  transport::headers fields_;  ///< if the client's own do not do
};

}  // namespace mux::inline v0::client_detail
