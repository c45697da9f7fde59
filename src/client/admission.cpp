#include "client/admission.hpp"

#include <algorithm>
#include <cmath>

#include "client/suspension.hpp"

namespace mux::inline v0::client_detail {

namespace {

/// The client keeps one token of the server's bucket in reserve: two requests may come closer together on the
/// way.
constexpr int margin = 1;
/// The server's bucket is unknown: what the client dares.
constexpr int unknown_burst = 3;
/// Arrival times further ahead than any pause that the scheduler makes are damage.
constexpr policy::duration furthest = policy::scheduler::longest_pause + std::chrono::seconds(1);
/// Another process holds the file for a few system calls only.
constexpr policy::duration lock_retry = std::chrono::milliseconds(2);

policy::scheduler make_scheduler(const class_limit& limit) {
  const int burst = limit.burst ? std::max(1, *limit.burst - margin) : unknown_burst;
  return policy::scheduler(limit.rate, burst);
}

}  // namespace

struct admission::lane {
  lane(rate_class which, const class_limit& limit, std::unique_ptr<alarm> alarm)
      : kind(which),
        rate(limit.rate),
        scheduler(make_scheduler(limit)),
        wake(std::move(alarm)),
        random(std::random_device()()) {}

  const rate_class kind;
  const double rate;
  std::mutex mutex;
  policy::scheduler scheduler;
  std::unique_ptr<alarm> wake;
  policy::instant armed = policy::never;
  bool closed = false;
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  std::mt19937_64 random;
};

/// One call in the queue; in the frame of `acquire`.
struct admission::call : policy::waiter {
  enum class outcome { granted, expired, cancelled, shut_down } what = outcome::granted;
  explicit call(lane& l) : at(l) {}
  ~call() {
    const std::scoped_lock lock(at.mutex);
    at.scheduler.cancel(*this);
  }
  void end(outcome how) {
    what = how;
    sleep.release();
  }
  lane& at;
  suspension sleep;
};

admission::admission(asio::any_io_executor executor, std::shared_ptr<time_source> time,
                     const limiter_options& options, std::shared_ptr<limit_file> file,
                     std::shared_ptr<mux::observer> observer)
    : time_(std::move(time)), file_(std::move(file)), observer_(std::move(observer)) {
  for (std::size_t i = 0; i < rate_class_count; ++i)
    lanes_[i] =
        std::make_unique<lane>(static_cast<rate_class>(i), options.classes[i], time_->make_alarm(executor));
}

admission::~admission() = default;

// Runs `what` on the lane's scheduler, with the shared state loaded before and stored after. False if another
// process holds the state.
template <class Change>
bool admission::change(lane& l, policy::instant now, Change&& what) {
  if (!file_ || l.scheduler.bucket().unlimited()) {
    what();
    return true;
  }
  return file_->update(l.kind, [&](policy::bucket_state stored) {
    l.scheduler.bucket().restore(stored, now, furthest);
    what();
    return l.scheduler.bucket().state();
  });
}

void admission::rearm(lane& l, policy::instant now) {
  const policy::instant next = l.scheduler.next_wake(now);
  if (next == l.armed) return;
  l.armed = next;
  if (next == policy::never) {
    l.wake->cancel();
    return;
  }
  l.wake->arm(next, [weak = weak_from_this(), &l] {
    if (const auto self = weak.lock()) self->serve(l);
  });
}

void admission::serve(lane& l) {
  policy::turn released;
  {
    const std::scoped_lock lock(l.mutex);
    const policy::instant now = time_->now();
    l.armed = policy::never;
    if (change(l, now, [&] { released = l.scheduler.poll(now); })) {
      l.granted += released.granted.size();
      rearm(l, now);
    } else {
      l.armed = now + lock_retry;
      l.wake->arm(l.armed, [weak = weak_from_this(), &l] {
        if (const auto self = weak.lock()) self->serve(l);
      });
    }
  }
  // Outside the lock; each call may be gone as soon as it is released.
  while (policy::waiter* w = released.granted.pop_front()) static_cast<call*>(w)->end(call::outcome::granted);
  while (policy::waiter* w = released.expired.pop_front()) static_cast<call*>(w)->end(call::outcome::expired);
}

asio::awaitable<result<void>> admission::acquire(const operation& op, priority band, policy::instant deadline,
                                                 bool ahead) {
  const auto self = shared_from_this();
  lane& l = of(op.limit);
  call c(l);
  c.band = static_cast<std::uint8_t>(band);
  c.deadline = deadline;
  policy::arrival arrived{policy::arrival::verdict::queued, {}};
  const policy::instant since = time_->now();
  {
    const std::scoped_lock lock(l.mutex);
    if (l.closed) co_return error(errc::shut_down, "the client was destroyed");
    const auto enter = [&] { arrived = l.scheduler.arrive(c, since, ahead); };
    if (!change(l, since, enter)) arrived = l.scheduler.arrive(c, since, ahead, false);
    if (arrived.what == policy::arrival::verdict::admitted) ++l.granted;
    if (arrived.what == policy::arrival::verdict::queued) rearm(l, since);
  }
  if (arrived.what == policy::arrival::verdict::admitted) {
    if (observer_) observer_->on_granted(op, policy::duration::zero());
    co_return result<void>();
  }
  if (arrived.what == policy::arrival::verdict::refused) {
    error e(errc::would_exceed_deadline, "the wait at the limiter would be longer than the deadline allows");
    e.phase = call_phase::queue;
    e.stopped = stop_reason::deadline;
    e.predicted_wait = arrived.wait;
    co_return e;
  }
  if (observer_) observer_->on_queued(op, arrived.wait);

  auto on_cancel = [&c, &l] {
    {
      const std::scoped_lock lock(l.mutex);
      if (!l.scheduler.cancel(c)) return;  // granted or expired a moment ago: that stands
    }
    c.end(call::outcome::cancelled);
  };
  co_await c.sleep.wait(on_cancel);

  switch (c.what) {
    case call::outcome::granted:
      if (observer_) observer_->on_granted(op, time_->now() - since);
      co_return result<void>();
    case call::outcome::expired: {
      error e(errc::timed_out, "the deadline passed at the limiter");
      e.phase = call_phase::queue;
      e.stopped = stop_reason::deadline;
      co_return e;
    }
    case call::outcome::cancelled: {
      // The head may have changed, and the alarm with it; an early alarm does no harm, so it is left alone.
      error e(errc::cancelled, "cancelled at the limiter");
      e.phase = call_phase::queue;
      e.stopped = stop_reason::cancelled;
      co_return e;
    }
    case call::outcome::shut_down:
      break;
  }
  error e(errc::shut_down, "the client was destroyed while the call was queued");
  e.phase = call_phase::queue;
  co_return e;
}

void admission::sent(rate_class c) {
  lane& l = of(c);
  const std::scoped_lock lock(l.mutex);
  const policy::instant now = time_->now();
  const auto use = [&] { l.scheduler.bucket().use(now); };
  if (!change(l, now, use)) use();
}

void admission::give_back(rate_class c) {
  lane& l = of(c);
  const std::scoped_lock lock(l.mutex);
  const policy::instant now = time_->now();
  // If another process holds the state the token is lost, which is the safe side.
  if (change(l, now, [&] { l.scheduler.bucket().give_back(now); })) rearm(l, now);
}

policy::duration admission::refused(rate_class c, policy::instant sent, policy::duration retry_after) {
  lane& l = of(c);
  const std::scoped_lock lock(l.mutex);
  const policy::instant now = time_->now();
  const double u = std::uniform_real_distribution<double>(0, 1)(l.random);
  policy::duration pause{};
  ++l.refused;
  const auto react = [&] { pause = l.scheduler.refused(sent, now, retry_after, u); };
  if (!change(l, now, react)) react();
  rearm(l, now);
  return pause;
}

void admission::accepted(rate_class c) {
  lane& l = of(c);
  const std::scoped_lock lock(l.mutex);
  l.scheduler.accepted();
}

void admission::close() {
  for (const auto& l : lanes_) {
    policy::waiter_list left;
    {
      const std::scoped_lock lock(l->mutex);
      l->closed = true;
      left = l->scheduler.release_all();
      l->wake->cancel();
      l->armed = policy::never;
    }
    while (policy::waiter* w = left.pop_front()) static_cast<call*>(w)->end(call::outcome::shut_down);
  }
}

std::array<class_stats, rate_class_count> admission::stats() const {
  std::array<class_stats, rate_class_count> all;
  for (std::size_t i = 0; i < rate_class_count; ++i) {
    lane& l = *lanes_[i];
    const std::scoped_lock lock(l.mutex);
    const policy::instant now = time_->now();
    const policy::token_bucket& bucket = l.scheduler.bucket();
    all[i].queued = l.scheduler.size();
    all[i].rate = l.rate;
    all[i].burst = bucket.burst();
    all[i].tokens = bucket.tokens(now);
    all[i].wait = l.scheduler.predicted_wait(now, static_cast<std::uint8_t>(priority::normal));
    all[i].granted = l.granted;
    all[i].refused = l.refused;
  }
  return all;
}

}  // namespace mux::inline v0::client_detail
