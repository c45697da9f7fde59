#include "ingest_simulation/gate.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace mux::inline v0::ingest::simulation {

gate::gate(test::virtual_time& time, const policy::pace_settings& settings, std::uint64_t seed)
    : time_(time), random_(seed), scheduler_(settings, random_.uniform()) {}

gate::~gate() {
  if (armed_) time_.remove(*armed_);
}

policy::instant gate::now() const {
  return std::chrono::duration_cast<policy::instant>(time_.now().time_since_epoch());
}

asio::awaitable<std::optional<policy::ticket>> gate::pass(place& call) {
  std::optional<policy::ticket> left;
  while (!left) {
    call.granted = false;
    if (scheduler_.arrive(call, now()).what == policy::arrival::verdict::queued) {
      rearm();
      if (!call.turn) call.turn = time_.make_alarm(co_await asio::this_coro::executor);
      while (!call.granted) {
        co_await call.turn->wait(std::nullopt);
        const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none) continue;
        if (!scheduler_.cancel(call)) scheduler_.leave();
        rearm();
        co_return left;
      }
    }
    left = scheduler_.commit(now());
    rearm();
  }
  co_return left;
}

void gate::accepted(const policy::ticket& of) {
  scheduler_.accepted(of, now(), std::nullopt);
  rearm();
}

void gate::refused(const policy::ticket& of, std::chrono::nanoseconds retry_after) {
  ++refused_;
  scheduler_.refused(of, now(), retry_after, std::nullopt, random_.uniform());
  rearm();
}

void gate::unanswered() {
  scheduler_.unanswered();
  rearm();
}

ingest::pace gate::pace() const {
  ingest::pace shown;
  shown.rate = scheduler_.control().rate();
  shown.tokens = scheduler_.bucket().tokens(now());
  shown.wait = scheduler_.predicted_wait(now(), 1);
  shown.refused = refused_;
  shown.queued = scheduler_.size();
  return shown;
}

void gate::serve() {
  policy::turn released = scheduler_.poll(now());
  while (policy::waiter* w = released.granted.pop_front()) {
    place& call = static_cast<place&>(*w);
    call.granted = true;
    call.turn->wake();
  }
  rearm();
}

void gate::rearm() {
  const policy::instant next = scheduler_.next_wake(now());
  if (next == armed_for_) return;
  if (armed_) time_.remove(*armed_);
  armed_.reset();
  armed_for_ = next;
  if (next == policy::never) return;
  armed_ = time_.add(std::chrono::steady_clock::time_point(next), [this] {
    armed_.reset();
    armed_for_ = policy::never;
    serve();
  });
}

}  // namespace mux::inline v0::ingest::simulation
