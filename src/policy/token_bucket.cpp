#include "policy/token_bucket.hpp"

#include <cmath>

namespace mux::inline v0::policy {

token_bucket::token_bucket(double rate, int burst)
    : interval_(std::isfinite(rate) ? duration(static_cast<std::int64_t>(std::ceil(1e9 / rate)))
                                    : duration::zero()),
      tolerance_(interval_ * (burst - 1)),
      burst_(burst) {}

instant token_bucket::ready(instant now, std::size_t n) const noexcept {
  if (n == 0) return now;
  const instant base = std::max(arrival_, now);
  return std::max(now, base + interval_ * static_cast<std::int64_t>(n - 1) - tolerance_);
}

double token_bucket::tokens(instant now) const noexcept {
  if (unlimited()) return std::numeric_limits<double>::infinity();
  const duration debt = std::max(arrival_ - now, duration::zero());
  const double left =
      static_cast<double>((tolerance_ + interval_ - debt).count()) / static_cast<double>(interval_.count());
  return std::clamp(left, 0.0, static_cast<double>(burst_));
}

void token_bucket::restore(bucket_state stored, instant now, duration furthest) noexcept {
  const auto believable = [&](instant time) {
    return time > now + tolerance_ + furthest ? now + tolerance_ + interval_ : time;
  };
  floor_ = std::max(floor_, believable(stored.floor));
  arrival_ = std::max(floor_, believable(stored.arrival));
}

}  // namespace mux::inline v0::policy
