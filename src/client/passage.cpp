#include "client/passage.hpp"

#include "client/lane.hpp"

namespace mux::inline v0::client_detail {

namespace {

/// Sees to it that a queued call is out of the queue when its coroutine ends, however that happens.
class withdrawal {
 public:
  withdrawal(lane& from, queued_call& c) : lane_(from), call_(c) {}
  ~withdrawal() { lane_.withdraw(call_); }
  withdrawal(const withdrawal&) = delete;
  withdrawal& operator=(const withdrawal&) = delete;

 private:
  lane& lane_;
  queued_call& call_;
};

error in_queue(errc code, const char* text, stop_reason why) {
  error e(code, text);
  e.phase = call_phase::queue;
  e.stopped = why;
  return e;
}

}  // namespace

passage::passage(std::shared_ptr<lane> through, const operation& op, const call_options& options,
                 policy::instant deadline)
    : lane_(std::move(through)),
      operation_(op),
      deadline_(deadline),
      flow_(options.flow),
      band_(options.priority) {}

void passage::granted(policy::duration waited) {
  stage_ = stage::turn;
  if (observer* o = lane_->watcher()) o->on_granted(operation_, waited);
}

asio::awaitable<result<void>> passage::enter() {
  const policy::instant since = lane_->time().now();
  if (!lane_->try_enter(since)) co_return co_await queue(since);
  if (place_ == 0) place_ = policy::first_place;
  granted(policy::duration::zero());
  co_return result<void>();
}

asio::awaitable<result<void>> passage::queue(policy::instant since) {
  queued_call c;
  const withdrawal at_the_end(*lane_, c);
  c.band = static_cast<std::uint8_t>(band_);
  c.key = flow_;
  c.place = place_;
  c.deadline = deadline_;
  const std::optional<policy::arrival> arrived = lane_->arrive(c, since);
  if (!arrived) co_return in_queue(errc::shut_down, "the client was destroyed", stop_reason::not_retryable);
  place_ = c.place;
  if (arrived->what == policy::arrival::verdict::admitted) {
    granted(policy::duration::zero());
    co_return result<void>();
  }
  if (arrived->what == policy::arrival::verdict::refused) {
    error e =
        in_queue(errc::would_exceed_deadline,
                 "the wait at the limiter would be longer than the deadline allows", stop_reason::deadline);
    e.predicted_wait = arrived->wait;
    co_return e;
  }
  if (observer* o = lane_->watcher()) o->on_queued(operation_, arrived->wait);

  auto on_cancel = [this, &c] {
    if (!lane_->withdraw(c)) return;  // granted or expired a moment ago: that stands
    c.end = queued_call::ending::cancelled;
    c.sleep.release();
  };
  co_await c.sleep.wait(on_cancel);

  switch (c.end) {
    case queued_call::ending::granted:
      granted(lane_->time().now() - since);
      co_return result<void>();
    case queued_call::ending::expired:
      co_return in_queue(errc::timed_out, "the deadline passed at the limiter", stop_reason::deadline);
    case queued_call::ending::cancelled:
      co_return in_queue(errc::cancelled, "cancelled at the limiter", stop_reason::cancelled);
    case queued_call::ending::shut_down:
      break;
  }
  co_return in_queue(errc::shut_down, "the client was destroyed while the call was queued",
                     stop_reason::not_retryable);
}

bool passage::depart() {
  const std::optional<policy::ticket> left = lane_->depart(lane_->time().now());
  stage_ = left ? stage::under_way : stage::outside;
  if (left) ticket_ = *left;
  return left.has_value();
}

void passage::abandon() {
  const stage was = std::exchange(stage_, stage::outside);
  if (was == stage::turn) lane_->leave();
  if (was == stage::under_way) lane_->unanswered();
}

void passage::accepted(const std::optional<policy::quota>& said) {
  stage_ = stage::outside;
  lane_->accepted(ticket_, said);
}

policy::duration passage::refused(policy::duration retry_after, const std::optional<policy::quota>& said) {
  stage_ = stage::outside;
  return lane_->refused(ticket_, retry_after, said);
}

}  // namespace mux::inline v0::client_detail
