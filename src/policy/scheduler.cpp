#include "policy/scheduler.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::policy {

namespace {

std::int64_t interval_of(double rate) noexcept {
  return std::isinf(rate) ? 0 : static_cast<std::int64_t>(std::ceil(std::min(1e9 / rate, 1e13)));
}

constexpr int most_burst = 30'000;

/// While the burst is looked for, answers set the speed; the bucket only keeps pauses.
constexpr double discovery_rate = 1e6;

/// Processes read the clock before they take turns at the state, and may be held up between the two.
constexpr duration late_reader = std::chrono::minutes(10);

/// No client's share of the rate is smaller than one in so many.
constexpr int slowest_share = 1'000;

/// A share that was learnt so long ago is forgotten if the client was idle meanwhile: the others may be gone.
constexpr duration share_memory = std::chrono::minutes(15);
constexpr duration idle = std::chrono::minutes(1);

}  // namespace

limit_state after_reboot(const limit_state& stored) noexcept {
  limit_state fresh;
  fresh.learnt = stored.learnt.lasting();
  return fresh;
}

scheduler::scheduler(const pace_settings& settings, double chance) noexcept
    : bucket_(settings.rate, 1),
      last_sent_((-never).count()),
      full_interval_(interval_of(settings.rate)),
      pace_(settings, chance),
      headers_(settings.rate) {
  const terms t = in_force();
  bucket_.restore(t.rate, t.burst, instant::zero());
  set_gate();
}

// A request's way around the lock ends when each entry needs a closer look than the bucket's.
void scheduler::set_gate() noexcept {
  bucket_.set_gate(queue_.empty() && !gate_kept_closed_ && !pace_.discovering() && !headers_.trusted());
}

scheduler::terms scheduler::in_force() const noexcept {
  if (pace_.discovering()) return {discovery_rate, 1};
  int burst = pace_.burst();
  if (headers_.trusted() && pace_.calm())
    burst = std::max(burst, static_cast<int>(std::min<double>(headers_.limit(), most_burst)) - 1);
  return {pace_.rate(), burst};
}

void scheduler::apply_terms(instant now) noexcept {
  const terms t = in_force();
  const bool opened = headers_.trusted() && t.burst > bucket_.burst() && now >= paused_until_;
  bucket_.configure(t.rate, t.burst, now);
  if (opened) {
    // The server says that more is there than was assumed. What went out lately counts, whatever it says.
    const instant surplus(surplus_.load(std::memory_order_relaxed));
    const double whole = static_cast<double>(full_interval_.load(std::memory_order_relaxed));
    const double lent = static_cast<double>((surplus - now).count()) / whole;
    bucket_.fill(std::min(headers_.remaining(now, in_flight()) - 1, t.burst - std::max(lent, 0.0)), now);
  }
  set_gate();
}

// Until then nobody goes, whatever the server says of its bucket.
void scheduler::silence(instant until) noexcept {
  paused_until_ = std::max(paused_until_, until);
  bucket_.drain(until);
}

std::optional<ticket> scheduler::commit(instant now) noexcept {
  // Counted before it is known to leave, so that nobody finds neither a turn nor a request.
  in_flight_.fetch_add(1, std::memory_order_acq_rel);
  if (!bucket_.commit(now)) {
    in_flight_.fetch_sub(1, std::memory_order_acq_rel);
    return std::nullopt;
  }
  last_sent_.store(now.count(), std::memory_order_relaxed);
  ticket t{now, 0};
  if (const std::int64_t interval = full_interval_.load(std::memory_order_relaxed); interval > 0) {
    std::int64_t seen = surplus_.load(std::memory_order_relaxed);
    std::int64_t next;
    do {
      next = std::max(seen, now.count()) + interval;
    } while (!surplus_.compare_exchange_weak(seen, next, std::memory_order_relaxed));
    t.excess = static_cast<double>(next - now.count()) / static_cast<double>(interval);
  }
  return t;
}

instant scheduler::ready(instant now) const noexcept {
  const instant at = bucket_.ready(now);
  if (at == never) return never;
  if (pace_.discovering()) return in_flight() == 0 ? at : never;  // the bucket has one token, so one turn
  if (!headers_.trusted()) return at;
  const std::size_t turns = bucket_.turns();
  instant last(last_sent_.load(std::memory_order_relaxed));
  if (turns > 0) last = std::max(last, last_turn_);  // its request is about to leave
  return std::max(at, headers_.ready(now, last, pace_.rate(), in_flight() + turns, pace_.calm()));
}

bool scheduler::enter(instant now) noexcept {
  if (ready(now) > now || !bucket_.enter(now)) return false;
  last_turn_ = now;
  return true;
}

duration scheduler::predicted_wait(instant now, std::uint8_t band, std::uint64_t key) const noexcept {
  return bucket_.ready(now, queue_.before(band, key, false) + 1) - now;
}

arrival scheduler::arrive(waiter& w, instant now, bool may_go) noexcept {
  if (may_go && queue_.empty() && enter(now)) {
    // Should it come back, it goes ahead of all who queue up after it.
    if (w.place == 0) w.place = first_place;
    return {arrival::verdict::admitted, duration::zero()};
  }
  const duration wait = bucket_.ready(now, queue_.before(w.band, w.key, w.place != 0) + 1) - now;
  if (w.deadline != never && now + wait > w.deadline) return {arrival::verdict::refused, wait};
  queue_.push(w);
  if (w.deadline != never) deadlines_.insert(w, now);
  set_gate();
  return {arrival::verdict::queued, wait};
}

bool scheduler::cancel(waiter& w) noexcept {
  if (!w.queued) return false;
  queue_.remove(w);
  deadlines_.remove(w);
  set_gate();
  return true;
}

turn scheduler::poll(instant now, std::size_t most) noexcept {
  turn released;
  while (released.expired.size() < most) {
    waiter* const late = deadlines_.pop_expired(now);
    if (!late) break;
    queue_.remove(*late);
    released.expired.push_back(*late);
  }
  while (released.granted.size() < most && !queue_.empty() && enter(now)) {
    waiter& w = queue_.pop();
    deadlines_.remove(w);
    released.granted.push_back(w);
  }
  set_gate();
  return released;
}

waiter_list scheduler::release_all() noexcept {
  waiter_list all = queue_.clear();
  for (waiter* w = all.front(); w; w = w->after) deadlines_.remove(*w);
  set_gate();
  return all;
}

instant scheduler::next_wake(instant now) const noexcept {
  return queue_.empty() ? never : std::min(ready(now), deadlines_.earliest());
}

void scheduler::accepted(const ticket& of, instant now, const std::optional<quota>& said) noexcept {
  const std::uint32_t left = in_flight_.fetch_sub(1, std::memory_order_acq_rel) - 1;
  headers_.observe(true, said, now, left);
  pace_.accepted(of, now);
  apply_terms(now);
}

duration scheduler::refused(const ticket& of, instant now, duration retry_after,
                            const std::optional<quota>& said, double u) noexcept {
  const std::uint32_t left = in_flight_.fetch_sub(1, std::memory_order_acq_rel) - 1;
  headers_.observe(false, said, now, left);
  const duration pause = pace_.refused(of, now, retry_after, u);
  apply_terms(now);
  if (pause >= duration::zero()) silence(now + pause);
  return std::max(bucket_.ready(now, 1) - now, duration::zero());
}

void scheduler::pause(instant now, duration length) noexcept {
  silence(now + std::min(length, pace::longest_pause));
}

void scheduler::discontinuity(instant now) noexcept {
  headers_.forget();
  const duration whole(full_interval_.load(std::memory_order_relaxed));
  if (!bucket_.unlimited()) silence(now + std::max(whole, bucket_.interval()));
  apply_terms(now);
}

void scheduler::reconfigure(const pace_settings& settings, instant now) noexcept {
  pace_.reconfigure(settings);
  headers_ = header_signal(settings.rate);
  full_interval_.store(interval_of(settings.rate), std::memory_order_relaxed);
  apply_terms(now);
}

void scheduler::keep_gate_closed() noexcept {
  gate_kept_closed_ = true;
  set_gate();
}

limit_state scheduler::state() const noexcept {
  return {bucket_.arrival(), instant(surplus_.load(std::memory_order_relaxed)),
          paused_until_,     bucket_.interval(),
          bucket_.burst(),   pace_.state()};
}

void scheduler::restore(const limit_state& stored, instant now) noexcept {
  const pace_state& learnt = stored.learnt;
  const duration whole(full_interval_.load(std::memory_order_relaxed));
  const auto believable = [&](instant t, duration ahead) { return t <= now + ahead + late_reader; };
  const auto long_ago = [&](instant t, duration since) { return t < instant::zero() || now - t > since; };
  const bool stale = long_ago(learnt.reaction, share_memory) && long_ago(learnt.recent_at, idle);
  const bool unlimited = std::isinf(pace_.settings().rate);
  bool sound = std::min(stored.arrival, stored.surplus) >= instant::zero() &&
               learnt.recent_since <= learnt.recent_at && stored.burst >= 0 &&
               stored.interval >= duration::zero() &&
               (stored.burst == 0 || stored.interval > duration::zero() || unlimited) &&
               believable(std::max(learnt.reaction, learnt.recent_at), {});
  sound = pace_.restore(sound ? learnt : pace_state(), stale) && sound;
  if (sound && stored.burst > 0) {
    // What was sent counts under the terms of that time; the tokens that it left are carried over to today's.
    bucket_.restore(1e9 / static_cast<double>(stored.interval.count()), stored.burst, stored.arrival);
    const terms today = in_force();
    bucket_.configure(today.rate, today.burst, now);
    const instant token = bucket_.arrival() - bucket_.interval() * (bucket_.burst() - 1);
    sound = believable(token, pace::longest_pause + slowest_share * whole);
    if (sound && believable(stored.paused, pace::longest_pause))
      paused_until_ = std::max(paused_until_, stored.paused);
  }
  if (!sound) pace_.restore(pace_state(), false);
  if (!sound || stored.burst == 0) {
    const terms today = in_force();
    bucket_.restore(today.rate, today.burst, instant::zero());
  }
  if (!sound) discontinuity(now);
  surplus_.store(believable(stored.surplus, whole * most_burst) ? stored.surplus.count() : now.count(),
                 std::memory_order_relaxed);
  set_gate();
}

}  // namespace mux::inline v0::policy
