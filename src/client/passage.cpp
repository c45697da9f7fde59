#include "client/passage.hpp"

#include <utility>

namespace mux::inline v0::client_detail {

namespace {

error in_queue(errc code, const char* text, stop_reason why) {
  error e(code, text);
  e.phase = call_phase::queue;
  e.stopped = why;
  return e;
}

}  // namespace

passage::passage(std::shared_ptr<lane> through, const operation& op, const call_options& options,
                 policy::instant deadline)
    : lane_(std::move(through)), operation_(op) {
  call_.deadline = deadline;
  call_.key = options.flow;
  call_.band = static_cast<std::uint8_t>(options.priority);
}

// What waits lies in the passage and what ends a wait in functions beside it: a million frames that sleep
// here hold next to nothing.
asio::awaitable<result<void>> passage::enter() {
  const policy::instant since = lane_->time().now();
  const policy::arrival arrived = arrive(since);
  if (stage_ == stage::queued) {
    auto asleep = call_.sleep.wait(*this);
    co_await std::move(asleep);
  }
  co_return entered(arrived, since);
}

policy::arrival passage::arrive(policy::instant now) {
  using verdict = policy::arrival::verdict;
  call_.end = queued_call::ending::granted;
  if (lane_->try_enter(now)) {
    if (call_.place == 0) call_.place = policy::first_place;
    return {verdict::admitted, policy::duration::zero()};
  }
  call_.sleep.reset();
  call_.end = queued_call::ending::none;
  stage_ = stage::queued;
  const std::optional<policy::arrival> arrived = lane_->arrive(call_, now);
  if (arrived && arrived->what == verdict::queued) {
    if (observer* o = lane_->watcher()) o->on_queued(operation_, arrived->wait);
    return *arrived;
  }
  stage_ = stage::outside;
  call_.end = arrived ? queued_call::ending::granted : queued_call::ending::shut_down;
  if (arrived) return *arrived;
  return {verdict::admitted, policy::duration::zero()};
}

void passage::on_cancel() {
  if (!lane_->withdraw(call_)) return;  // granted or expired a moment ago: that stands
  call_.end = queued_call::ending::cancelled;
  call_.sleep.release();
}

result<void> passage::entered(const policy::arrival& arrived, policy::instant since) {
  stage_ = stage::outside;
  if (arrived.what == policy::arrival::verdict::refused) {
    error e =
        in_queue(errc::would_exceed_deadline,
                 "the wait at the limiter would be longer than the deadline allows", stop_reason::deadline);
    e.predicted_wait = arrived.wait;
    return e;
  }
  switch (call_.end) {
    case queued_call::ending::granted:
      break;
    case queued_call::ending::expired:
      return in_queue(errc::timed_out, "the deadline passed at the limiter", stop_reason::deadline);
    case queued_call::ending::cancelled:
      return in_queue(errc::cancelled, "cancelled at the limiter", stop_reason::cancelled);
    case queued_call::ending::none:
    case queued_call::ending::shut_down:
      return in_queue(errc::shut_down, "the client was destroyed", stop_reason::not_retryable);
  }
  stage_ = stage::turn;
  const bool waited = arrived.what == policy::arrival::verdict::queued;
  if (observer* o = lane_->watcher())
    o->on_granted(operation_, waited ? lane_->time().now() - since : policy::duration::zero());
  return result<void>();
}

bool passage::depart() {
  const std::optional<policy::ticket> left = lane_->depart(lane_->time().now());
  stage_ = left ? stage::under_way : stage::outside;
  if (left) ticket_ = *left;
  return left.has_value();
}

void passage::abandon() {
  call_.place = 0;
  const stage was = std::exchange(stage_, stage::outside);
  if (was == stage::turn) lane_->leave();
  // The coroutine ends in its sleep; it may have got its turn meanwhile.
  if (was == stage::queued && !lane_->withdraw(call_) && call_.end == queued_call::ending::granted)
    lane_->leave();
  if (was == stage::under_way) lane_->unanswered();
}

void passage::accepted(const std::optional<policy::quota>& said) {
  stage_ = stage::outside;
  call_.place = 0;
  lane_->accepted(ticket_, said);
}

policy::duration passage::refused(policy::duration retry_after, const std::optional<policy::quota>& said) {
  stage_ = stage::outside;
  return lane_->refused(ticket_, retry_after, said);
}

}  // namespace mux::inline v0::client_detail
