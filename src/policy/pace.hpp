#pragma once

#include <cstdint>
#include <type_traits>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

/// What the caller knows of a limit, or wants.
struct pace_settings {
  double rate = 1;        ///< requests a second that the server allows; infinity: no limit
  int burst = 0;          ///< size of the server's bucket; 0: not known
  bool discover = false;  ///< find the size out, at the price of one refusal, if it is not known
};

/// How far ahead of the server's rate a request was when it left, and when that was; its answer brings it
/// back.
struct ticket {
  instant sent{0};
  double excess = 0;  ///< tokens that a bucket without bound would have lent
};

/// What was learnt of one limit. Trivially copyable, for sharing between processes.
struct pace_state {
  double configured_rate = 0;  ///< the settings that all of this was learnt under
  std::int32_t configured_burst = 0;
  std::int32_t burst = 0;  ///< allowed now
  double rate = 0;         ///< share of the server's rate, in requests a second
  double anchor = 0;       ///< rate at which the last refusal came, which recovery aims at; 0: none
  double last_anchor = 0;
  double before_episode = 0;  ///< rate when the current series of refusals began
  double highest = 0;         ///< highest excess that was let through
  double successes = 0;       ///< since the rate was last cut, those of slow clients counted higher
  double recent = 0;          ///< accepted requests, fading with the meter's time constant
  instant recent_at{-1};
  instant recent_since{-1};
  instant reaction{-1};        ///< of the last refusal that changed anything
  std::int32_t episodes = 0;   ///< refusals in a row
  std::int32_t disturbed = 0;  ///< refusals lately
  bool burst_known = false;    ///< found out, by discovery or by a refusal at the edge of the bucket

  /// What outlives the others that shared the rate, and the clock: the server's burst.
  [[nodiscard]] pace_state lasting() const noexcept;
};
static_assert(std::is_trivially_copyable_v<pace_state>);

/// Learns from refusals what a limiter may allow itself: the burst that the server really has, and the share
/// of the rate that other clients leave. One refusal in a hundred answers or fewer is the price of that news
/// while others use the limit too; alone, and with a burst no larger than the server's, there is none.
///
/// - A refusal further ahead of the rate than anything that passed before is the edge of the bucket: the
///   burst shrinks, the rate stays.
/// - Any other first refusal says that somebody shares the rate: it falls by a fifth.
/// - Refusals in a row say that the server counts in windows or is swamped: the burst halves, the pauses
///   double.
/// - The rate comes back with the number of successes, not with time: flat near the rate at which the refusal
///   came, then probing beyond it. That bounds the share of refusals whatever the rate is. Steps up are
///   absolute, steps down proportional, and successes of slow clients count more, which pulls the shares of
///   clients together.
///
/// Pure logic: time and chance are arguments. Not thread-safe.
class pace {
 public:
  /// `chance` in [0, 1) spreads clients apart: each probes after a number of successes of its own.
  pace(const pace_settings& settings, double chance) noexcept;

  [[nodiscard]] double rate() const noexcept { return state_.rate; }
  [[nodiscard]] int burst() const noexcept { return state_.burst; }
  /// The burst is being looked for: one request at a time, as fast as answers come.
  [[nodiscard]] bool discovering() const noexcept { return settings_.discover && !state_.burst_known; }
  /// No refusal for so long that the server's own word is trusted again.
  [[nodiscard]] bool calm() const noexcept { return state_.disturbed == 0; }

  /// An answer that was no refusal came to a request.
  void accepted(const ticket& of, instant now) noexcept;
  /// The server refused a request; `retry_after` < 0: it named no time. `u` is uniform in [0, 1). Returns how
  /// long to be silent; below 0: this refusal belongs to a congestion that was answered before.
  [[nodiscard]] duration refused(const ticket& of, instant now, duration retry_after, double u) noexcept;

  /// Forgets everything and goes on under other settings.
  void reconfigure(const pace_settings& settings) noexcept;

  [[nodiscard]] const pace_settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const pace_state& state() const noexcept { return state_; }
  /// Goes on with what was stored. What was learnt under other settings, or is no sensible number, counts as
  /// nothing; a share that is `stale` is forgotten.
  void restore(const pace_state& stored, bool stale) noexcept;

  /// Silence after a refusal is never longer than this, whatever `Retry-After` says.
  static constexpr duration longest_pause = std::chrono::minutes(10);

 private:
  void start() noexcept;
  void count_success(instant now) noexcept;
  [[nodiscard]] double measured_rate(instant now) const noexcept;
  void recover() noexcept;

  pace_settings settings_;
  double plateau_;  ///< successes until a cut rate is back
  pace_state state_;
};

}  // namespace mux::inline v0::policy
