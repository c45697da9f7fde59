#include "policy/scheduler.hpp"

#include <deque>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::policy::arrival;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::never;
using mux::policy::scheduler;
using mux::policy::turn;
using mux::policy::waiter;
using verdict = arrival::verdict;

/// Everything that one poll released, as indexes into the waiters.
std::vector<std::size_t> granted(turn t, const std::deque<waiter>& all) {
  std::vector<std::size_t> out;
  while (waiter* w = t.granted.pop_front())
    for (std::size_t i = 0; i < all.size(); ++i)
      if (&all[i] == w) out.push_back(i);
  return out;
}

TEST(scheduler, lets_the_burst_go_at_once_and_queues_the_rest) {
  scheduler s(1, 3);
  std::deque<waiter> w(5);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(s.arrive(w[i], 0s).what, verdict::admitted);
  const arrival fourth = s.arrive(w[3], 0s);
  EXPECT_EQ(fourth.what, verdict::queued);
  EXPECT_EQ(fourth.wait, 1s);
  EXPECT_EQ(s.arrive(w[4], 0s).wait, 2s);
  EXPECT_EQ(s.next_wake(0s), instant(1s));
}

TEST(scheduler, serves_first_in_first_out_never_early) {
  scheduler s(1, 1);
  std::deque<waiter> w(4);
  for (auto& one : w) (void)s.arrive(one, 0s);
  EXPECT_TRUE(granted(s.poll(1s - 1ns), w).empty());
  EXPECT_EQ(granted(s.poll(1s), w), std::vector<std::size_t>{1});
  EXPECT_EQ(granted(s.poll(2s), w), std::vector<std::size_t>{2});
  EXPECT_EQ(granted(s.poll(3s), w), std::vector<std::size_t>{3});
  EXPECT_EQ(s.next_wake(3s), never);
}

TEST(scheduler, nobody_overtakes_a_queue) {
  scheduler s(1, 1);
  std::deque<waiter> w(3);
  (void)s.arrive(w[0], 0s);
  (void)s.arrive(w[1], 0s);
  // A token is there, but somebody waits for it.
  EXPECT_EQ(s.arrive(w[2], 1s).what, verdict::queued);
  EXPECT_EQ(granted(s.poll(1s), w), std::vector<std::size_t>{1});
}

TEST(scheduler, refuses_at_once_what_would_come_too_late_and_says_how_long_it_takes) {
  scheduler s(1, 1);
  std::deque<waiter> w(4);
  (void)s.arrive(w[0], 0s);
  (void)s.arrive(w[1], 0s);
  w[2].deadline = 1500ms;
  const arrival a = s.arrive(w[2], 0s);
  EXPECT_EQ(a.what, verdict::refused);
  EXPECT_EQ(a.wait, 2s);
  EXPECT_FALSE(w[2].queued);
  w[3].deadline = 2s;
  EXPECT_EQ(s.arrive(w[3], 0s).what, verdict::queued);
}

TEST(scheduler, expires_a_waiter_when_a_pause_makes_it_late) {
  scheduler s(1, 1);
  std::deque<waiter> w(2);
  (void)s.arrive(w[0], 0s);
  w[1].deadline = 1s;
  ASSERT_EQ(s.arrive(w[1], 0s).what, verdict::queued);
  (void)s.refused(0s, 500ms, 10s, 0);
  EXPECT_EQ(s.next_wake(500ms), instant(1s + 1ns));
  turn t = s.poll(1s + 1ns);
  EXPECT_TRUE(t.granted.empty());
  EXPECT_EQ(t.expired.pop_front(), &w[1]);
  EXPECT_EQ(s.size(), 0u);
}

TEST(scheduler, a_cancelled_waiter_leaves_and_the_rest_moves_up) {
  scheduler s(1, 1);
  std::deque<waiter> w(4);
  for (auto& one : w) (void)s.arrive(one, 0s);
  EXPECT_TRUE(s.cancel(w[1]));
  EXPECT_FALSE(s.cancel(w[1]));
  EXPECT_EQ(granted(s.poll(1s), w), std::vector<std::size_t>{2});
  EXPECT_EQ(granted(s.poll(2s), w), std::vector<std::size_t>{3});
}

TEST(scheduler, a_refused_call_keeps_its_place_at_the_head) {
  scheduler s(1, 1);
  std::deque<waiter> w(3);
  (void)s.arrive(w[0], 0s);
  (void)s.arrive(w[1], 0s);
  (void)s.refused(0s, 100ms, -1s, 0);
  EXPECT_EQ(s.arrive(w[2], 100ms, true).what, verdict::queued);
  EXPECT_EQ(granted(s.poll(10s), w), std::vector<std::size_t>{2});
}

TEST(scheduler, serves_the_bands_eight_to_four_to_two_to_one) {
  scheduler s(1, 1);
  std::deque<waiter> w(1 + 4 * 300);
  (void)s.arrive(w[0], 0s);
  for (std::size_t i = 1; i < w.size(); ++i) {
    w[i].band = static_cast<std::uint8_t>((i - 1) % 4);
    (void)s.arrive(w[i], 0s);
  }
  std::array<int, 4> served{};
  for (int second = 1; second <= 150; ++second)
    for (const std::size_t i : granted(s.poll(std::chrono::seconds(second)), w)) ++served[w[i].band];
  EXPECT_EQ(served, (std::array<int, 4>{80, 40, 20, 10}));
}

TEST(scheduler, predicted_wait_is_an_upper_bound_while_nothing_changes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    scheduler s(2, 1 + static_cast<int>(random() % 4));
    std::deque<waiter> w(200);
    std::vector<duration> predicted(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i].band = static_cast<std::uint8_t>(random() % 4);
      predicted[i] = never;
      // Later arrivals of served bands go first, so only the last one's prediction stands.
      const arrival a = s.arrive(w[i], 0s);
      if (i + 1 == w.size()) predicted[i] = a.wait;
    }
    for (instant now = 0s; s.size() > 0; now = s.next_wake(now))
      for (const std::size_t i : granted(s.poll(now), w)) ASSERT_LE(now, predicted[i]);
  }
}

TEST(scheduler, a_refusal_pauses_and_then_lets_one_through) {
  scheduler s(1, 4);
  std::deque<waiter> w(4);
  const duration pause = s.refused(0s, 0s, -1s, 0.5);
  EXPECT_GE(pause, 1s);
  EXPECT_LE(pause, 1250ms);
  for (auto& one : w) EXPECT_EQ(s.arrive(one, 0s).what, verdict::queued);
  EXPECT_EQ(granted(s.poll(pause), w).size(), 1u);
}

TEST(scheduler, a_refusal_of_the_same_congestion_changes_nothing) {
  scheduler s(1, 1);
  const duration first = s.refused(0s, 1s, -1s, 0);
  // Sent before the reaction at 1 s: the same news.
  EXPECT_EQ(s.refused(500ms, 1s, 30s, 0), first);
}

TEST(scheduler, repeated_refusals_pause_longer_each_time_but_bounded) {
  scheduler s(1, 1);
  instant now = 0s;
  duration before{};
  for (int k = 1; k <= 12; ++k) {
    const duration pause = s.refused(now, now, -1s, 0.5);
    EXPECT_GE(pause, before);
    EXPECT_LE(pause, 76s);
    before = pause;
    now += pause;
  }
  s.accepted();
  EXPECT_LE(s.refused(now, now, -1s, 0.5), 2s);
}

TEST(scheduler, retry_after_is_kept_and_absurd_values_are_bounded) {
  scheduler s(1, 1);
  EXPECT_GE(s.refused(0s, 0s, 7s, 0), 7s);
  scheduler t(1, 1);
  EXPECT_LE(t.refused(0s, 0s, 24h * 365, 0.9), scheduler::longest_pause);
}

TEST(scheduler, releases_everybody_at_the_end) {
  scheduler s(1, 1);
  std::deque<waiter> w(9);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i].band = static_cast<std::uint8_t>(i % 4);
    w[i].deadline = 1h;
    (void)s.arrive(w[i], 0s);
  }
  EXPECT_EQ(s.release_all().size(), 8u);
  EXPECT_EQ(s.size(), 0u);
  EXPECT_EQ(s.next_wake(0s), never);
}

// Any mix of arrivals, cancellations, deadlines and refusals: every waiter ends exactly once, nobody is
// granted early, and no window holds more than the bucket allows.
TEST(scheduler, keeps_its_promises_under_random_use) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const double rate = 5;
    const int burst = 3;
    scheduler s(rate, burst);
    std::deque<waiter> w(400);
    std::vector<int> ends(w.size(), 0);
    std::vector<instant> grants;
    const auto index = [&](const waiter* one) {
      for (std::size_t i = 0; i < w.size(); ++i)
        if (&w[i] == one) return i;
      return w.size();
    };
    instant now = 0s;
    std::size_t next = 0;
    while (next < w.size() || s.size() > 0) {
      now += duration(static_cast<std::int64_t>(random() % 100'000'000));
      if (next < w.size() && random() % 3 != 0) {
        waiter& one = w[next];
        one.band = static_cast<std::uint8_t>(random() % 4);
        if (random() % 4 == 0)
          one.deadline = now + duration(static_cast<std::int64_t>(random() % 20'000'000'000));
        const arrival a = s.arrive(one, now, random() % 10 == 0);
        if (a.what == verdict::admitted) grants.push_back(now);
        if (a.what != verdict::queued) ++ends[next];
        ++next;
      }
      if (next > 0 && random() % 5 == 0) {
        const std::size_t i = random() % next;
        if (s.cancel(w[i])) ++ends[i];
      }
      if (random() % 200 == 0)
        (void)s.refused(now, now, random() % 2 == 0 ? duration(-1) : duration(1s), 0.3);
      turn t = s.poll(now);
      while (waiter* one = t.granted.pop_front()) {
        ++ends[index(one)];
        grants.push_back(now);
      }
      while (waiter* one = t.expired.pop_front()) {
        ++ends[index(one)];
        EXPECT_GT(now, one->deadline);
      }
    }
    for (const int e : ends) ASSERT_EQ(e, 1);
    for (std::size_t a = 0; a < grants.size(); ++a)
      for (std::size_t b = a; b < grants.size(); ++b)
        ASSERT_LE(static_cast<double>(b - a + 1),
                  burst + rate * std::chrono::duration<double>(grants[b] - grants[a]).count() + 1e-6);
  }
}

}  // namespace
