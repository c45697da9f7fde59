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

/// What was learnt of one limit, whatever the settings it was learnt under: rates are shares of the server's.
/// Trivially copyable, for sharing between processes.
struct pace_state {
  double share = 1;           ///< allowed now
  double anchor = 0;          ///< share at which the last refusal came, which recovery aims at; 0: none
  double last_anchor = 1;     ///< the one before
  double before_episode = 0;  ///< share when the current series of refusals began
  double successes = 0;       ///< since the share was last cut, those of slow clients counted higher
  double quiet = 0;           ///< successes since the last refusal of any kind, counted the same way
  double highest = 0;         ///< highest excess that was let through
  double recent = 0;          ///< accepted requests, fading with the meter's time constant
  instant recent_at{-1};
  instant recent_since{-1};
  instant reaction{-1};       ///< to the last refusal that changed anything
  std::int32_t episodes = 0;  ///< refusals in a row
  std::int32_t edge = 0;      ///< burst that passed before the server refused for its size; 0: not found out
  std::int32_t halvings = 0;  ///< of the burst, as refusals came in a row
  std::int32_t level = 0;     ///< successes of a discovery since it got further

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
/// - What a refusal took of the burst comes back step by step when none came for long: it may have been
///   somebody else's doing.
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

  /// Requests a second, a hair below the share of the server's rate.
  [[nodiscard]] double rate() const noexcept;
  [[nodiscard]] int burst() const noexcept;
  /// The burst is the settings' or was found out, not merely assumed.
  [[nodiscard]] bool burst_known() const noexcept;
  /// The burst is being looked for: one request at a time, as fast as answers come.
  [[nodiscard]] bool discovering() const noexcept;
  /// No refusal for so long that the server's own word is trusted again.
  [[nodiscard]] bool calm() const noexcept {
    return state_.reaction < instant::zero() || state_.quiet > plateau_;
  }

  /// An answer that was no refusal came to a request.
  void accepted(const ticket& of, instant now) noexcept;
  /// The server refused a request; `retry_after` < 0: it named no time. `u` is uniform in [0, 1). Returns how
  /// long to be silent; below 0: this refusal belongs to a congestion that was answered before.
  [[nodiscard]] duration refused(const ticket& of, instant now, duration retry_after, double u) noexcept;

  /// Forgets everything and goes on under other settings.
  void reconfigure(const pace_settings& settings) noexcept;

  [[nodiscard]] const pace_settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const pace_state& state() const noexcept { return state_; }
  /// Goes on with what was stored; a share that is `stale` is forgotten. False, and nothing is learnt, if
  /// those are no numbers that this class makes.
  bool restore(const pace_state& stored, bool stale) noexcept;

  /// Silence after a refusal is never longer than this, whatever `Retry-After` says.
  static constexpr duration longest_pause = std::chrono::minutes(10);

 private:
  [[nodiscard]] bool limited() const noexcept;
  [[nodiscard]] int assumed_burst() const noexcept;
  void meter(instant now) noexcept;
  [[nodiscard]] double measured_share(instant now) const noexcept;
  void recover() noexcept;
  void relax() noexcept;
  void cut_share() noexcept;

  pace_settings settings_;
  double plateau_;  ///< successes until a cut rate is back
  pace_state state_;
};

}  // namespace mux::inline v0::policy
