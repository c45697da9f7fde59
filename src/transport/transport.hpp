#pragma once

// What the client sees of the network: one exchange over a pooled connection.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <mux/body_sink.hpp>
#include <mux/error.hpp>
#include <mux/options.hpp>
#include <mux/result.hpp>
#include <mux/stats.hpp>

#include "policy/pool_plan.hpp"
#include "transport/header_list.hpp"

namespace mux::inline v0::transport {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

/// Scheme, host and port: what a connection belongs to.
struct origin {
  bool tls = true;
  std::string host;  ///< without brackets, lower case
  std::uint16_t port = 443;
  friend bool operator==(const origin&, const origin&) = default;
};

/// `https://host[:port][/prefix]` → origin and path prefix (no trailing slash). Plain http only to loopback
/// (127.0.0.0/8, ::1, localhost). Errors: `insecure_base_url` or `invalid_argument` (user info, query,
/// control bytes).
struct base_url {
  transport::origin origin;
  std::string prefix;
};
[[nodiscard]] result<base_url> parse_base_url(std::string_view text);

/// A request as bytes-to-be. The views must live until the exchange ends.
struct wire_request {
  wire_request() {}
  http_method method = http_method::get;
  std::string_view target;
  const headers* fields = nullptr;  ///< all but Host, Content-Length, Content-Type and Connection
  std::string_view body;
  bool json = true;           ///< what the body is; anything else is sent without a type
  body_sink* sink = nullptr;  ///< takes the body of a 2xx answer, which then does not stand in the response
};

struct wire_response {
  wire_response() {}
  int status = 0;
  /// As they came, but for Content-Encoding and Content-Length of a body that was compressed: they would not
  /// be true of `body`.
  header_list fields;
  std::string body;  ///< decompressed
  /// Case-insensitive; empty if absent.
  [[nodiscard]] std::string_view field(std::string_view name) const noexcept { return fields.find(name); }
};

/// What went wrong between here and the server. `what.code`, `what.phase`, `what.bytes_sent` and
/// `what.detail` are set.
struct wire_error {
  wire_error() {}
  error what;
  bool reused = false;          ///< on a connection that had served before
  bool answer_started = false;  ///< at least one byte of an answer came
  bool delivered = false;       ///< the sink was given something
};

/// Result of an exchange; has a user-provided constructor so that it can be built in a co_await expression
/// (GCC 12).
struct outcome {
  outcome() {}
  std::optional<wire_response> response;  ///< complete
  std::optional<wire_error> failure;      ///< set if and only if `response` is not
  clock::time_point finished{};
};

/// A connection reserved for one exchange; gives it back to the pool (or closes it) when destroyed.
class lease {
 public:
  virtual ~lease() = default;
  /// Sends and reads the whole answer. May be called once. Never throws for network failure. `deadline`
  /// bounds it all together with the phase timeouts. Cancellation closes the connection and reports
  /// `cancelled`.
  virtual asio::awaitable<outcome> exchange(const wire_request& request,
                                            std::optional<clock::time_point> deadline) = 0;
};

struct lease_result {
  lease_result() {}
  std::unique_ptr<transport::lease> lease;
  std::optional<wire_error> failure;
};

/// Connections to every origin. The implementation is `pool`; tests put a scripted one in its place.
class network {
 public:
  virtual ~network() = default;
  /// A connection that is ready to write on (resolved, connected, TLS done), an idle one if there is one that
  /// is fresh enough.
  /// Must be awaited, like the exchange, on a strand or a single-threaded executor; `to` must live until
  /// then. Errors: as `lease::exchange` for what fails on the way, `pool_exhausted` if all connections stay
  /// in use until the deadline. Cancellation: gives up its place in the queue and reports `cancelled`.
  /// Lifetime: a lease may outlive the network and the execution context, but can only be destroyed then.
  virtual asio::awaitable<lease_result> acquire(const origin& to, policy::freshness how,
                                                std::optional<clock::time_point> deadline) = 0;
  /// Opens connections to `to` until there are `connections` of them, in use or idle; at most as many as the
  /// bounds of the pool allow. Errors: the first that failed. Cancellation: as `acquire`.
  virtual asio::awaitable<std::optional<wire_error>> warm_up(const origin& to, std::size_t connections) = 0;
  /// Closes idle connections; leased ones close when they are given back. Idempotent, thread-safe.
  virtual void close() = 0;
  [[nodiscard]] virtual pool_stats stats() const = 0;
};

struct network_options {
  timeout_options timeouts;
  pool_options pool;
  response_limits response;
  proxy_options proxy;
  std::shared_ptr<mux::observer> observer;
  std::string ca_file;  ///< empty: `SSL_CERT_FILE` / the system's store
};

/// The real network. Errors: `invalid_ca_file`.
[[nodiscard]] result<std::shared_ptr<network>> make_network(asio::any_io_executor executor,
                                                            network_options options);

}  // namespace mux::inline v0::transport
