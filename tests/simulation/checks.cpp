#include "simulation/checks.hpp"

#include <algorithm>
#include <cmath>

#include "simulation/random.hpp"

namespace mux::inline v0::simulation {

namespace {

/// The scheduler's clock ticks, in seconds; each request may be so much early.
constexpr double tick = 1024e-9;
constexpr double rounding = 1e-6;

}  // namespace

void conformance::terms(double rate, int burst) {
  unlimited_ = unlimited_ || std::isinf(rate);
  if (unlimited_) return;
  rate_ = std::max(rate_, rate);
  level_ += std::max(0, burst - burst_);
  burst_ = std::max(burst_, burst);
}

void conformance::fill(instant now) {
  level_ = std::min<double>(burst_, level_ + rate_ * seconds(std::max(now - at_, duration::zero())));
  at_ = std::max(at_, now);
}

bool conformance::room(instant now, std::size_t turns) {
  fill(now);
  return unlimited_ || level_ + rate_ * tick + rounding >= 1 + static_cast<double>(turns);
}

bool conformance::commit(instant now) {
  const bool allowed = room(now, 0);
  level_ -= 1;
  return allowed;
}

void conformance::start_again(instant now) {
  level_ = burst_;
  at_ = now;
}

void order_watch::queued(const policy::waiter& w, bool returning) {
  band& b = bands_[w.band];
  if (returning) {
    const auto at =
        std::upper_bound(b.returning.begin(), b.returning.end(), w.place,
                         [](std::uint64_t place, const policy::waiter* v) { return place < v->place; });
    b.returning.insert(at, &w);
  } else {
    b.newcomers[w.key].insert(w.place);
  }
  ++size_;
}

void order_watch::left(const policy::waiter& w) {
  band& b = bands_[w.band];
  --size_;
  if (const auto at = std::find(b.returning.begin(), b.returning.end(), &w); at != b.returning.end()) {
    b.returning.erase(at);
    return;
  }
  const auto key = b.newcomers.find(w.key);
  key->second.erase(w.place);
  if (key->second.empty()) b.newcomers.erase(key);
}

bool order_watch::granted(const policy::waiter& w) {
  const band& b = bands_[w.band];
  const bool first =
      b.returning.empty() ? *b.newcomers.at(w.key).begin() == w.place : b.returning.front() == &w;
  left(w);
  return first;
}

}  // namespace mux::inline v0::simulation
