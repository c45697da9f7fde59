#pragma once

#include <algorithm>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

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
  /// Returns a token that was taken and not used. One that the bucket has regained since is lost.
  void give_back(instant now) noexcept {
    if (arrival_ > now) arrival_ -= std::min(interval_, arrival_ - now);
  }
  /// Empties the bucket so that exactly one token is there at `until`.
  void drain(instant until) noexcept { arrival_ = std::max(arrival_, until + tolerance_); }

  /// Tokens at `now`, 0 to `burst`.
  [[nodiscard]] double tokens(instant now) const noexcept;

  /// The state, for sharing between processes.
  [[nodiscard]] instant arrival() const noexcept { return arrival_; }
  /// Takes a state stored before. One that lies further ahead than `furthest` beyond an empty bucket is
  /// damage and counts as an empty bucket.
  void restore(instant arrival, instant now, duration furthest) noexcept;

 private:
  duration interval_;
  duration tolerance_;
  instant arrival_ = -never;
  int burst_;
};

}  // namespace mux::inline v0::policy
