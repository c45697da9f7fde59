#include "policy/scheduler.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::policy {

void waiter_list::push_back(waiter& w) noexcept {
  w.before = last_;
  w.after = nullptr;
  (last_ ? last_->after : first_) = &w;
  last_ = &w;
  ++size_;
}

void waiter_list::push_front(waiter& w) noexcept {
  w.before = nullptr;
  w.after = first_;
  (first_ ? first_->before : last_) = &w;
  first_ = &w;
  ++size_;
}

void waiter_list::remove(waiter& w) noexcept {
  (w.before ? w.before->after : first_) = w.after;
  (w.after ? w.after->before : last_) = w.before;
  w.before = w.after = nullptr;
  --size_;
}

waiter* waiter_list::pop_front() noexcept {
  waiter* w = first_;
  if (w) remove(*w);
  return w;
}

scheduler::scheduler(double rate, int burst) : bucket_(rate, burst) {}

std::size_t scheduler::waiters_before(std::uint8_t band, bool ahead) const noexcept {
  // The newcomer is served in round `rounds` of its band; until then every other band gets at most its weight
  // a round, and the round that is under way may be over for its own band.
  const std::size_t in_band = ahead ? 0 : bands_[band].size();
  const std::size_t rounds = in_band / static_cast<std::size_t>(weights[band]) + 2;
  std::size_t before = in_band;
  for (std::size_t b = 0; b < band_count; ++b)
    if (b != band) before += std::min(bands_[b].size(), rounds * static_cast<std::size_t>(weights[b]));
  return before;
}

duration scheduler::predicted_wait(instant now, std::uint8_t band) const noexcept {
  return bucket_.ready(now, waiters_before(band, false) + 1) - now;
}

arrival scheduler::arrive(waiter& w, instant now, bool ahead, bool may_go) noexcept {
  if (may_go && size_ == 0 && bucket_.try_take(now)) return {arrival::verdict::admitted, duration::zero()};
  const duration wait = bucket_.ready(now, waiters_before(w.band, ahead) + 1) - now;
  if (w.deadline != never && now + wait > w.deadline) return {arrival::verdict::refused, wait};
  if (ahead)
    bands_[w.band].push_front(w);
  else
    bands_[w.band].push_back(w);
  if (w.deadline != never) deadlines_.insert(w);
  w.queued = true;
  ++size_;
  return {arrival::verdict::queued, wait};
}

void scheduler::forget(waiter& w) noexcept {
  bands_[w.band].remove(w);
  deadlines_.remove(w);
  w.queued = false;
  --size_;
}

bool scheduler::cancel(waiter& w) noexcept {
  if (!w.queued) return false;
  forget(w);
  return true;
}

waiter* scheduler::next() noexcept {
  for (;;) {
    if (!bands_[turn_].empty() && credit_[turn_] > 0) {
      --credit_[turn_];
      return bands_[turn_].front();
    }
    // An empty band keeps no credit for later, as usual in deficit round robin.
    credit_[turn_] = weights[turn_];
    turn_ = (turn_ + 1) % band_count;
  }
}

turn scheduler::poll(instant now, std::size_t most) noexcept {
  turn released;
  while (deadlines_.earliest() && deadlines_.earliest()->deadline < now) {
    waiter& late = *static_cast<waiter*>(deadlines_.earliest());
    forget(late);
    released.expired.push_back(late);
  }
  for (; most > 0 && size_ > 0 && bucket_.try_take(now); --most) {
    waiter& w = *next();
    forget(w);
    released.granted.push_back(w);
  }
  return released;
}

waiter_list scheduler::release_all() noexcept {
  waiter_list all;
  for (auto& band : bands_) {
    while (waiter* w = band.front()) {
      forget(*w);
      all.push_back(*w);
    }
  }
  return all;
}

instant scheduler::next_wake(instant now) const noexcept {
  if (size_ == 0) return never;
  const instant grant = bucket_.ready(now);
  // A waiter expires once its deadline is past, hence the nanosecond.
  return deadlines_.earliest() ? std::min(grant, deadlines_.earliest()->deadline + duration(1)) : grant;
}

duration scheduler::refused(instant sent, instant now, duration retry_after, double u) noexcept {
  if (sent >= reaction_) {
    reaction_ = now;
    episodes_ = std::min(episodes_ + 1, 16);
    const double interval = static_cast<double>(bucket_.interval().count());
    double wait = interval * (1 + 0.25 * u);
    if (episodes_ >= 2)
      wait = std::max(wait, std::min(60e9, 0.5e9 * std::pow(2, episodes_)) * (0.75 + 0.5 * u));
    if (retry_after >= duration::zero()) {
      const double after = static_cast<double>(retry_after.count());
      wait = std::max(wait, after + u * std::min(std::max(after, 0.2e9), interval));
    }
    const duration pause(
        static_cast<std::int64_t>(std::min(wait, static_cast<double>(longest_pause.count()))));
    bucket_.drain(now + pause);
  }
  return bucket_.ready(now) - now;
}

}  // namespace mux::inline v0::policy
