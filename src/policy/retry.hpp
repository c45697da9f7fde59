#pragma once

#include <cstdint>

#include <mux/error.hpp>
#include <mux/operation.hpp>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

/// How a try ended, reduced to what the verdict depends on.
struct ending {
  int status = 0;             ///< HTTP status; 0: no answer
  errc failure = errc::none;  ///< without an answer: why; with a 2xx: why it could not be used
  bool bytes_sent = false;
  bool forbidden = false;  ///< the server said `x-should-retry: false`, or a sink has seen a part
  /// A connection that had served before was lost before a byte of the answer, for the first time in this
  /// call: the server was closing it, most likely.
  bool stale = false;
};

/// What follows.
struct verdict {
  enum class action : std::uint8_t {
    succeed,  ///< a usable answer
    retry,    ///< once more after `pause`, through the limiter
    renew,    ///< once more at once on a new connection, through the limiter; no try is used up
    requeue,  ///< 429: once more, at the head of the queue, when the class's pause is over; no try is used up
    give_up,  ///< report the failure
  } what = action::give_up;
  duration pause{0};
  stop_reason why = stop_reason::not_retryable;
  bool ambiguous = false;  ///< the server may have executed the call
};

/// Settings of the verdict, from `retry_options`.
struct retry_limits {
  int tries = 4;
  duration base = std::chrono::milliseconds(250);
  duration longest = std::chrono::seconds(8);
};

/// Units that retries of one limit class may use up, so that a sick server is not buried: 5 a retry, 10 after
/// a timeout, given back by successes. Source of the values: AWS SDKs' standard mode.
class retry_budget {
 public:
  [[nodiscard]] bool take(bool after_timeout) noexcept;
  void refund(int attempts) noexcept;
  [[nodiscard]] int left() const noexcept { return left_; }

 private:
  static constexpr int full = 500;
  int left_ = full;
};

/// True if the server may have executed a call that ended so.
[[nodiscard]] bool may_have_executed(const ending& e) noexcept;

/// Decides on try number `attempt` (1 for the first). `u` is uniform in [0, 1): the pause has full jitter.
[[nodiscard]] verdict judge(const ending& e, idempotency repeat, int attempt, const retry_limits& limits,
                            retry_budget& budget, double u) noexcept;

}  // namespace mux::inline v0::policy
