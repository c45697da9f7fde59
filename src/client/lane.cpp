#include "client/lane.hpp"

#include <algorithm>
#include <thread>

namespace mux::inline v0::client_detail {

namespace {

/// Another process holds the file for a few system calls only.
constexpr policy::duration lock_retry = std::chrono::milliseconds(2);
constexpr int most_lock_doublings = 6;
constexpr int lock_tries = 50;

double uniform(std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(0, 1)(random);
}

// In two steps: how they end is written under the lane's lock, so that a call that withdraws too late knows
// it; they wake outside of it, and each may be gone as soon as it is awake.
void decide(const policy::waiter_list& list, queued_call::ending how) {
  for (policy::waiter* w = list.front(); w; w = w->after) static_cast<queued_call*>(w)->end = how;
}
void wake(policy::waiter_list& list) {
  while (policy::waiter* w = list.pop_front()) static_cast<queued_call*>(w)->sleep.release();
}

}  // namespace

lane::lane(rate_class which, const class_limit& limit, std::uint64_t seed)
    : which_(which),
      random_(seed),
      scheduler_({limit.rate, limit.burst.value_or(0), limit.discover_burst}, uniform(random_)) {}

std::shared_ptr<lane> lane::make(rate_class which, const class_limit& limit, std::uint64_t seed,
                                 const asio::any_io_executor& executor, std::shared_ptr<time_source> time,
                                 std::shared_ptr<limit_file> file, std::shared_ptr<observer> watcher) {
  std::shared_ptr<lane> made(new lane(which, limit, seed));
  made->discontinuities_ = time->discontinuities();
  made->wake_ = time->make_alarm(executor, [weak = std::weak_ptr(made)] {
    if (const auto self = weak.lock()) self->serve();
  });
  made->time_ = std::move(time);
  made->file_ = std::move(file);
  made->watcher_ = std::move(watcher);
  if (made->shared()) made->scheduler_.keep_gate_closed();
  return made;
}

// Runs `what` on the scheduler, with the shared state loaded before and stored after. False if another
// process holds the state; nothing is done then.
template <class Change>
bool lane::change(policy::instant now, Change&& what) {
  const auto notice_jumps = [&] {
    const std::uint64_t jumps = time_->discontinuities();
    if (jumps != discontinuities_) scheduler_.discontinuity(now);
    discontinuities_ = jumps;
  };
  if (!shared()) {
    notice_jumps();
    what();
    return true;
  }
  return file_->update(which_, [&](const policy::limit_state& stored) {
    scheduler_.restore(stored, now);
    if (unstored_pause_ > now) scheduler_.pause(now, unstored_pause_ - now);
    unstored_pause_ = {};
    notice_jumps();
    what();
    return scheduler_.state();
  });
}

// For news that must not be lost. If another process holds the state for long (it was stopped in the middle,
// perhaps), this one keeps the pause that followed from the news until it can store it.
template <class Change>
void lane::change_surely(policy::instant now, Change&& what) {
  for (int i = 0; i < lock_tries; ++i) {
    if (change(now, what)) return;
    std::this_thread::yield();
  }
  what();
  unstored_pause_ = std::max(unstored_pause_, scheduler_.bucket().ready(now, 1));
}

// Hands news of the server to the scheduler, and what followed from it to the observer.
template <class News>
void lane::learn(News&& news) {
  struct view {
    double share;
    bool recovering;
    int burst;
    bool burst_known;
  } before{}, after{};
  const auto look = [this] {
    const policy::pace& now = scheduler_.control();
    return view{now.state().share, now.state().anchor != 0, now.burst(), now.burst_known()};
  };
  double rate = 0;
  {
    const std::scoped_lock lock(mutex_);
    const policy::instant now = time_->now();
    change_surely(now, [&] {
      before = look();
      news(now);
      after = look();
      rate = scheduler_.control().rate();
    });
    rearm(now);
  }
  const bool recovered = before.recovering && !after.recovering;
  const bool cut = after.share < before.share;
  const bool burst = after.burst != before.burst || after.burst_known != before.burst_known;
  if (watcher_ && (recovered || cut || burst)) watcher_->on_limit_changed(which_, rate, after.burst);
}

void lane::rearm(policy::instant now) {
  if (closed_) return;
  const policy::instant next = scheduler_.next_wake(now);
  if (next == armed_) return;
  armed_ = next;
  if (next == policy::never)
    wake_->cancel();
  else
    wake_->arm(next);
}

void lane::serve() {
  policy::turn released;
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    const policy::instant now = time_->now();
    armed_ = policy::never;
    if (change(now, [&] { released = scheduler_.poll(now); })) {
      missed_locks_ = 0;
      rearm(now);
    } else {
      armed_ = now + lock_retry * (1 << missed_locks_);
      missed_locks_ = std::min(missed_locks_ + 1, most_lock_doublings);
      wake_->arm(armed_);
    }
    decide(released.granted, queued_call::ending::granted);
    decide(released.expired, queued_call::ending::expired);
  }
  granted_.fetch_add(released.granted.size(), std::memory_order_relaxed);
  wake(released.granted);
  wake(released.expired);
}

// A turn that ends may let the next one in.
void lane::turn_ended() {
  if (!scheduler_.crowded()) return;
  const std::scoped_lock lock(mutex_);
  rearm(time_->now());
}

bool lane::try_enter(policy::instant now) noexcept {
  if (!scheduler_.try_enter(now)) return false;
  granted_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::optional<policy::arrival> lane::arrive(queued_call& c, policy::instant now) {
  const std::scoped_lock lock(mutex_);
  if (closed_) return {};
  policy::arrival arrived{};
  // Without the shared state nobody may go, but everybody may queue.
  if (!change(now, [&] { arrived = scheduler_.arrive(c, now); })) arrived = scheduler_.arrive(c, now, false);
  if (arrived.what == policy::arrival::verdict::queued) rearm(now);
  if (arrived.what == policy::arrival::verdict::admitted) granted_.fetch_add(1, std::memory_order_relaxed);
  return arrived;
}

// The head may have changed, and the alarm with it; an early alarm does no harm, so it is left alone. One
// that nobody waits for any more would keep the caller's io_context running.
bool lane::withdraw(queued_call& c) noexcept {
  const std::scoped_lock lock(mutex_);
  const bool withdrawn = scheduler_.cancel(c);
  if (withdrawn && scheduler_.size() == 0) rearm(time_->now());
  return withdrawn;
}

void lane::sleeps_on(asio::execution_context& context) {
  if (known_.load(std::memory_order_acquire) == &context) return;
  asio::use_service<parking>(context).add(shared_from_this());
  known_.store(&context, std::memory_order_release);
}

std::vector<std::shared_ptr<void>> lane::take_sleepers(asio::execution_context& context) {
  // Another context may come to lie at the same address.
  const asio::execution_context* gone = &context;
  known_.compare_exchange_strong(gone, nullptr);
  std::vector<std::shared_ptr<void>> handlers;
  const std::scoped_lock lock(mutex_);
  scheduler_.for_each_waiter([&](policy::waiter& w) {
    suspension& sleep = static_cast<queued_call&>(w).sleep;
    if (sleep.asleep_on(context)) handlers.push_back(sleep.take_away());
  });
  return handlers;
}

std::optional<policy::ticket> lane::depart(policy::instant now) {
  std::optional<policy::ticket> left;
  if (!shared()) {
    left = scheduler_.commit(now);
  } else {
    const std::scoped_lock lock(mutex_);
    if (!change(now, [&] { left = scheduler_.commit(now); })) scheduler_.leave();
  }
  turn_ended();
  return left;
}

void lane::leave() {
  scheduler_.leave();
  turn_ended();
}

void lane::accepted(const policy::ticket& of, const std::optional<policy::quota>& said) {
  learn([&](policy::instant now) { scheduler_.accepted(of, now, said); });
}

policy::duration lane::refused(const policy::ticket& of, policy::duration retry_after,
                               const std::optional<policy::quota>& said) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  policy::duration pause{};
  learn(
      [&](policy::instant now) { pause = scheduler_.refused(of, now, retry_after, said, uniform(random_)); });
  return pause;
}

void lane::unanswered() {
  scheduler_.unanswered();
  turn_ended();
}

void lane::pause(policy::duration length) {
  learn([&](policy::instant now) { scheduler_.pause(now, length); });
}

void lane::forget() {
  learn([&](policy::instant now) { scheduler_.reconfigure(scheduler_.control().settings(), now); });
}

void lane::close() {
  policy::waiter_list left;
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    scheduler_.keep_gate_closed();
    left = scheduler_.release_all();
    wake_->cancel();
    armed_ = policy::never;
    decide(left, queued_call::ending::shut_down);
  }
  wake(left);
}

class_stats lane::stats() {
  const std::scoped_lock lock(mutex_);
  const policy::instant now = time_->now();
  // The others' news, if it can be had now; who only looks stores nothing.
  if (shared())
    static_cast<void>(file_->update(which_, [&](const policy::limit_state& stored) {
      scheduler_.restore(stored, now);
      return stored;
    }));
  const policy::pace& control = scheduler_.control();
  class_stats s;
  s.queued = scheduler_.size();
  s.in_flight = scheduler_.in_flight();
  s.rate = control.rate();
  s.full_rate = control.settings().rate;
  s.burst = control.burst();
  s.burst_known = control.burst_known();
  s.tokens = scheduler_.bucket().tokens(now);
  s.wait = scheduler_.predicted_wait(now, static_cast<std::uint8_t>(priority::normal));
  s.granted = granted_.load();
  s.refused = refused_.load();
  if (const policy::instant reaction = control.state().reaction; reaction >= policy::instant::zero())
    s.since_refusal = now - reaction;
  if (scheduler_.headers().limit() > 0) {
    s.server_limit = scheduler_.headers().limit();
    s.server_remaining = std::max(0.0, scheduler_.headers().remaining(now, s.in_flight));
  }
  return s;
}

}  // namespace mux::inline v0::client_detail
