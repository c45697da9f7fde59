#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include <mux/error.hpp>

#include "policy/header_signal.hpp"
#include "simulation/random.hpp"
#include "simulation/server_limit.hpp"

namespace mux::inline v0::simulation {

/// What the answers say in `X-RateLimit-Limit` and `X-RateLimit-Remaining`.
enum class header_form : std::uint8_t { absent, truthful, always_full, always_zero, arbitrary, absurd };
/// What refusals say in `Retry-After`; `date`: whole seconds of the server's wall clock.
enum class retry_after_form : std::uint8_t { absent, truthful, zero, date, a_day };

/// How often something breaks, each as a probability.
struct fault_rates {
  double error_before = 0;  ///< 5xx, not executed
  double error_after = 0;   ///< 5xx, executed nevertheless
  double lost_before = 0;   ///< the connection breaks with the request on it, not executed
  double lost_after = 0;    ///< the same, executed
  double silent = 0;        ///< executed, and no answer ever comes
  double cut_body = 0;      ///< executed, the answer's body is cut off
  double nothing_sent = 0;  ///< the connection breaks before the first byte
  double forbidden = 0;     ///< of the 5xx: `x-should-retry: false`
  double busy_after = 0;    ///< of the 5xx: 503 with `Retry-After`
};

struct server_description {
  limit_description limit;
  header_form headers = header_form::absent;
  retry_after_form retry_after = retry_after_form::absent;
  fault_rates faults;
};

/// What comes back, or that nothing does.
struct reply {
  int status = 200;  ///< 0: no answer
  errc failure = errc::none;
  std::optional<policy::quota> said;
  duration retry_after{-1};
  bool forbidden = false;
};

/// A server with a limit, faults, and a memory of what it executed.
class server {
 public:
  server(const server_description& description, std::uint64_t seed);

  /// A request of the call `intent` arrives.
  reply serve(instant now, std::uint64_t intent);
  /// Somebody else's request; says nothing to anybody.
  void serve_stranger(instant now) { limit_->hit(now); }
  /// A connection breaks before the first byte of a request.
  bool breaks_before_first_byte() { return faults_.nothing_sent > 0 && random_.chance(faults_.nothing_sent); }
  [[nodiscard]] int executions(std::uint64_t intent) const;

 private:
  std::optional<policy::quota> headers(double remaining);
  duration retry_after(instant now, duration wait);
  void misbehave(reply& r, std::uint64_t intent);

  const server_description description_;
  const fault_rates& faults_ = description_.faults;
  std::unique_ptr<server_limit> limit_;
  random random_;
  bool sound_;
  std::unordered_map<std::uint64_t, int> executions_;
};

}  // namespace mux::inline v0::simulation
