#include "policy/scheduler.hpp"

#include <array>
#include <cstring>
#include <deque>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::policy::arrival;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::limit_state;
using mux::policy::never;
using mux::policy::pace_settings;
using mux::policy::quota;
using mux::policy::scheduler;
using mux::policy::ticket;
using mux::policy::turn;
using mux::policy::waiter;
using mux::policy::waiter_list;
using verdict = arrival::verdict;

constexpr duration no_hint(-1);
constexpr double no_limit = std::numeric_limits<double>::infinity();
using numbers = std::vector<std::size_t>;

/// A scheduler and its calls, each known by its number.
struct scene {
  scheduler s;
  std::deque<waiter> calls;
  /// Between two tokens.
  const duration interval;

  /// `allowed`: the burst that the client uses.
  explicit scene(double rate = 1, int allowed = 1)
      : s(pace_settings{rate, allowed + 1, false}, 0.5), interval(s.bucket().interval()) {
    EXPECT_EQ(s.bucket().burst(), allowed);
  }
  explicit scene(const pace_settings& settings) : s(settings, 0.5), interval(s.bucket().interval()) {}

  waiter& call(std::uint8_t band = 1, std::uint64_t key = 0, instant deadline = never) {
    waiter& w = calls.emplace_back();
    w.band = band;
    w.key = key;
    w.deadline = deadline;
    return w;
  }
  arrival arrive(instant now) { return s.arrive(call(), now); }
  /// Sends what has a turn.
  ticket send(instant now) {
    const auto sent = s.commit(now);
    EXPECT_TRUE(sent.has_value());
    return sent.value_or(ticket{});
  }
  /// What a poll let in, by number; each leaves at once and is answered well.
  numbers serve(instant now) {
    numbers out = named(s.poll(now).granted);
    for (std::size_t i = 0; i < out.size(); ++i) s.accepted(send(now), now, {});
    return out;
  }
  /// Enters and leaves at once.
  ticket go(instant now) {
    EXPECT_TRUE(s.try_enter(now));
    return send(now);
  }
  numbers named(waiter_list list) const {
    numbers out;
    while (const waiter* w = list.pop_front())
      for (std::size_t i = 0; i < calls.size(); ++i)
        if (&calls[i] == w) out.push_back(i);
    return out;
  }
  /// The server says what is in its bucket.
  void hear(double limit, double remaining, instant now) {
    ASSERT_TRUE(s.try_enter(now));
    s.accepted(send(now), now, quota{limit, remaining});
  }
};

TEST(scheduler, lets_the_burst_go_at_once_and_queues_the_rest) {
  scene x(1, 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(x.arrive(0s).what, verdict::admitted);
    x.send(0s);
  }
  const arrival fourth = x.arrive(0s);
  EXPECT_EQ(fourth.what, verdict::queued);
  EXPECT_EQ(fourth.wait, x.interval);
  EXPECT_EQ(x.arrive(0s).wait, 2 * x.interval);
  EXPECT_EQ(x.s.next_wake(0s), x.interval);
  EXPECT_EQ(x.s.predicted_wait(0s, 1), 3 * x.interval);
}

TEST(scheduler, serves_first_in_first_out_never_early) {
  scene x;
  for (int i = 0; i < 4; ++i) (void)x.arrive(0s);
  x.send(0s);
  EXPECT_EQ(x.serve(x.interval - 1ns), numbers{});
  EXPECT_EQ(x.serve(x.interval), numbers{1});
  EXPECT_EQ(x.serve(2 * x.interval), numbers{2});
  EXPECT_EQ(x.serve(3 * x.interval), numbers{3});
  EXPECT_EQ(x.s.next_wake(3 * x.interval), never);
}

TEST(scheduler, nobody_overtakes_a_queue) {
  scene x;
  (void)x.arrive(0s);
  x.send(0s);
  (void)x.arrive(0s);
  // A token is there, but somebody waits for it.
  EXPECT_FALSE(x.s.try_enter(10s));
  EXPECT_EQ(x.arrive(10s).what, verdict::queued);
  EXPECT_EQ(x.serve(10s), numbers{1});
}

TEST(scheduler, the_gate_closes_when_somebody_waits_and_opens_again) {
  scene x(1, 2);
  EXPECT_FALSE(x.s.crowded());
  x.go(0s);
  x.go(0s);
  EXPECT_FALSE(x.s.try_enter(0s));
  EXPECT_FALSE(x.s.crowded());
  (void)x.arrive(0s);
  EXPECT_TRUE(x.s.crowded());
  EXPECT_EQ(x.serve(x.interval), numbers{0});
  EXPECT_FALSE(x.s.crowded());
  x.go(10s);

  (void)x.arrive(10s);  // takes the last token
  (void)x.arrive(10s);
  EXPECT_TRUE(x.s.crowded());
  EXPECT_TRUE(x.s.cancel(x.calls[2]));
  EXPECT_FALSE(x.s.crowded());
  x.send(10s);

  (void)x.s.arrive(x.call(1, 0, 16s), 10s);
  EXPECT_TRUE(x.s.crowded());
  x.s.pause(10s, 60s);
  EXPECT_EQ(x.named(x.s.poll(17s).expired), numbers{3});
  EXPECT_FALSE(x.s.crowded());
}

TEST(scheduler, a_gate_kept_closed_stays_closed) {
  scene x(1, 5);
  x.s.keep_gate_closed();
  EXPECT_FALSE(x.s.try_enter(0s));
  EXPECT_EQ(x.arrive(0s).what, verdict::admitted);
  x.s.accepted(x.send(0s), 0s, {});
  (void)x.s.arrive(x.call(), 0s, false);
  EXPECT_EQ(x.serve(0s), numbers{1});
  x.s.reconfigure({2, 4, false}, 0s);
  EXPECT_FALSE(x.s.try_enter(10s));
}

TEST(scheduler, without_leave_to_go_a_call_queues_although_there_is_a_token) {
  scene x(1, 3);
  const arrival a = x.s.arrive(x.call(), 0s, false);
  EXPECT_EQ(a.what, verdict::queued);
  EXPECT_EQ(a.wait, 0s);
  EXPECT_EQ(x.s.next_wake(0s), 0s);
  EXPECT_EQ(x.serve(0s), numbers{0});
}

TEST(scheduler, refuses_at_once_what_would_come_too_late_and_says_how_long_it_takes) {
  scene x;
  (void)x.arrive(0s);
  x.send(0s);
  (void)x.arrive(0s);
  waiter& late = x.call(1, 0, 2 * x.interval - 1ns);
  const arrival a = x.s.arrive(late, 0s);
  EXPECT_EQ(a.what, verdict::refused);
  EXPECT_EQ(a.wait, 2 * x.interval);
  EXPECT_FALSE(late.queued);
  EXPECT_EQ(x.s.arrive(x.call(1, 0, 2 * x.interval), 0s).what, verdict::queued);
  EXPECT_EQ(x.s.size(), 2u);
}

TEST(scheduler, counts_those_of_higher_priority_when_it_predicts) {
  scene x;
  (void)x.arrive(0s);
  x.send(0s);
  for (int i = 0; i < 8; ++i) (void)x.s.arrive(x.call(0), 0s);
  EXPECT_EQ(x.s.arrive(x.call(3, 0, 5 * x.interval), 0s).what, verdict::refused);
  EXPECT_EQ(x.s.arrive(x.call(0, 0, 9 * x.interval), 0s).what, verdict::queued);
}

TEST(scheduler, expires_a_waiter_when_a_pause_makes_it_late) {
  scene x;
  const ticket first = x.go(0s);
  (void)x.s.arrive(x.call(1, 0, 2s), 0s);
  ASSERT_EQ(x.calls[0].queued, true);
  (void)x.s.refused(first, 500ms, 10s, {}, 0);
  const instant wake = x.s.next_wake(500ms);
  EXPECT_GT(wake, instant(2s));
  EXPECT_LE(wake, instant(2s + 3us));
  EXPECT_TRUE(x.s.poll(2s).expired.empty());
  const turn t = x.s.poll(wake);
  EXPECT_TRUE(t.granted.empty());
  EXPECT_EQ(x.named(t.expired), numbers{0});
  EXPECT_EQ(x.s.size(), 0u);
  EXPECT_FALSE(x.s.cancel(x.calls[0]));
}

TEST(scheduler, a_cancelled_waiter_leaves_and_the_rest_moves_up) {
  scene x;
  for (int i = 0; i < 4; ++i) (void)x.arrive(0s);
  x.send(0s);
  EXPECT_TRUE(x.s.cancel(x.calls[1]));
  EXPECT_FALSE(x.s.cancel(x.calls[1]));
  EXPECT_EQ(x.serve(x.interval), numbers{2});
  EXPECT_EQ(x.serve(2 * x.interval), numbers{3});
}

TEST(scheduler, a_turn_given_back_goes_to_the_next_at_once) {
  scene x;
  ASSERT_TRUE(x.s.try_enter(0s));
  EXPECT_EQ(x.arrive(0s).what, verdict::queued);
  EXPECT_EQ(x.s.next_wake(0s), never);  // first the turn must end
  EXPECT_EQ(x.serve(5s), numbers{});
  x.s.leave();
  ASSERT_TRUE(x.s.crowded());
  EXPECT_EQ(x.s.next_wake(5s), 5s);
  EXPECT_EQ(x.serve(5s), numbers{0});
}

TEST(scheduler, a_poll_releases_no_more_than_it_is_told_and_says_that_more_is_to_do) {
  scene x(1, 10);
  for (int i = 0; i < 10; ++i) (void)x.s.arrive(x.call(), 0s, false);
  EXPECT_EQ(x.named(x.s.poll(0s, 4).granted).size(), 4u);
  EXPECT_EQ(x.s.next_wake(0s), 0s);
  EXPECT_EQ(x.named(x.s.poll(0s, 100).granted).size(), 6u);

  scene y;
  y.go(0s);
  for (int i = 0; i < 10; ++i) (void)y.s.arrive(y.call(1, 0, 60s), 0s);
  y.s.pause(0s, 5min);
  EXPECT_EQ(y.named(y.s.poll(61s, 4).expired).size(), 4u);
  EXPECT_LE(y.s.next_wake(61s), 61s);
  EXPECT_EQ(y.named(y.s.poll(61s, 100).expired).size(), 6u);
}

TEST(scheduler, commit_says_no_after_a_refusal_and_the_call_keeps_its_place) {
  scene x(1, 3);
  const ticket sent = x.go(0s);
  ASSERT_EQ(x.arrive(0s).what, verdict::admitted);  // 0: has a turn, not sent yet
  (void)x.s.refused(sent, 100ms, 5s, {}, 0);
  EXPECT_FALSE(x.s.commit(100ms).has_value());
  EXPECT_EQ(x.s.bucket().turns(), 0u);
  EXPECT_EQ(x.s.in_flight(), 0u);
  (void)x.arrive(100ms);  // 1
  (void)x.arrive(100ms);  // 2
  EXPECT_EQ(x.s.arrive(x.calls[0], 200ms).what, verdict::queued);
  EXPECT_EQ(x.serve(60s).front(), 0u);
}

TEST(scheduler, who_was_refused_returns_to_the_head_in_order_of_arrival) {
  scene x(1, 4);
  for (int i = 0; i < 4; ++i) (void)x.s.arrive(x.call(), 0s, false);
  ASSERT_EQ(x.named(x.s.poll(0s).granted), (numbers{0, 1, 2, 3}));
  std::vector<ticket> sent;
  for (int i = 0; i < 4; ++i) sent.push_back(x.send(0s));
  (void)x.arrive(100ms);  // 4
  for (const std::size_t i : {2, 0, 3, 1}) {
    (void)x.s.refused(sent[i], 200ms, no_hint, {}, 0);
    ASSERT_EQ(x.s.arrive(x.calls[i], 200ms).what, verdict::queued);
  }
  numbers order;
  for (instant now = 200ms; order.size() < 5; now = x.s.next_wake(now))
    for (const std::size_t i : x.serve(now)) order.push_back(i);
  EXPECT_EQ(order, (numbers{0, 1, 2, 3, 4}));
}

TEST(scheduler, who_went_without_queueing_returns_ahead_of_all_who_wait) {
  scene x;
  ASSERT_EQ(x.arrive(0s).what, verdict::admitted);
  const ticket sent = x.send(0s);
  (void)x.arrive(10ms);
  (void)x.arrive(20ms);
  (void)x.s.refused(sent, 100ms, no_hint, {}, 0);
  EXPECT_EQ(x.s.arrive(x.calls[0], 100ms).what, verdict::queued);
  EXPECT_EQ(x.serve(x.s.next_wake(100ms)), numbers{0});
}

TEST(scheduler, serves_the_bands_eight_to_four_to_two_to_one) {
  scene x;
  x.go(0s);
  for (std::size_t i = 0; i < 4 * 300; ++i) (void)x.s.arrive(x.call(static_cast<std::uint8_t>(i % 4)), 0s);
  std::array<int, 4> served{};
  for (int i = 1; i <= 150; ++i)
    for (const std::size_t n : x.serve(i * x.interval)) ++served[x.calls[n].band];
  EXPECT_EQ(served, (std::array<int, 4>{80, 40, 20, 10}));
}

TEST(scheduler, the_keys_of_a_band_take_turns) {
  scene x;
  x.go(0s);
  for (int i = 0; i < 5; ++i) (void)x.s.arrive(x.call(1, 11), 0s);
  const arrival single = x.s.arrive(x.call(1, 22), 0s);
  EXPECT_EQ(single.wait, 2 * x.interval);
  EXPECT_EQ(x.serve(x.interval), numbers{0});
  EXPECT_EQ(x.serve(2 * x.interval), numbers{5});
  EXPECT_EQ(x.serve(3 * x.interval), numbers{1});
}

// Of everybody's prediction only the last one's stands: who comes later with a higher priority goes first.
TEST(scheduler, predicted_wait_is_an_upper_bound_while_nothing_changes) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    scene x(2, 1 + static_cast<int>(random() % 4));
    const std::uint64_t keys = 1 + random() % 6;
    const std::size_t count = 1 + random() % 100;
    for (std::size_t i = 0; i < count; ++i)
      (void)x.s.arrive(x.call(static_cast<std::uint8_t>(random() % 4), random() % keys), 0s, false);
    instant now = 0s;
    for (std::uint64_t i = random() % 40; i > 0 && x.s.size() > 0; --i) {
      (void)x.serve(now);
      now = std::max(now, x.s.size() > 0 ? x.s.next_wake(now) : now);
    }
    waiter& last = x.call(static_cast<std::uint8_t>(random() % 4), random() % keys);
    const duration said = x.s.predicted_wait(now, last.band, last.key);
    const arrival a = x.s.arrive(last, now, false);
    ASSERT_EQ(a.wait, said);
    const instant promised = now + a.wait;
    while (last.queued) {
      (void)x.serve(now);
      if (last.queued) now = x.s.next_wake(now);
    }
    ASSERT_LE(now, promised);
  }
}

TEST(scheduler, a_refusal_pauses_and_then_lets_one_through) {
  scene x(1, 4);
  const duration pause = x.s.refused(x.go(0s), 0s, no_hint, {}, 0.5);
  EXPECT_GE(pause, 1s);
  EXPECT_LE(pause, 2s);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(x.arrive(0s).what, verdict::queued);
  EXPECT_EQ(x.s.next_wake(0s), pause);
  EXPECT_EQ(x.serve(pause - 1ns), numbers{});
  EXPECT_EQ(x.serve(pause), numbers{0});
}

TEST(scheduler, a_refusal_of_the_same_congestion_changes_nothing) {
  scene x(1, 3);
  const ticket one = x.go(0s), two = x.go(500ms);
  const duration first = x.s.refused(one, 1s, no_hint, {}, 0);
  const double rate = x.s.control().rate();
  // Sent before the reaction at 1 s: the same news.
  EXPECT_EQ(x.s.refused(two, 1s, 30s, {}, 0), first);
  EXPECT_EQ(x.s.control().rate(), rate);
  EXPECT_EQ(x.s.in_flight(), 0u);
}

TEST(scheduler, repeated_refusals_pause_longer_but_bounded_until_something_passes) {
  scene x(1, 1);
  instant now = 0s;
  duration longest{};
  for (int k = 1; k <= 12; ++k) {
    const duration pause = x.s.refused(x.go(now), now, no_hint, {}, 0.5);
    EXPECT_LE(pause, 2min);
    longest = std::max(longest, pause);
    now += pause;
  }
  EXPECT_GE(longest, 30s);
  x.s.accepted(x.go(now), now, {});
  now = x.s.bucket().ready(now);
  EXPECT_LE(x.s.refused(x.go(now), now, no_hint, {}, 0.5), longest / 2);
}

TEST(scheduler, retry_after_is_kept_and_absurd_values_are_bounded) {
  scene x, y;
  EXPECT_GE(x.s.refused(x.go(0s), 0s, 7s, {}, 0), 7s);
  EXPECT_LE(y.s.refused(y.go(0s), 0s, 24h * 365, {}, 0.9), mux::policy::pace::longest_pause + 1s);
}

TEST(scheduler, a_server_that_asks_for_silence_gets_it) {
  scene x(5, 4);
  (void)x.arrive(0s);
  ASSERT_TRUE(x.s.try_enter(0s));
  x.s.pause(0s, 30s);
  EXPECT_FALSE(x.s.commit(1s).has_value());
  EXPECT_FALSE(x.s.try_enter(29s));
  x.s.leave();
  const instant ready = x.s.bucket().ready(1s);
  EXPECT_GE(ready, 30s);
  EXPECT_LE(ready, 30s + 2us);
  EXPECT_EQ(x.arrive(1s).what, verdict::queued);
  EXPECT_EQ(x.s.next_wake(1s), ready);
  EXPECT_EQ(x.s.control().rate(), scene(5, 4).s.control().rate());  // no news of the rate
  x.s.pause(0s, 24h * 365);
  EXPECT_LE(x.s.next_wake(1s), 11min);
  x.s.pause(0s, -5s);
  x.s.pause(0s, duration::min());
}

TEST(scheduler, an_unlimited_class_still_pauses) {
  scene x(pace_settings{no_limit, 0, false});
  for (int i = 0; i < 1000; ++i) x.s.accepted(x.go(0s), 0s, {});
  (void)x.s.refused(x.go(0s), 0s, 3s, {}, 0);
  EXPECT_FALSE(x.s.try_enter(2s));
  x.s.accepted(x.go(4s), 4s, {});
  x.s.pause(4s, 5s);
  EXPECT_FALSE(x.s.try_enter(8s));
  EXPECT_EQ(x.arrive(8s).what, verdict::queued);
  EXPECT_EQ(x.serve(10s), numbers{0});
  EXPECT_EQ(x.s.predicted_wait(10s, 3), 0s);
}

TEST(scheduler, numbers_in_the_answers_do_not_limit_an_unlimited_class) {
  scene x(pace_settings{no_limit, 0, false});
  instant now = 1s;
  for (int i = 0; i < 20; ++i, now += 10ms) {
    ASSERT_TRUE(x.s.try_enter(now));
    x.s.accepted(x.send(now), now, quota{100, i % 3 == 0 ? 0.0 : 50.0});
  }
  EXPECT_FALSE(x.s.headers().trusted());
  EXPECT_EQ(x.arrive(now).what, verdict::admitted);
}

TEST(scheduler, after_a_jump_of_the_clock_the_bucket_is_empty) {
  scene x(1, 5);
  ASSERT_TRUE(x.s.try_enter(100s));
  x.s.discontinuity(100s);
  EXPECT_FALSE(x.s.commit(100s).has_value());
  EXPECT_FALSE(x.s.try_enter(100s));
  const instant ready = x.s.bucket().ready(100s);
  EXPECT_GE(ready, 100s + x.interval);
  EXPECT_LE(ready, 100s + x.interval + 2us);
  x.go(ready);
  EXPECT_FALSE(x.s.try_enter(ready));
}

TEST(scheduler, a_jump_of_the_clock_forgets_what_the_answers_said) {
  scene x(5, 4);
  x.hear(100, 90, 1s);
  ASSERT_TRUE(x.s.headers().trusted());
  x.s.discontinuity(2s);
  EXPECT_FALSE(x.s.headers().trusted());
  EXPECT_EQ(x.s.bucket().burst(), 4);
  EXPECT_FALSE(x.s.crowded());
  EXPECT_FALSE(x.s.try_enter(2s));
}

TEST(scheduler, releases_everybody_at_the_end) {
  scene x;
  x.go(0s);
  for (std::size_t i = 0; i < 8; ++i)
    (void)x.s.arrive(x.call(static_cast<std::uint8_t>(i % 4), i % 3, 1h), 0s);
  numbers all = x.named(x.s.release_all());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (numbers{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(x.s.size(), 0u);
  EXPECT_EQ(x.s.next_wake(0s), never);
  EXPECT_FALSE(x.s.crowded());
  const turn t = x.s.poll(2h);
  EXPECT_TRUE(t.expired.empty());
}

TEST(scheduler, counts_what_is_under_way) {
  scene x(1, 5);
  const ticket a = x.go(0s), b = x.go(0s);
  x.go(0s);
  EXPECT_EQ(x.s.in_flight(), 3u);
  x.s.accepted(a, 1s, {});
  (void)x.s.refused(b, 1s, no_hint, {}, 0);
  x.s.unanswered();
  EXPECT_EQ(x.s.in_flight(), 0u);
  EXPECT_EQ(x.s.bucket().turns(), 0u);
}

TEST(scheduler, a_ticket_says_how_far_ahead_of_the_rate_a_request_left) {
  scene x(1, 3);
  EXPECT_DOUBLE_EQ(x.go(10s).excess, 1);
  EXPECT_DOUBLE_EQ(x.go(10s).excess, 2);
  EXPECT_DOUBLE_EQ(x.go(10500ms).excess, 2.5);
  EXPECT_DOUBLE_EQ(x.go(100s).excess, 1);
}

TEST(scheduler, the_share_of_the_rate_falls_with_a_refusal_and_comes_back_with_successes) {
  scene x(5, 4);
  instant now = 1s;
  const auto pass = [&](int count) {
    for (int i = 0; i < count; ++i) {
      now = x.s.bucket().ready(now);
      x.s.accepted(x.go(now), now + 10ms, {});
    }
  };
  pass(50);
  const double before = x.s.control().rate();
  now += 1min;  // so that this one is not at the edge of the burst
  (void)x.s.refused(x.go(now), now + 10ms, no_hint, {}, 0);
  EXPECT_LT(x.s.control().rate(), 0.9 * before);
  EXPECT_GT(x.s.bucket().interval(), x.interval);
  now += 1min;
  pass(2000);
  EXPECT_DOUBLE_EQ(x.s.control().rate(), before);
  EXPECT_EQ(x.s.bucket().interval(), x.interval);
}

TEST(scheduler, discovery_sends_one_at_a_time_and_ends_with_the_first_refusal) {
  scene x(pace_settings{5, 0, true});
  EXPECT_FALSE(x.s.try_enter(0s));  // each entry needs a closer look
  instant now = 0s;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(x.arrive(now).what, verdict::admitted);
    ASSERT_EQ(x.s.arrive(x.call(), now, true).what, verdict::queued);  // while one has a turn
    EXPECT_EQ(x.s.next_wake(now), never);
    const ticket sent = x.send(now);
    EXPECT_EQ(x.s.next_wake(now), never);  // and while one is under way
    EXPECT_TRUE(x.s.poll(now).granted.empty());
    ASSERT_TRUE(x.s.cancel(x.calls.back()));
    now += 5ms;
    x.s.accepted(sent, now, {});
  }
  ASSERT_EQ(x.arrive(now).what, verdict::admitted);
  const ticket last = x.send(now);
  EXPECT_GT(last.excess, 20);
  const duration pause = x.s.refused(last, now + 5ms, no_hint, {}, 0);
  EXPECT_FALSE(x.s.control().discovering());
  const int burst = x.s.bucket().burst();
  EXPECT_GE(burst, 15);
  EXPECT_LE(burst, 20);  // what passed, and no more
  now += 5ms + pause;
  x.s.accepted(x.go(now), now, {});  // the way around the lock is open again
  now += 1min;
  int sent = 0;
  while (x.s.try_enter(now)) x.send(now), ++sent;
  EXPECT_EQ(sent, burst);
}

TEST(scheduler, discovery_goes_on_as_fast_as_answers_come_after_a_pause) {
  scene x(pace_settings{1, 0, true});
  x.s.pause(0s, 5s);
  EXPECT_EQ(x.arrive(0s).what, verdict::queued);
  instant now = x.s.next_wake(0s);
  EXPECT_GE(now, 5s);
  EXPECT_EQ(x.serve(now), numbers{0});
  for (int i = 0; i < 10; ++i) {
    now += 10ms;
    ASSERT_EQ(x.arrive(now).what, verdict::admitted) << i;
    x.s.accepted(x.send(now), now, {});
  }
}

TEST(scheduler, numbers_that_can_be_trusted_close_the_gate_and_open_the_servers_burst) {
  scene x(5, 4);
  instant now = 1s;
  x.hear(100, 99, now);
  EXPECT_TRUE(x.s.crowded());
  EXPECT_FALSE(x.s.try_enter(now));
  EXPECT_GT(x.s.bucket().burst(), 90);
  // Never more than the server's bucket and its rate allow.
  now += 1min;
  int sent = 0;
  const instant start = now;
  while (now < start + 10s) {
    if (x.arrive(now).what == verdict::admitted) {
      x.s.accepted(x.send(now), now,
                   quota{100, 99.0 - ++sent + 5 * std::chrono::duration<double>(now - start).count()});
      continue;
    }
    (void)x.s.cancel(x.calls.back());
    now += 5ms;
  }
  EXPECT_GT(sent, 90);
  EXPECT_LE(sent, 100 + 50);
}

TEST(scheduler, the_servers_own_word_fills_the_bucket) {
  scene x(1, 4);
  x.hear(100, 80, 1s);
  EXPECT_GT(x.s.bucket().tokens(1s), 75);
  EXPECT_LE(x.s.bucket().tokens(1s), 80);
}

TEST(scheduler, what_went_out_lately_counts_whatever_the_server_says) {
  scene x(1, 60);
  for (int i = 0; i < 50; ++i) x.s.accepted(x.go(1s), 1s, {});
  x.hear(100, 100, 1s);
  EXPECT_LE(x.s.bucket().tokens(1s), 50);
}

TEST(scheduler, the_servers_numbers_end_no_pause) {
  scene x(5, 4);
  const ticket early = x.go(1s);
  x.s.pause(1s, 30s);
  x.s.accepted(early, 2s, quota{100, 99});
  ASSERT_TRUE(x.s.headers().trusted());
  EXPECT_EQ(x.arrive(20s).what, verdict::queued);
  EXPECT_GE(x.s.next_wake(20s), 31s);

  scene other(5, 4), y(5, 4);
  const ticket before = y.go(1s);
  other.s.pause(1s, 30s);
  y.s.restore(other.s.state(), 2s);
  y.s.accepted(before, 2s, quota{100, 99});
  EXPECT_EQ(y.arrive(20s).what, verdict::queued);
  EXPECT_GE(y.s.next_wake(20s), 31s);
}

TEST(scheduler, the_requests_of_a_burst_leave_one_after_the_other) {
  scene x(5, 4);
  x.hear(100, 99, 1s);
  const instant now = 1min;
  for (int i = 0; i < 10; ++i) (void)x.s.arrive(x.call(), now, false);
  EXPECT_EQ(x.named(x.s.poll(now).granted), numbers{0});
  const instant next = x.s.next_wake(now);
  EXPECT_GT(next, now);
  EXPECT_LE(next, now + 100ms);
  EXPECT_EQ(x.named(x.s.poll(next).granted), numbers{1});
}

TEST(scheduler, with_an_empty_bucket_at_the_server_the_client_waits) {
  scene x(5, 4);
  x.hear(100, 99, 1s);
  ASSERT_EQ(x.arrive(2s).what, verdict::admitted);
  x.s.accepted(x.send(2s), 2s, quota{100, 0});  // others are there
  EXPECT_EQ(x.arrive(2s).what, verdict::queued);
  const instant next = x.s.next_wake(2s);
  EXPECT_GT(next, 2s + x.interval);
  EXPECT_LT(next, 1min);
  EXPECT_EQ(x.named(x.s.poll(next).granted).size(), 1u);
}

TEST(scheduler, other_settings_forget_what_was_learnt_but_not_what_was_sent) {
  scene x(1, 4);
  for (int i = 0; i < 3; ++i) x.go(10s);
  (void)x.s.refused(x.go(10s), 10s, no_hint, {}, 0);
  x.s.reconfigure({5, 9, false}, 10s);
  EXPECT_GT(x.s.control().rate(), 4.9);
  EXPECT_EQ(x.s.bucket().burst(), 8);
  EXPECT_FALSE(x.s.try_enter(10s));  // the pause stands
  instant now = x.s.bucket().ready(10s);
  EXPECT_GE(now, 11s);
  x.go(now);
  EXPECT_FALSE(x.s.try_enter(now));
  now += 1s;
  int sent = 0;
  while (x.s.try_enter(now)) x.send(now), ++sent;
  EXPECT_EQ(sent, 4);
  x.s.reconfigure({no_limit, 0, false}, now);
  EXPECT_TRUE(x.s.bucket().unlimited());
  x.s.reconfigure({1, 3, false}, now);
  EXPECT_EQ(x.s.bucket().burst(), 2);
}

TEST(scheduler, other_settings_speed_a_waiting_queue_up) {
  scene x(0.01, 1);
  x.go(0s);
  x.s.accepted(ticket{}, 0s, {});
  for (int i = 0; i < 3; ++i) (void)x.arrive(0s);
  x.s.reconfigure({10, 2, false}, 50s);
  EXPECT_LE(x.s.next_wake(50s), 101s);
  (void)x.serve(101s);
  EXPECT_LE(x.s.next_wake(101s), 102s);
}

TEST(scheduler, another_process_goes_on_where_this_one_stopped) {
  scene one(5, 4), two(5, 4);
  for (int i = 0; i < 3; ++i) one.s.accepted(one.go(100s), 100s, {});
  two.s.restore(one.s.state(), 100s);
  EXPECT_NEAR(two.s.bucket().tokens(100s), 1, 1e-3);
  EXPECT_DOUBLE_EQ(two.go(100s).excess, 4);
  one.s.restore(two.s.state(), 100s);
  EXPECT_FALSE(one.s.try_enter(100s));
  (void)one.s.refused(ticket{100s, 4}, 101s, 20s, {}, 0);
  two.s.restore(one.s.state(), 102s);
  EXPECT_FALSE(two.s.try_enter(119s));
  EXPECT_EQ(two.s.control().rate(), one.s.control().rate());
  EXPECT_EQ(two.s.bucket().burst(), one.s.bucket().burst());
}

TEST(scheduler, a_process_that_hears_no_numbers_does_not_pay_for_the_burst_of_one_that_did) {
  scene one(1, 4), two(1, 4);
  one.hear(1000, 999, 1s);
  instant now = 10min;
  for (int i = 0; i < 300; ++i, now += 35ms) {
    ASSERT_EQ(one.arrive(now).what, verdict::admitted);
    one.s.accepted(one.send(now), now, quota{1000, 998.0 - i});
  }
  ASSERT_GT(one.s.bucket().tokens(now), 4);
  two.s.restore(one.s.state(), now);
  EXPECT_NEAR(two.s.bucket().tokens(now), 4, 1e-3);  // there are that many, and more
  EXPECT_EQ(two.s.bucket().burst(), 4);

  one.s.pause(now, 5s);
  two.s.restore(one.s.state(), now);
  EXPECT_FALSE(two.s.try_enter(now + 4s));
  EXPECT_LE(two.s.bucket().ready(now), now + 6s);
}

TEST(scheduler, a_state_stored_a_moment_later_than_ones_own_clock_reads_is_believed) {
  scene one(5, 4), two(5, 4);
  for (int i = 0; i < 10; ++i) one.s.accepted(one.go(i * 1s), i * 1s, {});
  (void)one.s.refused(one.go(10s), 10s, 20s, {}, 0);
  two.s.restore(one.s.state(), 10s - 3ms);  // read the clock, then waited for its turn at the file
  EXPECT_EQ(two.s.control().rate(), one.s.control().rate());
  EXPECT_EQ(two.s.bucket().burst(), one.s.bucket().burst());
  EXPECT_FALSE(two.s.try_enter(29s));
}

TEST(scheduler, a_state_that_never_was_stored_is_a_full_bucket) {
  scene x(5, 4);
  x.s.restore(limit_state{}, 100s);
  EXPECT_DOUBLE_EQ(x.s.bucket().tokens(100s), 4);
  EXPECT_EQ(x.s.control().rate(), scene(5, 4).s.control().rate());
}

TEST(scheduler, what_was_learnt_and_sent_under_other_settings_counts_too) {
  scene one(5, 4), two(1, 2);
  for (int i = 0; i < 4; ++i) one.go(100s);
  (void)one.s.refused(ticket{100s, 1}, 100s, no_hint, {}, 0);
  two.s.restore(one.s.state(), 100s);
  EXPECT_DOUBLE_EQ(two.s.control().rate(), one.s.control().rate() / 5) << "the same share";
  EXPECT_EQ(two.s.bucket().burst(), 2);
  EXPECT_FALSE(two.s.try_enter(100s));
  const limit_state back = two.s.state();
  one.s.restore(back, 100s);
  EXPECT_LT(one.s.control().rate(), 4.5) << "and it comes back unharmed";
}

TEST(scheduler, after_long_idleness_the_share_is_forgotten_and_the_burst_is_not) {
  scene one(5, 4), two(5, 4);
  instant now = 100s;
  for (int i = 0; i < 3; ++i) one.s.accepted(one.go(now), now, {});
  now += 10s;
  (void)one.s.refused(one.go(now), now, no_hint, {}, 0);
  ASSERT_LT(one.s.control().rate(), 4.5);
  two.s.restore(one.s.state(), now + 1min);
  EXPECT_EQ(two.s.control().rate(), one.s.control().rate());
  two.s.restore(one.s.state(), now + 10h);
  EXPECT_EQ(two.s.control().rate(), scene(5, 4).s.control().rate());
  EXPECT_EQ(two.s.bucket().burst(), one.s.bucket().burst());
}

TEST(scheduler, after_a_reboot_what_was_sent_is_forgotten_and_the_burst_is_not) {
  scene one(pace_settings{5, 0, false}), two(pace_settings{5, 0, false});
  ticket last;
  for (int i = 0; i < 2; ++i) {
    last = one.go(1000h);
    one.s.accepted(last, 1000h, {});
  }
  (void)one.s.refused(one.go(1000h), 1000h, no_hint, {}, 0);  // at the very edge of what is allowed
  ASSERT_LT(one.s.bucket().burst(), 3);
  two.s.restore(mux::policy::after_reboot(one.s.state()), 30s);
  EXPECT_EQ(two.s.bucket().burst(), one.s.bucket().burst());
  EXPECT_DOUBLE_EQ(two.s.bucket().tokens(30s), two.s.bucket().burst());
}

TEST(scheduler, damaged_state_counts_as_an_empty_bucket_and_nothing_learnt) {
  const instant now = 1h;
  scene sound(5, 4);
  (void)sound.s.refused(sound.go(now - 1s), now - 1s, no_hint, {}, 0);
  const auto with = [&](auto change) {
    limit_state s = sound.s.state();
    change(s);
    scene x(5, 4);
    x.s.restore(s, now);
    EXPECT_FALSE(x.s.try_enter(now));
    EXPECT_LE(x.s.bucket().ready(now), now + 1s);
    EXPECT_EQ(x.s.control().rate(), scene(5, 4).s.control().rate());
    EXPECT_EQ(x.s.bucket().burst(), 4);
  };
  with([](limit_state& s) { s.arrival = 100h; });  // no pause reaches that far
  with([](limit_state& s) { s.arrival = instant::max(); });
  with([](limit_state& s) { s.learnt.reaction = 100h; });
  with([](limit_state& s) { s.learnt.recent_at = instant::max(); });
  with([](limit_state& s) { s.interval = -1s; });
  with([](limit_state& s) { s.interval = 0s; });
  with([](limit_state& s) { s.burst = -3; });
}

TEST(scheduler, any_bytes_for_a_state_are_survived) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    std::mt19937_64 random(seed);
    scene x(5, 4);
    limit_state s = x.s.state();
    std::array<unsigned char, sizeof(limit_state)> bytes;
    std::memcpy(bytes.data(), &s, sizeof(s));
    for (std::uint64_t i = random() % 40; i > 0; --i)
      bytes[random() % bytes.size()] = static_cast<unsigned char>(random());
    std::memcpy(&s, bytes.data(), sizeof(s));
    const instant now = 1000s;
    x.s.restore(s, now);
    ASSERT_GE(x.s.bucket().burst(), 1);
    ASSERT_GT(x.s.control().rate(), 0);
    ASSERT_LE(x.s.control().rate(), 5);
    ASSERT_LE(x.s.bucket().ready(now), now + 1h) << "seed " << seed;
    instant at = x.s.bucket().ready(now);
    (void)x.s.refused(x.go(at), at, no_hint, {}, 0.5);
    at = x.s.bucket().ready(at);
    x.s.accepted(x.go(at), at, {});
    ASSERT_LE(x.s.bucket().ready(at), at + 1h);
  }
}

TEST(scheduler, the_slowest_and_the_fastest_rates_overflow_nothing) {
  for (const double rate : {1e-9, 1e-6, 1e-3, 1e6, 1e9})
    for (const bool discover : {false, true}) {
      scene x(pace_settings{rate, 0, discover});
      ASSERT_EQ(x.arrive(1h).what, verdict::admitted);
      x.s.accepted(x.send(1h), 1h, quota{100, 50});
      x.s.restore(x.s.state(), 1h);
      x.s.discontinuity(1h);
      (void)x.arrive(1h);
      EXPECT_GE(x.s.next_wake(1h), 1h);
      x.s.reconfigure({1 / rate, 5, discover}, 2h);
      EXPECT_GE(x.s.predicted_wait(2h, 3), 0s);
    }
}

}  // namespace
