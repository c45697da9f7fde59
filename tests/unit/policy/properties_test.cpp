// What the scheduler promises, whatever happens to it: random histories, shrunk to the shortest that breaks a
// promise.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <ostream>
#include <rapidcheck.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policy/scheduler.hpp"

namespace mux::inline v0::policy {

static void showValue(const pace_settings& s, std::ostream& out) {
  out << "{" << s.rate << ", " << s.burst << ", " << s.discover << "}";
}

}  // namespace mux::inline v0::policy

namespace {

using namespace std::chrono_literals;
using mux::policy::arrival;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::never;
using mux::policy::pace_settings;
using mux::policy::quota;
using mux::policy::scheduler;
using mux::policy::ticket;
using mux::policy::turn;
using mux::policy::waiter;
using mux::policy::waiter_list;
using verdict = arrival::verdict;

/// Histories a property, unless the environment says otherwise.
[[maybe_unused]] const int enough = ::setenv("RC_PARAMS", "max_success=400", 0);

constexpr duration tick(1024);
/// Threads read the clock and then take turns: a `now` may be so much before the one that was used last.
constexpr duration most_skew = 2ms;
constexpr double no_limit = std::numeric_limits<double>::infinity();

enum class action {
  arrive,
  try_enter,
  poll,
  commit,
  leave,
  accept,
  refuse,
  lose,
  pause,
  cancel,
  reconfigure,
  jump,
  store,
  nothing
};
constexpr std::array<std::pair<action, int>, 14> weights = {{{action::arrive, 30},
                                                             {action::try_enter, 4},
                                                             {action::poll, 16},
                                                             {action::commit, 16},
                                                             {action::leave, 3},
                                                             {action::accept, 13},
                                                             {action::refuse, 4},
                                                             {action::lose, 2},
                                                             {action::pause, 1},
                                                             {action::cancel, 4},
                                                             {action::reconfigure, 1},
                                                             {action::jump, 1},
                                                             {action::store, 3},
                                                             {action::nothing, 2}}};

/// One thing that happens, `passed` after the one before. What `a`, `b` and `c` mean depends on it.
struct step {
  action what;
  duration passed;
  int a, b, c;
};

std::ostream& operator<<(std::ostream& out, const step& s) {
  return out << "{" << static_cast<int>(s.what) << ", " << s.passed.count() << "ns, " << s.a << ", " << s.b
             << ", " << s.c << "}";
}

rc::Gen<duration> gaps() {
  const auto up_to = [](duration most) {
    return rc::gen::map(rc::gen::inRange<std::int64_t>(0, most.count()),
                        [](std::int64_t n) { return duration(n); });
  };
  return rc::gen::weightedOneOf<duration>({{6, rc::gen::just(duration(0))},
                                           {4, up_to(10us)},
                                           {8, up_to(50ms)},
                                           {8, up_to(2s)},
                                           {2, up_to(1min)},
                                           {1, up_to(24h * 30)}});
}

rc::Gen<step> steps() {
  std::vector<action> all;
  for (const auto& [what, weight] : weights) all.insert(all.end(), static_cast<std::size_t>(weight), what);
  return rc::gen::map(
      rc::gen::tuple(rc::gen::elementOf(all), gaps(), rc::gen::inRange(0, 1000), rc::gen::inRange(0, 1000),
                     rc::gen::inRange(0, 1000)),
      [](const auto& t) {
        return step{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t), std::get<4>(t)};
      });
}

rc::Gen<std::vector<step>> histories() {
  return rc::gen::scale(4.0, rc::gen::container<std::vector<step>>(steps()));
}

rc::Gen<pace_settings> settings() {
  return rc::gen::map(rc::gen::tuple(rc::gen::element(0.05, 1.0, 1.0, 5.0, 5.0, 70.0, no_limit),
                                     rc::gen::element(0, 1, 2, 4, 9, 60), rc::gen::inRange(0, 6)),
                      [](const auto& t) {
                        return pace_settings{std::get<0>(t), std::get<1>(t), std::get<2>(t) == 0};
                      });
}

struct call : waiter {
  enum class stage { outside, queued, turn, under_way, ended } at = stage::outside;
  int ends = 0;
  std::uint64_t number = 0;  ///< in the order of newcomers
  bool returned = false;
  ticket sent;
};
using stage = call::stage;

/// A client of the scheduler that keeps the contract and checks that the scheduler does.
class world {
 public:
  world(const pace_settings& settings, double chance) : s_(settings, chance) { note_terms(); }

  void live(const std::vector<step>& history) {
    for (const step& one : history) {
      latest_ += one.passed;
      // Some threads are late.
      now_ = one.c % 10 == 0 ? latest_ - most_skew * one.b / 1000 : latest_;
      act(one);
      note_terms();
      check();
    }
  }

  /// Everything is answered, everybody gets what they wait for; nothing is left.
  void calm_down() {
    now_ = latest_;
    for (call& c : calls_)
      if (c.at == stage::turn) commit(c);
    for (call& c : calls_)
      if (c.at == stage::under_way) accept(c, {});
    for (int rounds = 0; s_.size() > 0; ++rounds) {
      RC_ASSERT(rounds < 10'000);
      const instant next = s_.next_wake(now_);
      RC_ASSERT(next != never);
      latest_ = now_ = std::max(now_, next);
      poll(64);
      for (call& c : calls_)
        if (c.at == stage::turn) commit(c);
      for (call& c : calls_)
        if (c.at == stage::under_way) accept(c, {});
      note_terms();
      check();
    }
    RC_ASSERT(s_.next_wake(now_) == never);
    RC_ASSERT(s_.bucket().turns() == 0u);
    RC_ASSERT(s_.in_flight() == 0u);
    for (const call& c : calls_) RC_ASSERT(c.ends == 1);
  }

  void shut_down() {
    waiter_list left = s_.release_all();
    while (waiter* w = left.pop_front()) {
      call& c = *static_cast<call*>(w);
      RC_ASSERT(c.at == stage::queued);
      end(c);
    }
    RC_ASSERT(s_.size() == 0u);
    RC_ASSERT(s_.next_wake(now_) == (s_.size() == 0 ? never : now_));
    for (call& c : calls_) {
      if (c.at == stage::turn) s_.leave(), end(c);
      if (c.at == stage::under_way) s_.unanswered(), end(c);
    }
    RC_ASSERT(s_.bucket().turns() == 0u);
    RC_ASSERT(s_.in_flight() == 0u);
    for (const call& c : calls_) RC_ASSERT(c.ends == 1);
  }

  /// In any window, however it lies, no more requests than the largest burst and the highest rate that were
  /// in force in it allow.
  void check_windows() const {
    const double skew = std::chrono::duration<double>(2 * most_skew + 2 * tick).count();
    for (std::size_t i = 0; i < commits_.size(); ++i) {
      std::size_t known = commits_[i].terms;
      double rate = 0;
      int burst = 0;
      for (std::size_t j = i; j < commits_.size(); ++j) {
        for (; known <= commits_[j].terms; ++known) {
          rate = std::max(rate, terms_[known].rate);
          burst = std::max(burst, terms_[known].burst);
        }
        const double length = std::chrono::duration<double>(commits_[j].at - commits_[i].at).count();
        RC_ASSERT(static_cast<double>(j - i + 1) <= burst + rate * (length + skew));
      }
    }
  }

 private:
  void act(const step& one) {
    switch (one.what) {
      case action::arrive: {
        call& c = newcomer(one);
        if (one.b % 3 == 0) c.deadline = now_ + duration(std::int64_t{one.c} * one.c * 20'000) - 1ms;
        arrive(c, one.c % 5 != 0);
        break;
      }
      case action::try_enter: {
        const bool open = s_.size() == 0;
        if (!s_.try_enter(now_)) break;
        RC_ASSERT(open);
        call& c = newcomer(one);
        c.place = mux::policy::first_place;
        entered(c);
        break;
      }
      case action::poll:
        poll(one.a % 4 == 0 ? 1 + static_cast<std::size_t>(one.b) % 3 : 64);
        break;
      case action::commit:
        if (call* c = any(stage::turn, one.a)) commit(*c);
        break;
      case action::leave:
        if (call* c = any(stage::turn, one.a)) s_.leave(), end(*c);
        break;
      case action::accept:
        if (call* c = any(stage::under_way, one.a)) accept(*c, numbers(one));
        break;
      case action::refuse:
        if (call* c = any(stage::under_way, one.a)) refuse(*c, one);
        break;
      case action::lose:
        if (call* c = any(stage::under_way, one.a)) s_.unanswered(), end(*c);
        break;
      case action::pause: {
        const duration length = 10ms * one.a;
        s_.pause(now_, length);
        silence_ = std::max(silence_, now_ + length);
        break;
      }
      case action::cancel:
        if (call* c = any(one.b % 8 == 0 ? stage::turn : stage::queued, one.a)) {
          const bool queued = c->at == stage::queued;
          RC_ASSERT(s_.cancel(*c) == queued);
          RC_ASSERT(!s_.cancel(*c));
          if (queued) end(*c);
        }
        break;
      case action::reconfigure: {
        const std::array<double, 5> rates = {0.2, 1, 5, 30, no_limit};
        s_.reconfigure({rates[static_cast<std::size_t>(one.a) % 5], one.b % 7, one.c % 8 == 0}, now_);
        break;
      }
      case action::jump:
        s_.discontinuity(now_);
        break;
      case action::store:
        s_.restore(s_.state(), now_);
        break;
      case action::nothing:
        break;
    }
  }

  call& newcomer(const step& one) {
    call& c = calls_.emplace_back();
    c.band = static_cast<std::uint8_t>(one.a % 4);
    c.key = static_cast<std::uint64_t>(one.b) % 4;
    c.number = calls_.size();
    return c;
  }

  call* any(stage at, int chance) {
    std::vector<call*> found;
    for (call& c : calls_)
      if (c.at == at) found.push_back(&c);
    return found.empty() ? nullptr : found[static_cast<std::size_t>(chance) % found.size()];
  }

  void arrive(call& c, bool may_go) {
    const bool empty = s_.size() == 0;
    const arrival a = s_.arrive(c, now_, may_go);
    RC_ASSERT(a.wait >= duration::zero());
    RC_ASSERT(c.queued == (a.what == verdict::queued));
    if (a.what == verdict::admitted) {
      RC_ASSERT(empty);
      entered(c);
    } else if (a.what == verdict::queued) {
      RC_ASSERT(c.deadline == never || now_ + a.wait <= c.deadline);
      c.at = stage::queued;
    } else {
      RC_ASSERT(now_ + a.wait > c.deadline);
      end(c);
    }
  }

  // There is a token for everybody who has a turn.
  void entered(call& c) {
    c.at = stage::turn;
    RC_ASSERT(static_cast<double>(s_.bucket().turns()) <= s_.bucket().tokens(now_) + 1e-6);
    if (s_.control().discovering()) RC_ASSERT(s_.bucket().turns() == 1u);
  }

  void poll(std::size_t most) {
    turn t = s_.poll(now_, most);
    RC_ASSERT(t.granted.size() <= most);
    RC_ASSERT(t.expired.size() <= most);
    const bool all = t.expired.size() < most;
    while (waiter* w = t.expired.pop_front()) {
      call& c = *static_cast<call*>(w);
      RC_ASSERT(c.at == stage::queued);
      RC_ASSERT(c.deadline < latest_);
      end(c);
    }
    while (waiter* w = t.granted.pop_front()) {
      call& c = *static_cast<call*>(w);
      RC_ASSERT(c.at == stage::queued);
      entered(c);
      check_order(c, t.granted);
    }
    if (all)
      for (const call& c : calls_)
        if (c.at == stage::queued && c.deadline != never) RC_ASSERT(now_ < c.deadline + 3us);
  }

  // Nobody of its band who goes before it is still waiting, or is granted after it.
  void check_order(const call& granted, const waiter_list& later) const {
    std::vector<const call*> behind;
    for (const call& c : calls_)
      if (c.at == stage::queued) behind.push_back(&c);
    for (const waiter* w = later.front(); w; w = w->after) behind.push_back(static_cast<const call*>(w));
    for (const call* c : behind) {
      if (c->band != granted.band) continue;
      if (granted.returned) {
        RC_ASSERT(!c->returned || c->place >= granted.place);
      } else {
        RC_ASSERT(!c->returned);
        RC_ASSERT(c->key != granted.key || c->number > granted.number);
      }
    }
  }

  void commit(call& c) {
    const std::optional<ticket> sent = s_.commit(now_);
    if (sent) {
      RC_ASSERT(now_ + tick >= silence_);
      RC_ASSERT(sent->sent == now_);
      RC_ASSERT(std::isfinite(sent->excess));
      commits_.push_back({now_, terms_.size() - 1});
      c.sent = *sent;
      c.at = stage::under_way;
    } else {
      come_back(c);
    }
  }

  void come_back(call& c) {
    c.at = stage::outside;
    c.returned = c.place != 0;
    RC_ASSERT(c.returned);
    arrive(c, true);
  }

  void accept(call& c, const std::optional<quota>& said) {
    s_.accepted(c.sent, now_, said);
    end(c);
  }

  void refuse(call& c, const step& one) {
    const duration after = one.b % 2 == 0 ? duration(-1) : 10ms * one.c;
    const bool news = c.sent.sent >= s_.control().state().reaction;
    const duration pause = s_.refused(c.sent, now_, after, numbers(one), one.c / 1000.0);
    RC_ASSERT(pause >= duration::zero());
    if (news) {
      RC_ASSERT(pause >= after);
      silence_ = std::max(silence_, now_ + after);
      RC_ASSERT(!s_.try_enter(now_));
    }
    if (one.b % 5 == 0)
      end(c);
    else
      come_back(c);
  }

  /// What an answer says of the bucket: mostly nothing, then something sensible, sometimes nonsense.
  static std::optional<quota> numbers(const step& one) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    switch (one.b % 6) {
      case 0:
        return quota{100, one.c / 10.0};
      case 1:
        return quota{one.a / 5.0, one.c / 5.0};
      case 2: {
        const std::array<quota, 6> odd = {
            {{nan, 5}, {50, nan}, {no_limit, 7}, {no_limit, no_limit}, {-3, -3}, {1e300, 1e300}}};
        return odd[static_cast<std::size_t>(one.c) % odd.size()];
      }
      default:
        return std::nullopt;
    }
  }

  void end(call& c) {
    c.at = stage::ended;
    ++c.ends;
  }

  void check() const {
    std::size_t queued = 0, turns = 0, under_way = 0;
    instant first = never;
    for (const call& c : calls_) {
      queued += c.at == stage::queued ? 1 : 0;
      turns += c.at == stage::turn ? 1 : 0;
      under_way += c.at == stage::under_way ? 1 : 0;
      RC_ASSERT(c.queued == (c.at == stage::queued));
      if (c.at == stage::queued) first = std::min(first, c.deadline);
    }
    RC_ASSERT(s_.size() == queued);
    RC_ASSERT(s_.bucket().turns() == turns);
    RC_ASSERT(s_.in_flight() == under_way);
    const instant next = s_.next_wake(now_);
    if (queued == 0) {
      RC_ASSERT(next == never);
      return;
    }
    // Somebody waits: nobody goes around the queue, and the driver is told when to come, in time for each
    // deadline.
    RC_ASSERT(s_.crowded());
    RC_ASSERT(next != never || turns + under_way > 0);
    if (first != never) RC_ASSERT(next <= std::max(latest_, first + 3us));
  }

  void note_terms() {
    const duration interval = s_.bucket().interval();
    terms_.push_back({interval.count() == 0 ? no_limit : 1e9 / static_cast<double>(interval.count()),
                      s_.bucket().burst()});
  }

  struct commit_type {
    instant at;
    std::size_t terms;  ///< number of the terms in force
  };
  struct terms_type {
    double rate;
    int burst;
  };

  std::deque<call> calls_;
  scheduler s_;
  instant latest_ = 1000s;
  instant now_ = 1000s;
  instant silence_{0};
  std::vector<commit_type> commits_;
  std::vector<terms_type> terms_;
};

TEST(scheduler_properties, promises_are_kept_in_any_history_and_nothing_is_left_at_its_end) {
  EXPECT_TRUE(rc::check([] {
    world w(*settings(), *rc::gen::inRange(0, 100) / 100.0);
    w.live(*histories());
    w.calm_down();
    w.check_windows();
  }));
}

TEST(scheduler_properties, a_shutdown_at_any_moment_ends_every_call_once) {
  EXPECT_TRUE(rc::check([] {
    world w(*settings(), 0.5);
    w.live(*histories());
    w.shut_down();
    w.check_windows();
  }));
}

// Processes that share a state, each with a scheduler of its own: all together they keep the limit and the
// silence that one of them was told.
TEST(scheduler_properties, processes_that_share_a_state_keep_the_limit_together) {
  EXPECT_TRUE(rc::check([] {
    const double rate = 5;
    const int burst = *rc::gen::inRange(1, 9);
    const bool numbers = *rc::gen::inRange(0, 3) == 0;
    struct process {
      scheduler s;
      std::vector<ticket> under_way;
      explicit process(const pace_settings& settings) : s(settings, 0.4) { s.keep_gate_closed(); }
    };
    std::deque<process> all;
    for (int i = 0; i < 3; ++i) all.emplace_back(pace_settings{rate, burst, false});
    mux::policy::limit_state shared;
    instant now = 1000s, silence{0};
    std::vector<instant> sent;
    int largest = std::max(1, burst - 1);
    for (const step& one : *histories()) {
      now += one.passed;
      process& p = all[static_cast<std::size_t>(one.a) % all.size()];
      p.s.restore(shared, now);
      RC_ASSERT(p.s.bucket().ready(now, 1) >= std::min(silence, now + 1h));
      std::optional<quota> said;
      if (numbers) said = quota{40, 30.0 - one.b % 4};
      switch (one.what) {
        case action::arrive:
        case action::commit: {
          waiter w;
          if (p.s.arrive(w, now).what == verdict::admitted) {
            const auto t = p.s.commit(now);
            RC_ASSERT(t.has_value());
            RC_ASSERT(now + tick >= silence);
            p.under_way.push_back(*t);
            sent.push_back(now);
          } else {
            p.s.cancel(w);
          }
          break;
        }
        case action::accept:
        case action::refuse:
          if (p.under_way.empty()) break;
          if (one.what == action::refuse && one.b % 3 == 0) {
            const bool news = p.under_way.back().sent >= p.s.control().state().reaction;
            (void)p.s.refused(p.under_way.back(), now, 10ms * one.c, {}, 0.5);
            if (news) silence = std::max(silence, now + 10ms * one.c);
          } else {
            p.s.accepted(p.under_way.back(), now, said);
          }
          p.under_way.pop_back();
          break;
        case action::pause:
          p.s.pause(now, 10ms * one.c);
          silence = std::max(silence, now + 10ms * one.c);
          break;
        default:
          break;
      }
      largest = std::max(largest, p.s.bucket().burst());
      shared = p.s.state();
    }
    for (std::size_t i = 0; i < sent.size(); ++i)
      for (std::size_t j = i; j < sent.size(); ++j)
        RC_ASSERT(static_cast<double>(j - i + 1) <=
                  largest + rate * std::chrono::duration<double>(sent[j] - sent[i] + 2 * tick).count());
  }));
}

/// Calls that wait at a scheduler which has a past.
struct crowd {
  struct member {
    int band, key;
    bool returning;
  };
  std::deque<waiter> calls;
  scheduler s;
  instant now = 100s;

  crowd(double rate, int burst, const std::vector<int>& past, const std::vector<member>& members)
      : s({rate, burst, false}, 0.3) {
    // The bands' round and the turns of the keys may be anywhere.
    std::deque<waiter> earlier;
    for (const int p : past) {
      waiter& w = earlier.emplace_back();
      w.band = static_cast<std::uint8_t>(p % 4);
      w.key = static_cast<std::uint64_t>(p / 4 % 3);
      (void)s.arrive(w, now, false);
    }
    serve_until([this] { return s.size() == 0; });
    for (const member& m : members) {
      waiter& w = calls.emplace_back();
      w.band = static_cast<std::uint8_t>(m.band);
      w.key = static_cast<std::uint64_t>(m.key);
      w.place = m.returning ? calls.size() : 0;
      (void)s.arrive(w, now, false);
    }
  }

  template <class Done>
  std::map<const waiter*, instant> serve_until(Done&& done) {
    std::map<const waiter*, instant> when;
    while (!done()) {
      RC_ASSERT(s.next_wake(now) != never);
      now = std::max(now, s.next_wake(now));
      turn t = s.poll(now, 1);
      while (const waiter* w = t.granted.pop_front()) {
        when[w] = now;
        const auto sent = s.commit(now);
        RC_ASSERT(sent.has_value());
        s.accepted(*sent, now, {});
      }
    }
    return when;
  }
};

std::ostream& operator<<(std::ostream& out, const crowd::member& m) {
  return out << "{" << m.band << ", " << m.key << ", " << m.returning << "}";
}

rc::Gen<std::vector<crowd::member>> crowds() {
  return rc::gen::container<std::vector<crowd::member>>(
      rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 4), rc::gen::inRange(0, 4), rc::gen::inRange(0, 8)),
                   [](const auto& t) {
                     return crowd::member{std::get<0>(t), std::get<1>(t), std::get<2>(t) == 0};
                   }));
}

rc::Gen<std::vector<int>> pasts() {
  return rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12));
}

TEST(scheduler_properties, whoever_gives_up_delays_nobody_else) {
  EXPECT_TRUE(rc::check([] {
    const auto past = *pasts();
    const auto members = *crowds();
    const auto stays = *rc::gen::container<std::vector<bool>>(members.size(), rc::gen::arbitrary<bool>());
    const int burst = *rc::gen::inRange(1, 6);
    crowd all(2, burst, past, members), fewer(2, burst, past, members);
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!stays[i]) RC_ASSERT(fewer.s.cancel(fewer.calls[i]));
    auto before = all.serve_until([&] { return all.s.size() == 0; });
    auto after = fewer.serve_until([&] { return fewer.s.size() == 0; });
    for (std::size_t i = 0; i < members.size(); ++i)
      if (stays[i]) RC_ASSERT(after.at(&fewer.calls[i]) <= before.at(&all.calls[i]));
  }));
}

TEST(scheduler_properties, nobody_waits_longer_than_predicted_while_nothing_changes) {
  EXPECT_TRUE(rc::check([] {
    crowd c(2, *rc::gen::inRange(1, 6), *pasts(), *crowds());
    if (*rc::gen::inRange(0, 4) == 0) c.s.pause(c.now, 1ms * *rc::gen::inRange(0, 20'000));
    c.now += 1ms * *rc::gen::inRange(0, 3000);
    // Some have gone, some have given up.
    for (int i = *rc::gen::inRange(0, 30); i > 0 && c.s.size() > 0; --i)
      (void)c.serve_until([&, left = c.s.size()] { return c.s.size() < left; });
    for (waiter& w : c.calls)
      if (*rc::gen::inRange(0, 5) == 0) (void)c.s.cancel(w);
    waiter last;
    last.band = static_cast<std::uint8_t>(*rc::gen::inRange(0, 4));
    last.key = static_cast<std::uint64_t>(*rc::gen::inRange(0, 5));
    if (*rc::gen::inRange(0, 4) == 0) last.place = 1'000;
    const instant start = c.now;
    const arrival a = c.s.arrive(last, start, false);
    RC_ASSERT(a.what == verdict::queued);
    const auto when = c.serve_until([&] { return !last.queued; });
    RC_ASSERT(when.at(&last) - start <= a.wait);
  }));
}

// Every waiter leaves with a grant or is late by no more than the ticks of the deadline queue.
TEST(scheduler_properties, a_driver_that_wakes_when_told_meets_every_deadline) {
  EXPECT_TRUE(rc::check([] {
    scheduler s({1, *rc::gen::inRange(1, 4), false}, 0.5);
    std::deque<waiter> calls;
    instant now = 500s;
    const auto waits = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100'000));
    for (const int ms : waits) {
      waiter& w = calls.emplace_back();
      w.deadline = now + 1ms * ms;
      (void)s.arrive(w, now, false);
    }
    s.pause(now, 1ms * *rc::gen::inRange(0, 60'000));
    for (int rounds = 0; s.size() > 0; ++rounds) {
      RC_ASSERT(rounds < 10'000);
      now = std::max(now, s.next_wake(now));
      turn t = s.poll(now);
      while (const waiter* w = t.expired.pop_front()) {
        RC_ASSERT(now > w->deadline);
        RC_ASSERT(now <= w->deadline + 3us);
      }
      while (const waiter* w = t.granted.pop_front()) {
        RC_ASSERT(now <= w->deadline + 3us);
        const auto sent = s.commit(now);
        RC_ASSERT(sent.has_value());
        s.accepted(*sent, now, {});
      }
    }
  }));
}

}  // namespace
