#include "policy/retry.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::policy {

namespace {

bool transient_status(int status) noexcept {
  return status == 408 || status == 500 || status == 502 || status == 503 || status == 504;
}

/// Failures of the way there that another try may mend.
bool transient_failure(errc failure) noexcept {
  switch (failure) {
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::tls_failed:
    case errc::timed_out:
    case errc::connection_lost:
    case errc::connection_lost_unanswered:
    case errc::truncated_body:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool retry_budget::take(bool after_timeout) noexcept {
  const int cost = after_timeout ? 10 : 5;
  if (left_ < cost) return false;
  left_ -= cost;
  return true;
}

void retry_budget::refund(int attempts) noexcept {
  left_ = std::min(full, left_ + (attempts > 1 ? 5 * (attempts - 1) : 1));
}

bool may_have_executed(const ending& e) noexcept {
  if (e.status == 0) return e.bytes_sent;
  if (e.status >= 200 && e.status < 300) return true;
  // Whatever a proxy made of it: only these two say that the server did not even try.
  return e.status == 408 || (e.status >= 500 && e.status != 501 && e.status != 505);
}

verdict judge(const ending& e, idempotency repeat, int attempt, const retry_limits& limits,
              retry_budget& budget, double u) noexcept {
  using action = verdict::action;
  verdict v;
  if (e.status >= 200 && e.status < 300 && e.failure == errc::none) {
    v.what = action::succeed;
    budget.refund(attempt);
    return v;
  }
  if (e.status == 429) {
    v.what = action::requeue;
    return v;
  }
  const bool repeatable = repeat != idempotency::create && repeat != idempotency::once;
  v.ambiguous = repeat != idempotency::safe && may_have_executed(e);
  if (e.failure == errc::cancelled) {
    v.why = stop_reason::cancelled;
    return v;
  }
  if (!repeatable && may_have_executed(e)) {
    v.why = stop_reason::ambiguous;
    return v;
  }
  if (e.stale && !e.forbidden) {
    v.what = action::renew;
    return v;
  }
  const bool transient = e.status == 0 || (e.status >= 200 && e.status < 300) ? transient_failure(e.failure)
                                                                              : transient_status(e.status);
  if (!transient || e.forbidden) return v;
  if (attempt >= limits.tries) {
    v.why = stop_reason::exhausted;
    return v;
  }
  if (!budget.take(e.failure == errc::timed_out)) {
    v.why = stop_reason::budget;
    return v;
  }
  v.what = action::retry;
  const double ceiling =
      std::min(static_cast<double>(limits.longest.count()),
               static_cast<double>(limits.base.count()) * std::pow(2, std::min(attempt - 1, 30)));
  v.pause = duration(static_cast<std::int64_t>(u * ceiling));
  return v;
}

}  // namespace mux::inline v0::policy
