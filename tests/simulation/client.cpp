#include "simulation/client.hpp"

#include <algorithm>

namespace mux::inline v0::simulation {

namespace {

/// So many alarms, or turns of one call, that come to nothing at one instant have no end.
constexpr int most_in_vain = 100;
constexpr duration answer_timeout = std::chrono::seconds(10);

}  // namespace

struct client::call : policy::waiter {
  enum class place_of_call : std::uint8_t {
    nowhere,
    queue,
    turn,
    network,
    pause
  } at = place_of_call::nowhere;
  std::uint64_t intent = 0;  ///< the same for all tries
  std::uint64_t step = 0;    ///< what was planned for an earlier step happens no more
  idempotency repeat = idempotency::idempotent;
  int attempt = 1;
  int turns_lost = 0;  ///< at the instant `lost_at`
  instant lost_at{-1};
  instant came{0};
  policy::ticket ticket;
};

// Every operation on a limiter that processes share goes so: load what is stored, change it, store it.
template <class Change>
auto client::change(Change&& what) {
  if (!description_.share_state) return what();
  if (on_.stored) scheduler_.restore(*on_.stored, now());
  if constexpr (std::is_void_v<decltype(what())>) {
    what();
    on_.stored = scheduler_.state();
  } else {
    auto result = what();
    on_.stored = scheduler_.state();
    return result;
  }
}

client::client(surroundings around, machine& on, const client_description& description, std::size_t number,
               std::uint64_t seed)
    : around_(around),
      on_(on),
      description_(description),
      number_(number),
      random_(seed),
      scheduler_(description.settings, random_.uniform()),
      was_discovering_(scheduler_.control().discovering()) {
  on_.schedulers.push_back(&scheduler_);
  if (description.share_state) scheduler_.keep_gate_closed();
  on_.on_wake([this] {
    change([&] { scheduler_.discontinuity(now()); });
    rearm();
  });
}

client::~client() {
  static_cast<void>(scheduler_.release_all());
}

void client::start() {
  if (stopped_) return;
  active_ = true;
  if (description_.every > 0)
    come_by_chance();
  else
    for (std::size_t i = 0; i < description_.at_once && more(); ++i) come();
}

void client::come_by_chance() {
  on_.at(now() + seconds(random_.exponential(description_.every)), [this] {
    if (!more()) return;
    come();
    come_by_chance();
  });
}

void client::come() {
  if (idle_.empty()) {
    calls_.push_back(std::make_unique<call>());
    idle_.push_back(calls_.back().get());
  }
  call& c = *idle_.back();
  idle_.pop_back();
  ++under_way_;
  c.intent = static_cast<std::uint64_t>(number_) << 32 | ++came_;
  c.attempt = 1;
  c.came = now();
  c.key = description_.keys > 1 ? 1 + random_.below(description_.keys) : 0;
  c.band = description_.all_bands ? static_cast<std::uint8_t>(random_.below(policy::band_count)) : 1;
  c.repeat = random_.chance(description_.creates) ? idempotency::create : idempotency::idempotent;
  c.deadline = description_.deadline > 0 ? now() + seconds(description_.deadline * random_.between(0, 2))
                                         : policy::never;
  c.place = 0;
  around_.book.add(around_.events.now(), happening::call_came, number_);
  if (random_.chance(description_.cancelled)) {
    const std::uint64_t intent = c.intent;
    on_.at(now() + seconds(random_.between(0, description_.patience)), [this, &c, intent] {
      if (c.intent == intent && c.at != call::place_of_call::nowhere) cancel(c);
    });
  }
  enter(c, false);
}

void client::enter(call& c, bool returning) {
  if (closed_) return end(c, ending_of_call::shut_down);
  watch_terms();
  if (!returning) c.place = 0;
  if (!description_.share_state && scheduler_.try_enter(now())) {
    if (c.place == 0) c.place = policy::first_place;
    watch_grant(scheduler_.bucket().turns() - 1);
    take_turn(c);
    return;
  }
  const bool had_place = c.place != 0;
  const policy::arrival a = change([&] { return scheduler_.arrive(c, now()); });
  switch (a.what) {
    case policy::arrival::verdict::admitted:
      watch_grant(scheduler_.bucket().turns() - 1);
      take_turn(c);
      return;
    case policy::arrival::verdict::refused:
      expect(c.deadline < now() + a.wait, "refused although the wait fits the deadline");
      end(c, ending_of_call::would_expire);
      return;
    case policy::arrival::verdict::queued:
      c.at = call::place_of_call::queue;
      ++c.step;
      order_.queued(c, had_place);
      rearm();
      return;
  }
}

void client::watch_terms() {
  for (const policy::scheduler* s : on_.schedulers) {
    if (s->control().discovering()) continue;
    on_.sent.terms(s->control().settings().rate, s->bucket().burst());
  }
  if (was_discovering_ && !scheduler_.control().discovering()) {
    was_discovering_ = false;
    on_.sent.start_again(now());
  }
}

// A turn was given just now: is there a token for it, beside those of the `turns` before it?
void client::watch_grant(std::size_t turns) {
  around_.book.add(around_.events.now(), happening::turn_came, number_);
  expect(now() >= silent_until_, "a turn during a pause");
  if (was_discovering_) return;
  watch_terms();
  expect(on_.sent.room(now(), turns), "a turn before there is a token");
}

void client::take_turn(call& c) {
  c.at = call::place_of_call::turn;
  ++c.step;
  if (description_.connect <= 0) {
    commit(c);
    return;
  }
  const bool connects = !random_.chance(description_.disconnected);
  later(c, seconds(random_.exponential(description_.connect)), [this, &c, connects] {
    if (connects) {
      commit(c);
    } else {
      leave_turn(c);
      judge(c, {0, errc::connect_failed, false, false}, duration(-1));
    }
  });
}

void client::leave_turn(call& c) {
  c.at = call::place_of_call::nowhere;
  ++c.step;
  change([&] { scheduler_.leave(); });
  if (scheduler_.crowded()) rearm();
}

void client::commit(call& c) {
  watch_terms();
  const std::optional<policy::ticket> ticket = change([&] { return scheduler_.commit(now()); });
  if (!ticket) {
    around_.book.add(around_.events.now(), happening::turn_lost, number_);
    c.at = call::place_of_call::pause;
    ++c.step;
    c.turns_lost = c.lost_at == now() ? c.turns_lost + 1 : 0;
    c.lost_at = now();
    if (c.turns_lost > most_in_vain) {
      expect(false, "turns without end that come to nothing");
      end(c, ending_of_call::shut_down);
    } else {
      later(c, duration::zero(), [this, &c] { enter(c, true); });
    }
  } else {
    if (!was_discovering_) expect(on_.sent.commit(now()), "more than burst + rate * time");
    expect(now() >= silent_until_, "a request during a pause");
    c.at = call::place_of_call::network;
    ++c.step;
    c.ticket = *ticket;
    around_.book.add(around_.events.now(), happening::request_left, number_);
    if (around_.api.breaks_before_first_byte()) {
      later(c, seconds(random_.between(0, 0.01)), [this, &c] {
        reply nothing;
        nothing.status = 0;
        nothing.failure = errc::connection_lost;
        answered(c, c.ticket, nothing);
      });
    } else {
      const std::uint64_t step = c.step;
      const std::uint64_t intent = c.intent;
      around_.events.after(latency(), [this, &c, step, intent] {
        const reply r = around_.api.serve(around_.events.now(), intent);
        around_.book.add(around_.events.now(),
                         r.status == 429 ? happening::server_refused : happening::server_accepted, number_);
        const duration way = r.failure == errc::timed_out ? answer_timeout : latency();
        around_.events.after(way, [this, &c, step, r] {
          on_.deliver([this, &c, step, r] {
            if (c.step == step) answered(c, c.ticket, r);
          });
        });
      });
    }
  }
  if (scheduler_.crowded()) rearm();
}

void client::answered(call& c, const policy::ticket& of, const reply& r) {
  around_.book.add(around_.events.now(), happening::answer_came, number_);
  c.at = call::place_of_call::nowhere;
  ++c.step;
  duration busy{-1};
  if (r.status == 429) {
    const duration pause =
        change([&] { return scheduler_.refused(of, now(), r.retry_after, r.said, random_.uniform()); });
    if (scheduler_.control().state().reaction == now()) {
      // What is returned holds for a newcomer, whose token comes after those of the turns that are held.
      const duration asked = std::min(r.retry_after, policy::pace::longest_pause);
      expect(pause >= asked, "a pause shorter than Retry-After");
      silent_until_ = std::max(silent_until_, now() + (scheduler_.bucket().turns() == 0 ? pause : asked));
    }
  } else if (r.status != 0) {
    change([&] { scheduler_.accepted(of, now(), r.said); });
    if (r.retry_after >= duration::zero()) busy = r.retry_after;
  } else {
    change([&] { scheduler_.unanswered(); });
  }
  watch_terms();
  rearm();
  const bool sent = r.failure != errc::connection_lost;
  judge(c, {r.status, r.failure, sent, r.forbidden}, busy);
}

void client::judge(call& c, const policy::ending& e, duration busy) {
  using action = policy::verdict::action;
  const policy::verdict v =
      policy::judge(e, c.repeat, c.attempt, policy::retry_limits(), budget_, random_.uniform());
  if (busy >= duration::zero()) {
    change([&] { scheduler_.pause(now(), busy); });
    silent_until_ = std::max(silent_until_, now() + std::min(busy, policy::pace::longest_pause));
    rearm();
  }
  switch (v.what) {
    case action::succeed:
      end(c, ending_of_call::succeeded);
      return;
    case action::requeue:
      enter(c, true);
      return;
    case action::renew:
      enter(c, false);
      return;
    case action::give_up:
      end(c, v.why == stop_reason::ambiguous ? ending_of_call::ambiguous
             : e.failure == errc::cancelled  ? ending_of_call::cancelled
                                             : ending_of_call::failed);
      return;
    case action::retry:
      break;
  }
  ++c.attempt;
  c.at = call::place_of_call::pause;
  ++c.step;
  later(c, v.pause, [this, &c] { enter(c, false); });
}

void client::cancel(call& c) {
  switch (c.at) {
    case call::place_of_call::nowhere:
      return;
    case call::place_of_call::queue:
      expect(change([&] { return scheduler_.cancel(c); }), "cancelled, but was not in the queue");
      order_.left(c);
      end(c, ending_of_call::cancelled);
      return;
    case call::place_of_call::turn:
      leave_turn(c);
      end(c, ending_of_call::cancelled);
      return;
    case call::place_of_call::network:
      ++c.step;
      change([&] { scheduler_.unanswered(); });
      judge(c, {0, errc::cancelled, true, false}, duration(-1));
      if (scheduler_.crowded()) rearm();
      return;
    case call::place_of_call::pause:
      end(c, ending_of_call::cancelled);
      return;
  }
}

void client::end(call& c, ending_of_call how) {
  around_.book.add(around_.events.now(), happening::call_ended, number_);
  if (how == ending_of_call::succeeded) around_.book.waited(c.ticket.sent - c.came);
  if (how == ending_of_call::ambiguous) around_.book.ambiguous();
  if (c.repeat == idempotency::create) {
    const int executed = around_.api.executions(c.intent);
    expect(executed <= 1, "paid twice");
    expect(how != ending_of_call::succeeded || executed == 1, "succeeded, but nothing was executed");
    expect(how != ending_of_call::failed || executed == 0, "failed for certain, but was executed");
  }
  expect(!c.queued, "ended in the queue");
  c.at = call::place_of_call::nowhere;
  ++c.step;
  c.intent = 0;
  idle_.push_back(&c);
  --under_way_;
  if (description_.every > 0 || !more()) return;
  // The next call is made by its caller's own coroutine, and after some thought if this one was in vain.
  const bool in_vain = how != ending_of_call::succeeded;
  on_.at(now() + seconds(in_vain ? random_.uniform() : 0), [this] {
    if (more() && under_way_ < description_.at_once) come();
  });
}

void client::serve() {
  policy::turn released = change([&] { return scheduler_.poll(now()); });
  rearm();
  if (!released.granted.empty() || !released.expired.empty()) idle_alarms_ = 0;
  while (policy::waiter* w = released.expired.pop_front()) {
    call& c = static_cast<call&>(*w);
    expect(c.at == call::place_of_call::queue && c.deadline < now(), "expired before its deadline");
    order_.left(c);
    end(c, ending_of_call::expired);
  }
  std::size_t turns = scheduler_.bucket().turns() - released.granted.size();
  std::vector<call*> granted;
  while (policy::waiter* w = released.granted.pop_front()) {
    call& c = static_cast<call&>(*w);
    expect(c.at == call::place_of_call::queue, "granted, but did not wait");
    expect(order_.granted(c), "granted before one that should go first");
    watch_grant(turns++);
    c.at = call::place_of_call::turn;
    granted.push_back(&c);
  }
  for (call* c : granted) take_turn(*c);
}

void client::rearm() {
  const instant next = scheduler_.next_wake(now());
  if (next == armed_) return;
  armed_ = next;
  const std::uint64_t number = ++alarms_;
  if (next == policy::never) return;
  // Which of a machine's processes wakes first is up to the machine.
  const duration late = description_.share_state ? seconds(random_.between(0, 0.001)) : duration::zero();
  on_.at(next + late, [this, number] { alarm(number); });
}

void client::alarm(std::uint64_t number) {
  if (number != alarms_) return;
  armed_ = policy::never;
  idle_alarms_ = last_alarm_ == now() ? idle_alarms_ + 1 : 0;
  last_alarm_ = now();
  if (idle_alarms_ > most_in_vain) {
    expect(false, "alarms without end at one instant");
    return;
  }
  serve();
}

void client::stop(bool finish) {
  if (stopped_) return;
  active_ = false;
  stopped_ = true;
  closed_ = !finish;
  if (finish) return;
  for (const std::unique_ptr<call>& c : calls_)
    if (c->at == call::place_of_call::queue) cancel(*c);
}

void client::shut_down() {
  closed_ = true;
  policy::waiter_list left = scheduler_.release_all();
  while (policy::waiter* w = left.pop_front()) {
    order_.left(*w);
    end(static_cast<call&>(*w), ending_of_call::shut_down);
  }
  rearm();
}

void client::check_end() {
  expect(scheduler_.size() == 0, "calls are left in the queue");
  expect(order_.size() == 0, "calls left the queue unseen");
  expect(scheduler_.in_flight() == 0, "requests count as on the way after the end");
  expect(scheduler_.bucket().turns() == 0, "turns are left after the end");
  expect(armed_ == policy::never, "an alarm is armed after the end");
  expect(under_way_ == 0, "calls have not ended");
}

void client::expect(bool good, const char* what) {
  if (!good) around_.book.violation(around_.events.now(), number_, what);
}

template <class Next>
void client::later(call& c, duration wait, Next&& next) {
  on_.at(now() + wait, [&c, step = c.step, next = std::forward<Next>(next)] {
    if (c.step == step) next();
  });
}

duration client::latency() {
  double s = random_.between(0.020, 0.100);
  if (random_.chance(0.01)) s += random_.exponential(0.250);
  return seconds(s);
}

}  // namespace mux::inline v0::simulation
