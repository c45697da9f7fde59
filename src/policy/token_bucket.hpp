#pragma once

#include <algorithm>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

/// What a token bucket knows, for sharing between processes.
struct bucket_state {
  instant arrival{
      0};            ///< theoretical arrival time of the next request, tokens taken and not yet used included
  instant floor{0};  ///< the same, of what was really sent and of pauses: no token given back leads below it
};

/// A token bucket in the form of the generic cell rate algorithm: one number, the theoretical arrival time,
/// says how full it is. Integer nanoseconds; the interval is rounded up, so that no error ever adds up to
/// more than the rate. Not thread-safe.
class token_bucket {
 public:
  /// `rate` in tokens a second, > 0 (infinity: no limit); `burst` ≥ 1. Full at the start.
  token_bucket(double rate, int burst);

  [[nodiscard]] bool unlimited() const noexcept { return interval_ == duration::zero(); }
  /// Time between two tokens.
  [[nodiscard]] duration interval() const noexcept { return interval_; }
  [[nodiscard]] int burst() const noexcept { return burst_; }

  /// When a token can be taken, if none is taken before: never earlier than `now`.
  [[nodiscard]] instant ready(instant now) const noexcept { return std::max(now, arrival_ - tolerance_); }
  /// When `n` tokens in a row can have been taken, the last one included.
  [[nodiscard]] instant ready(instant now, std::size_t n) const noexcept;
  [[nodiscard]] bool try_take(instant now) noexcept {
    if (arrival_ - tolerance_ > now) return false;
    arrival_ = std::max(arrival_, now) + interval_;
    return true;
  }
  /// A token taken before is used now, perhaps later than it was taken: what is sent counts, so that tokens
  /// which waited somewhere cannot leave in one burst.
  void use(instant now) noexcept {
    floor_ = std::max(floor_, now) + interval_;
    arrival_ = std::max(arrival_, floor_);
  }
  /// Returns a token that was taken and not used. One that the bucket has regained since is lost, and so is
  /// one that would shorten a pause.
  void give_back(instant now) noexcept {
    if (arrival_ > now) arrival_ = std::max(floor_, arrival_ - std::min(interval_, arrival_ - now));
  }
  /// Empties the bucket so that exactly one token is there at `until`.
  void drain(instant until) noexcept {
    floor_ = std::max(floor_, until + tolerance_);
    arrival_ = std::max(arrival_, floor_);
  }

  /// Tokens at `now`, 0 to `burst`.
  [[nodiscard]] double tokens(instant now) const noexcept;

  [[nodiscard]] bucket_state state() const noexcept { return {arrival_, floor_}; }
  /// Takes a state stored before; what this bucket itself has sent, and its pauses, stand. Times further
  /// ahead than `furthest` beyond an empty bucket are damage and count as an empty bucket.
  void restore(bucket_state stored, instant now, duration furthest) noexcept;

 private:
  duration interval_;
  duration tolerance_;
  instant arrival_ = -never;
  instant floor_ = -never;  ///< at most `arrival_`
  int burst_;
};

}  // namespace mux::inline v0::policy
