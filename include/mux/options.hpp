#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mux/credentials.hpp>
#include <mux/observer.hpp>
#include <mux/operation.hpp>
#include <mux/result.hpp>

namespace mux::inline v0 {

/// Longest time of each phase of a try; zero or less means no limit.
struct timeout_options {
  std::chrono::nanoseconds resolve = std::chrono::seconds(5);
  std::chrono::nanoseconds connect = std::chrono::seconds(5);
  std::chrono::nanoseconds tls = std::chrono::seconds(10);
  /// Of a body beyond 64 KiB: between two pieces that the network took.
  std::chrono::nanoseconds write = std::chrono::seconds(30);
  /// From the last byte of the request to the first of the answer.
  std::chrono::nanoseconds first_byte = std::chrono::seconds(60);
  /// Between two reads of the body.
  std::chrono::nanoseconds body_idle = std::chrono::seconds(30);
};

/// A class without a limit.
inline constexpr double unlimited_rate = std::numeric_limits<double>::infinity();

/// One limit class.
struct class_limit {
  /// Rate and burst as below.
  class_limit(double a_rate = 1, std::optional<int> server_burst = {}) : rate(a_rate), burst(server_burst) {}
  /// Requests a second, 0 < rate ≤ 1,000,000; infinity: no limit.
  double rate = 1;
  /// Size of the *server's* bucket, 1 to 1,000,000; the client uses no more than 32,767 of it, and keeps one
  /// token in reserve against jitter. Unset: not known; the client allows itself 3, or what an earlier run
  /// found out.
  std::optional<int> burst;
  /// If the size is not known, find it out: one request at a time, as fast as answers come, until the first
  /// 429. The price is that one refusal. Ends without a result if answers come too slowly to get ahead of the
  /// rate, and at 1,000.
  bool discover_burst = false;
};

struct limiter_options {
  /// By `rate_class`. Source: https://mux.com/docs/core/make-api-requests ; system and robots are
  /// conservative guesses.
  std::array<class_limit, rate_class_count> classes = {
      {{1}, {5}, {1}, {5}, {1}, {1}, {unlimited_rate}, {unlimited_rate}}};
  /// Names the server's bucket; tokens of one environment and priority share one. Default: the token id, or a
  /// fingerprint of the authorization token.
  std::string bucket_id;
  /// Folder for what all processes of this machine and user share of a limit: what was sent, and what was
  /// learnt of the server (burst, share of the rate). So a shell loop or an instant restart does not spend
  /// the burst twice, and a discovery is made once. Empty: all of it lives in this process only.
  std::filesystem::path state_directory;

  [[nodiscard]] class_limit& operator[](rate_class c) noexcept {
    return classes[static_cast<std::size_t>(c)];
  }
  [[nodiscard]] const class_limit& operator[](rate_class c) const noexcept {
    return classes[static_cast<std::size_t>(c)];
  }
};

struct retry_options {
  /// Tries in all for failures that may be repeated; a 429 does not use one up. At least 1.
  int tries = 4;
  /// Pause before try i+1: uniform in [0, min(max_pause, base_pause·2^i)].
  std::chrono::nanoseconds base_pause = std::chrono::milliseconds(250);
  std::chrono::nanoseconds max_pause = std::chrono::seconds(8);
};

struct pool_options {
  /// Connections to one host, 1 to 1,000.
  std::size_t per_host = 8;
  /// Connections to all hosts together, 1 to 10,000. At the bound an idle connection to another host makes
  /// room; if there is none, hosts take turns.
  std::size_t total = 64;
  /// Idle longer than this, a connection is closed instead of reused. If the server's `Keep-Alive: timeout`
  /// says less, that counts, less a second.
  std::chrono::nanoseconds idle = std::chrono::seconds(50);
  /// A POST takes no connection that was idle longer than this.
  std::chrono::nanoseconds idle_for_post = std::chrono::seconds(2);
  /// Older than this, a connection serves no further request, so that changes of the host's addresses are
  /// followed. Zero or less: no bound.
  std::chrono::nanoseconds age = std::chrono::minutes(10);
};

/// What answers may cost; beyond it they end with `response_too_large`.
struct response_limits {
  std::size_t header = 64 * 1024;       ///< bytes of status line and headers
  std::size_t body = 64 * 1024 * 1024;  ///< bytes of a body, decompressed; a `body_sink` has no such bound
  int depth = 64;                       ///< nesting of JSON, at most 1,024
  /// Decompressed bytes that one compressed byte may become once there are more than 1 MiB of them, 1 to
  /// 1,032 (what deflate can do). Counts for a `body_sink` too.
  int inflation = 200;
  /// Offer the server to compress its answers (gzip). Listings travel in a fourth of the bytes, at the price
  /// of some CPU.
  bool gzip = true;
};

/// A forward proxy that opens tunnels (CONNECT), through which TLS goes end to end. Plain http and hosts that
/// are this machine are always reached directly.
struct proxy_options {
  /// `http://[user:password@]host[:port]`, port 80 by default. Empty: no proxy.
  secret url;
  /// Hosts to reach directly, separated by commas: a name with its subdomains (`example.com`,
  /// `.example.com`), an address, a range (`10.0.0.0/8`), each with `:port` if only that counts; `*` for all.
  std::string bypass;
};

struct client_options {
  /// `https://api.mux.com` by default. Plain http is refused except to loopback.
  std::string base_url = "https://api.mux.com";
  std::string stream_base_url = "https://stream.mux.com";
  std::string image_base_url = "https://image.mux.com";
  mux::credentials credentials;
  /// Asked for credentials before every try; `credentials` is not used then. An answer 401 is followed by one
  /// more try with new ones: the API refused the call without executing it. With `limits.state_directory`,
  /// `limits.bucket_id` must be given too.
  std::shared_ptr<mux::credentials_provider> credentials_provider;
  /// PEM file with roots to trust instead of the system's. Empty: `SSL_CERT_FILE`, else the system store.
  std::string ca_file;
  timeout_options timeouts;
  limiter_options limits;
  retry_options retry;
  pool_options pool;
  response_limits response;
  /// Longest time of one try; `deadline` covers everything. Unset: none.
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<std::chrono::nanoseconds> deadline;
  /// Named in front of the library's own name in `User-Agent`, `importer/2.1` for example.
  std::string user_agent;
  /// Sent with every request; a call's own header of the same name takes its place. Neither may be one that
  /// the library writes itself (`Authorization`, `Host`, `Connection`, `Content-Length`, …).
  std::vector<std::pair<std::string, std::string>> headers;
  proxy_options proxy;
  /// Ask `whoami`, once, when a call is refused with 401, 403 or 404, so that the error's hint names the
  /// token's environment and permissions. Costs that refused call one request of the class `system`.
  bool explain_refusals = false;
  std::shared_ptr<mux::observer> observer;

  /// Options with what `MUX_TOKEN_ID`, `MUX_TOKEN_SECRET`, `MUX_AUTHORIZATION_TOKEN`, `MUX_BASE_URL`,
  /// `HTTPS_PROXY` and `NO_PROXY` (or both in lower case, which win) say; the rest has its default. Missing
  /// variables leave members empty; the client's constructor reports what it lacks.
  [[nodiscard]] static client_options from_environment();
};

}  // namespace mux::inline v0
