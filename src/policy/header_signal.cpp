#include "policy/header_signal.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::policy {

namespace {

/// Between two requests of a burst, so that the answer to one can stop the next.
constexpr duration burst_gap = std::chrono::milliseconds(30);
/// So long the client keeps count of what would be left if it were alone; its clock may run at another speed
/// than the server's.
constexpr duration longest_count = std::chrono::minutes(2);
/// Tokens that are missing in that count say that somebody else took them.
constexpr double missing_tokens = 2.5;
/// A bucket that fills faster than it can, twice within this time, is a window that began anew. Once may be
/// an answer that was late.
constexpr duration window_memory = std::chrono::minutes(5);
/// Both readings of one jump may come within this time.
constexpr duration one_jump = std::chrono::milliseconds(500);
/// No client gives way further than to this share of the server's rate: it would not be noticed any more by
/// one that believes to be alone.
constexpr double least_share = 0.01;
/// So many requests in a row do not each find the last token of a bucket: it says 0 whatever is in there.
constexpr int unbelievable_luck = 20;

double seconds(duration d) noexcept {
  return std::chrono::duration<double>(d).count();
}

duration span(double s) noexcept {
  return duration(static_cast<std::int64_t>(std::min(s, 1e8) * 1e9));
}

}  // namespace

void header_signal::observe(bool accepted, const std::optional<quota>& said, instant now,
                            std::size_t in_flight) noexcept {
  if (!accepted) foreign_ = now;
  if (std::isinf(rate_) || !said || !(said->limit >= 1) || !(said->remaining >= 0)) return;
  const double left = std::min(said->remaining, said->limit);
  const bool known = limit_ > 0;

  last_tokens_ = accepted && left < 1 ? last_tokens_ + 1 : 0;
  if (last_tokens_ >= unbelievable_luck) useless_ = true;

  const double flying = static_cast<double>(in_flight);
  alone_ = std::min(said->limit, alone_ + rate_ * seconds(now - heard_)) - (accepted ? 1 : 0);
  heard_ = now;
  const bool missing = known && alone_ - flying - left > missing_tokens;
  if (missing) foreign_ = now;
  if (missing || !known || now - counting_since_ > longest_count) {
    alone_ = left;
    counting_since_ = now;
  }

  if (known && left < said->limit) {
    const double passed = seconds(now - at_);
    own_ += accepted ? 1 : 0;
    if (passed > 0.5 / rate_) {
      const double gained = left - remaining_ + own_;
      drift_ = 0.8 * drift_ + 0.2 * std::clamp(gained / passed, -rate_, rate_);
      watch_jump(left - base_ + own_, passed, flying, now);
      own_ = 0;
      remaining_ = base_ = left;
      at_ = now;
    } else {
      remaining_ = accepted ? std::min(remaining_, left) : left;
    }
  } else {
    if (known) watch_jump(left - base_ + own_, seconds(now - at_), flying, now);
    remaining_ = base_ = left;
    at_ = now;
    own_ = 0;
  }
  limit_ = said->limit;
}

// Answers overtake each other: a little more than the rate allows is no jump.
void header_signal::watch_jump(double gained, double passed, double in_flight, instant now) noexcept {
  if (gained <= rate_ * (passed + 0.2) + 3 + 0.5 * in_flight || now - jump_ < one_jump) return;
  if (now - jump_ < window_memory) useless_ = true;
  jump_ = now;
}

double header_signal::remaining(instant now, std::size_t in_flight) const noexcept {
  const double filled = remaining_ + std::max(0.0, drift_) * seconds(now - at_);
  return std::min(limit_, filled) - static_cast<double>(in_flight);
}

// The fill of the bucket tells all its clients the same thing, so that they give way together before one of
// them is refused. Between 0 and 1; squared, as the last tokens are the ones to be careful with.
double header_signal::throttle(instant now, std::size_t in_flight) const noexcept {
  const double comfortable = shared(now) ? std::max(2.5, std::min(limit_ / 2, 12.0)) : 2.5;
  const double fill = std::clamp((remaining(now, in_flight) - 1) / (comfortable - 1), 0.0, 1.0);
  return fill * fill;
}

instant header_signal::ready(instant now, instant last, double rate, std::size_t in_flight,
                             bool calm) const noexcept {
  const double plenty = shared(now) ? std::max(3.0, 0.6 * limit_) : 3.0;
  const auto due = [&](instant t) {
    if (calm && remaining(t, in_flight) >= plenty) return last + burst_gap;
    return last + span(1 / std::max(rate * throttle(t, in_flight), least_share * rate_));
  };
  instant late = due(now);
  if (late <= now) return now;
  // The bucket fills while the client waits, and what is due comes earlier with it: the first moment at which
  // the wait is over lies between now and what is due as of now.
  instant early = now;
  while (late - early > duration(1'000'000)) {
    const instant middle = early + (late - early) / 2;
    (due(middle) <= middle ? late : early) = middle;
  }
  return late;
}

}  // namespace mux::inline v0::policy
