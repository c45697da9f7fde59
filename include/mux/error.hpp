#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace boost {
struct source_location;
}

namespace mux::inline v0 {

/// What went wrong, one value per thing that a caller would treat differently.
enum class errc : std::uint8_t {
  none,

  // Found before anything was sent.
  invalid_argument,       ///< a parameter cannot be sent: an empty id, a control character in a header, …
  missing_credentials,    ///< neither a token id with its secret nor an authorization token was given
  insecure_base_url,      ///< plain http to a host that is not loopback, or no http(s) URL at all
  invalid_ca_file,        ///< the CA file cannot be read or holds no certificate
  would_exceed_deadline,  ///< the wait at the limiter would be longer than the deadline allows
  limiter_state,          ///< the shared limiter file cannot be opened, locked or written
  pool_exhausted,         ///< no connection could be had in time
  shut_down,              ///< the client was destroyed while the call was queued

  // Between here and the server.
  resolve_failed,              ///< the host name has no address
  connect_failed,              ///< refused, unreachable or not answered
  tls_failed,                  ///< the handshake failed for a reason other than the two below
  certificate_untrusted,       ///< no trusted root, expired, not yet valid, …
  certificate_wrong_host,      ///< the certificate is for another name
  timed_out,                   ///< one phase, one try or the whole call took longer than its limit
  connection_lost,             ///< broken off; nothing was executed, or the call may be repeated safely
  connection_lost_unanswered,  ///< broken off after bytes were sent, no answer came
  cancelled,                   ///< cancelled by the caller
  /// A call that must not be executed twice, a create for instance, was sent and no usable answer came: the
  /// server may have executed it. Look before you repeat; `error::cause` says what happened.
  ambiguous,

  // The API's answer.
  bad_request,        ///< 400
  unauthorized,       ///< 401
  permission_denied,  ///< 403
  not_found,          ///< 404
  conflict,           ///< 409
  unprocessable,      ///< 422
  rate_limited,       ///< 429, and the deadline or the caller's options forbid to wait
  server_error,       ///< 5xx
  unexpected_status,  ///< any other status, redirects among them

  // An answer that cannot be used.
  not_json,            ///< something else where JSON was expected, HTML of a proxy for instance
  truncated_body,      ///< the body ended before its announced length
  response_too_large,  ///< header, body or nesting beyond the configured bound
  bad_response,        ///< JSON or HTTP, but not of the described form; the message names the path

  // Direct uploads.
  upload_expired,     ///< the storage does not know the upload any more (404, 410): make a new one
  source_changed,     ///< what is uploaded changed or ended early while it was sent
  source_unreadable,  ///< what is to be uploaded cannot be opened or read, or is no regular file
};

/// The code's name, `not_found` for example.
[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// Where a call was when it failed.
enum class call_phase : std::uint8_t {
  prepare,
  queue,
  resolve,
  connect,
  tls,
  write,
  first_byte,
  body,
  decode,
  done
};

[[nodiscard]] std::string_view to_string(call_phase phase) noexcept;

/// Why no further try was made.
enum class stop_reason : std::uint8_t {
  not_retryable,  ///< the failure is final
  ambiguous,      ///< the server may have executed a call that must not be executed twice
  exhausted,      ///< the tries allowed are used up
  deadline,       ///< the next try would begin after the deadline
  budget,         ///< the retry budget of this class of calls is used up
  cancelled,
};

[[nodiscard]] std::string_view to_string(stop_reason reason) noexcept;

/// Everything known about a failed call. A value; never holds a secret.
struct error {
  error() noexcept;
  /*implicit*/ error(errc what, std::string why = {});

  errc code = errc::none;
  /// For `ambiguous`: how the last try ended.
  errc cause = errc::none;
  /// What happened, in words, without the API's own messages.
  std::string detail;
  /// HTTP status of the last answer, 0 if there was none.
  int http_status = 0;
  /// The API's `error.type`, `invalid_parameters` for example; empty if the answer had none.
  std::string api_type;
  /// The API's messages as sent: text from outside, to be escaped before it is shown on a terminal.
  std::vector<std::string> api_messages;
  /// `x-request-id` of the last answer; quote it to Mux's support.
  std::string request_id;
  /// Advice on what to do, empty if there is none (401, 403 and 404 have one).
  std::string hint;
  call_phase phase = call_phase::prepare;
  stop_reason stopped = stop_reason::not_retryable;
  /// At least one byte of the last try's request reached the operating system.
  bool bytes_sent = false;
  /// The server may have executed the call although no usable answer came: do not repeat it blindly. True
  /// with the code `ambiguous`, and with `cancelled` if the call was under way.
  bool ambiguous = false;
  /// Tries made, 0 if the call never left the queue.
  int attempts = 0;
  /// For `would_exceed_deadline`: the predicted wait.
  std::chrono::nanoseconds predicted_wait{0};

  /// One line: code, detail, status, the API's messages, request id, hint.
  [[nodiscard]] std::string message() const;
};

std::ostream& operator<<(std::ostream& out, const error& e);

/// Base of every exception that an operation throws.
class request_failed : public std::runtime_error {
 public:
  explicit request_failed(mux::error info);
  [[nodiscard]] const mux::error& info() const noexcept { return info_; }
  [[nodiscard]] errc code() const noexcept { return info_.code; }

 private:
  mux::error info_;
};

// The names mirror those of the official SDKs.
class configuration_error : public request_failed {
  using request_failed::request_failed;
};
class bad_request_error : public request_failed {
  using request_failed::request_failed;
};
class authentication_error : public request_failed {
  using request_failed::request_failed;
};
class permission_denied_error : public request_failed {
  using request_failed::request_failed;
};
class not_found_error : public request_failed {
  using request_failed::request_failed;
};
class conflict_error : public request_failed {
  using request_failed::request_failed;
};
class unprocessable_entity_error : public request_failed {
  using request_failed::request_failed;
};
class rate_limit_error : public request_failed {
  using request_failed::request_failed;
};
class internal_server_error : public request_failed {
  using request_failed::request_failed;
};
class connection_error : public request_failed {
  using request_failed::request_failed;
};
class connection_timeout_error : public connection_error {
  using connection_error::connection_error;
};
class response_error : public request_failed {
  using request_failed::request_failed;
};
/// Nobody knows whether a call that must not be repeated was executed.
class ambiguous_error : public request_failed {
  using request_failed::request_failed;
};

/// Throws the exception class that belongs to `e.code`.
[[noreturn]] void throw_error(error e);

/// Customisation point of `boost::system::result`: `value()` throws as `throw_error` does.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

}  // namespace mux::inline v0
