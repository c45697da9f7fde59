#include "policy/token_bucket.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::never;
using mux::policy::token_bucket;

constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr duration tick(1024);

/// One second in whole ticks.
constexpr duration second = 976'563 * tick;

/// A rate whose tokens come every `n` ticks exactly.
double every_ticks(double n) {
  return 1e9 / (n * 1024);
}

/// Both steps at once.
bool send(token_bucket& bucket, instant now) {
  return bucket.try_enter(now) && bucket.commit(now);
}

TEST(token_bucket, starts_full_and_then_keeps_the_rate) {
  token_bucket bucket(1, 3);
  const instant start = 100'000 * second;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(bucket, start));
  EXPECT_FALSE(send(bucket, start));
  EXPECT_EQ(bucket.ready(start), start + second);
  EXPECT_FALSE(send(bucket, start + second - 1ns));
  EXPECT_TRUE(send(bucket, start + second));
  EXPECT_FALSE(send(bucket, start + second));
}

TEST(token_bucket, gains_no_more_than_its_burst_while_idle) {
  token_bucket bucket(5, 2);
  EXPECT_TRUE(send(bucket, 0s));
  EXPECT_DOUBLE_EQ(bucket.tokens(1h), 2);
  EXPECT_TRUE(send(bucket, 1h));
  EXPECT_TRUE(send(bucket, 1h));
  EXPECT_FALSE(send(bucket, 1h));
}

TEST(token_bucket, the_interval_is_the_next_whole_tick) {
  EXPECT_EQ(token_bucket(1, 1).interval(), second);
  EXPECT_EQ(token_bucket(every_ticks(7), 1).interval(), 7 * tick);
  EXPECT_EQ(token_bucket(every_ticks(6.01), 1).interval(), 7 * tick);
  EXPECT_EQ(token_bucket(1e6, 1).interval(), tick);
  for (const double rate : {0.001, 0.3, 3.0, 4.995, 1000.0, 77'777.0})
    EXPECT_GE(static_cast<double>(token_bucket(rate, 1).interval().count()) * (1 + 1e-11), 1e9 / rate)
        << rate;
}

TEST(token_bucket, rounding_never_adds_up_above_the_rate) {
  for (const double rate : {3.0, 0.999 * 5, 7.7, 999.9, 300'000.0}) {
    SCOPED_TRACE(rate);
    token_bucket bucket(rate, 4);
    instant now = 12'345ns;
    const instant start = now;
    const int count = 20'000;
    for (int i = 0; i < count; ++i) {
      now = bucket.ready(now);
      ASSERT_TRUE(send(bucket, now));
    }
    const double length = std::chrono::duration<double>(now - start + tick).count();
    EXPECT_LE(count, 4 + rate * length);
  }
}

TEST(token_bucket, a_turn_held_for_long_costs_nothing_of_the_rate) {
  token_bucket bucket(1, 2);
  ASSERT_TRUE(bucket.try_enter(0s));
  EXPECT_DOUBLE_EQ(bucket.tokens(0s), 2);  // nothing is spent yet
  // One turn is held over an hour; what it leaves goes its way at the full rate.
  int sent = 0;
  for (instant now = 0s; now < 3600 * second; now += second) sent += send(bucket, now) ? 1 : 0;
  EXPECT_EQ(sent, 3600);
  EXPECT_TRUE(bucket.commit(3600 * second));
  EXPECT_EQ(bucket.turns(), 0u);
}

TEST(token_bucket, a_token_is_kept_for_every_turn) {
  token_bucket bucket(1, 3);
  ASSERT_TRUE(bucket.try_enter(0s));
  ASSERT_TRUE(bucket.try_enter(0s));
  ASSERT_TRUE(bucket.try_enter(0s));
  EXPECT_FALSE(bucket.try_enter(0s));
  EXPECT_EQ(bucket.turns(), 3u);
  // However long they wait, no fourth comes in between, and all three may leave at once.
  EXPECT_FALSE(bucket.try_enter(24h));
  EXPECT_EQ(bucket.ready(24h), never);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.commit(24h));
  EXPECT_FALSE(bucket.try_enter(24h));
}

TEST(token_bucket, a_turn_given_back_leaves_no_trace) {
  token_bucket bucket(1, 1);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(bucket.try_enter(5s));
    ASSERT_FALSE(bucket.try_enter(5s));
    bucket.leave();
  }
  EXPECT_EQ(bucket.turns(), 0u);
  EXPECT_TRUE(send(bucket, 5s));
}

TEST(token_bucket, turns_that_were_held_up_do_not_leave_in_one_burst) {
  token_bucket bucket(5, 3);
  // A connection is lost for half a minute: whoever gets a turn holds it until it is back.
  std::size_t held = 0;
  instant now = 0s;
  for (; now < 30s; now += 10ms) held += bucket.try_enter(now) ? 1 : 0;
  std::size_t left = 0;
  for (std::size_t i = 0; i < held; ++i) left += bucket.commit(now) ? 1 : 0;
  EXPECT_EQ(held, 3u);
  EXPECT_EQ(left, 3u);
}

TEST(token_bucket, predicts_when_the_nth_request_can_have_left) {
  token_bucket bucket(1, 3);
  EXPECT_EQ(bucket.ready(0s, 0), 0s);
  EXPECT_EQ(bucket.ready(0s, 3), 0s);
  EXPECT_EQ(bucket.ready(0s, 4), second);
  EXPECT_EQ(bucket.ready(0s, 10), 7 * second);
  ASSERT_TRUE(bucket.try_enter(0s));
  EXPECT_EQ(bucket.ready(0s, 3), second);  // behind the one that has a turn
  ASSERT_TRUE(bucket.commit(0s));
  EXPECT_EQ(bucket.ready(0s, 3), second);
  EXPECT_EQ(bucket.ready(0s, std::numeric_limits<std::size_t>::max()), never);
}

TEST(token_bucket, the_prediction_comes_true_to_the_tick) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    token_bucket bucket(std::uniform_real_distribution<double>(0.1, 50)(random),
                        1 + static_cast<int>(random() % 6));
    instant now(static_cast<std::int64_t>(random() % 10'000'000'000));
    for (std::uint64_t i = random() % 5; i > 0; --i) (void)send(bucket, now);
    const std::size_t n = 1 + random() % 20;
    const instant predicted = bucket.ready(now, n);
    for (std::size_t i = 0; i < n; ++i) {
      now = bucket.ready(now);
      ASSERT_TRUE(send(bucket, now));
    }
    ASSERT_EQ(now, predicted);
  }
}

TEST(token_bucket, nobody_enters_through_a_closed_gate_but_by_the_owners_door) {
  token_bucket bucket(1, 3);
  EXPECT_TRUE(bucket.gate_open());
  bucket.set_gate(false);
  EXPECT_FALSE(bucket.gate_open());
  EXPECT_FALSE(bucket.try_enter(0s));
  EXPECT_TRUE(bucket.enter(0s));
  EXPECT_TRUE(bucket.commit(0s));
  bucket.set_gate(true);
  EXPECT_TRUE(bucket.try_enter(0s));
  // Neither commits nor drains move the gate.
  bucket.set_gate(false);
  EXPECT_TRUE(bucket.commit(0s));
  bucket.drain(5s);
  bucket.configure(2, 2, 1s);
  bucket.restore(1, 1, 0s);
  EXPECT_FALSE(bucket.gate_open());
}

TEST(token_bucket, drained_it_has_exactly_one_token_at_the_given_moment) {
  for (const int burst : {1, 5, 32'767}) {
    token_bucket bucket(1, burst);
    const instant until = 20 * second;
    bucket.drain(until);
    EXPECT_EQ(bucket.ready(0s), until);
    EXPECT_FALSE(send(bucket, until - 1ns));
    EXPECT_TRUE(send(bucket, until));
    EXPECT_FALSE(send(bucket, until));
    EXPECT_TRUE(send(bucket, until + second));
  }
}

TEST(token_bucket, a_drain_never_shortens_an_earlier_one) {
  token_bucket bucket(1, 2);
  bucket.drain(60 * second);
  bucket.drain(10 * second);
  EXPECT_EQ(bucket.ready(0s), 60 * second);
}

TEST(token_bucket, a_drain_between_the_steps_makes_commit_refuse_and_ends_the_turn) {
  token_bucket bucket(1, 2);
  ASSERT_TRUE(bucket.try_enter(0s));
  ASSERT_TRUE(bucket.try_enter(0s));
  bucket.drain(10 * second);
  EXPECT_FALSE(bucket.commit(1s));
  EXPECT_EQ(bucket.turns(), 1u);
  EXPECT_TRUE(bucket.commit(10 * second));  // the other one waited so long
  EXPECT_EQ(bucket.turns(), 0u);
  EXPECT_EQ(bucket.ready(10 * second), 11 * second);
}

TEST(token_bucket, other_terms_keep_the_tokens_as_far_as_they_fit) {
  token_bucket bucket(1, 10);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(send(bucket, 100s));
  bucket.configure(5, 10, 100s);
  EXPECT_NEAR(bucket.tokens(100s), 6, 1e-4);
  bucket.configure(2, 20, 100s);  // more room is not more tokens
  EXPECT_NEAR(bucket.tokens(100s), 6, 1e-4);
  EXPECT_NEAR(bucket.tokens(102s), 10, 1e-4);
  bucket.configure(2, 4, 100s);
  EXPECT_NEAR(bucket.tokens(100s), 4, 1e-4);
  EXPECT_EQ(bucket.burst(), 4);
}

TEST(token_bucket, other_terms_keep_the_end_of_a_pause) {
  token_bucket bucket(1, 5);
  bucket.drain(60 * second);
  for (const auto& [rate, burst] : {std::pair{3.0, 9}, {0.2, 1}, {no_limit, 1}, {0.75, 2}, {100.0, 30'000}}) {
    bucket.configure(rate, burst, 1s);
    EXPECT_EQ(bucket.ready(1s), 60 * second) << rate;
    EXPECT_FALSE(bucket.try_enter(60 * second - 1ns));
  }
  EXPECT_TRUE(send(bucket, 60 * second));
  EXPECT_FALSE(send(bucket, 60 * second));  // one token, whatever the burst
}

TEST(token_bucket, a_smaller_burst_takes_the_token_of_a_turn_back) {
  token_bucket bucket(1, 3);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(bucket.try_enter(0s));
  bucket.configure(1, 1, 0s);
  EXPECT_TRUE(bucket.commit(0s));
  EXPECT_FALSE(bucket.commit(0s));
  EXPECT_FALSE(bucket.commit(0s));
  EXPECT_EQ(bucket.turns(), 0u);
}

TEST(token_bucket, unlimited_always_has_tokens) {
  token_bucket bucket(no_limit, 1);
  EXPECT_TRUE(bucket.unlimited());
  EXPECT_EQ(bucket.interval(), 0ns);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(send(bucket, 5s));
  EXPECT_EQ(bucket.ready(5s, 1'000'000), 5s);
  EXPECT_EQ(bucket.tokens(5s), no_limit);
  EXPECT_FALSE(token_bucket(1e6, 1).unlimited());
}

TEST(token_bucket, unlimited_still_pauses_when_drained) {
  token_bucket bucket(no_limit, 1);
  bucket.drain(7 * second);
  EXPECT_FALSE(send(bucket, 6s));
  EXPECT_EQ(bucket.ready(6s), 7 * second);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(send(bucket, 7 * second));
}

TEST(token_bucket, filled_it_has_as_many_tokens_as_told_and_as_there_is_room_for) {
  token_bucket bucket(1, 10);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(send(bucket, 100s));
  bucket.fill(7, 100s);
  EXPECT_NEAR(bucket.tokens(100s), 7, 1e-4);
  bucket.fill(2.5, 100s);
  EXPECT_NEAR(bucket.tokens(100s), 2.5, 1e-4);
  bucket.fill(1e300, 100s);
  EXPECT_DOUBLE_EQ(bucket.tokens(100s), 10);
  bucket.fill(-5, 100s);
  EXPECT_DOUBLE_EQ(bucket.tokens(100s), 0);
  EXPECT_EQ(bucket.ready(100s), 100s / tick * tick + second);
}

TEST(token_bucket, restored_state_replaces_its_own_but_not_turns_and_gate) {
  token_bucket one(1, 3), two(5, 1);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(send(one, 100s));
  ASSERT_TRUE(two.try_enter(100s));
  two.set_gate(false);
  two.restore(1, 3, one.arrival());
  EXPECT_DOUBLE_EQ(two.tokens(100s), one.tokens(100s));
  EXPECT_EQ(two.interval(), one.interval());
  EXPECT_EQ(two.burst(), 3);
  EXPECT_EQ(two.turns(), 1u);
  EXPECT_FALSE(two.gate_open());
  EXPECT_TRUE(two.commit(100s));
  EXPECT_FALSE(two.enter(100s));
}

TEST(token_bucket, burst_and_turns_have_limits) {
  EXPECT_EQ(token_bucket(1, 0).burst(), 1);
  EXPECT_EQ(token_bucket(1, -5).burst(), 1);
  EXPECT_EQ(token_bucket(1, 1'000'000).burst(), 32'767);
  token_bucket bucket(no_limit, 1);
  for (int i = 0; i < 32'767; ++i) ASSERT_TRUE(bucket.try_enter(1s));
  EXPECT_FALSE(bucket.try_enter(1s));
  EXPECT_FALSE(bucket.enter(1s));
  EXPECT_EQ(bucket.ready(1s), never);
  EXPECT_EQ(bucket.turns(), 32'767u);
  EXPECT_TRUE(bucket.gate_open());  // turns do not run into the gate's bit
  EXPECT_TRUE(bucket.commit(1s));
  EXPECT_TRUE(bucket.try_enter(1s));
  for (int i = 0; i < 32'767; ++i) bucket.leave();
  EXPECT_EQ(bucket.turns(), 0u);
}

TEST(token_bucket, a_whole_burst_of_the_largest_size_leaves_at_once) {
  token_bucket bucket(5, 32'767);
  for (int i = 0; i < 32'767; ++i) ASSERT_TRUE(send(bucket, 10s));
  EXPECT_FALSE(send(bucket, 10s));
}

TEST(token_bucket, a_burst_is_no_larger_than_a_pause_can_take_away) {
  for (const double rate : {1e-9, 1e-6, 1e-5, 1e-4, 1e-3}) {
    token_bucket bucket(rate, 32'767);
    bucket.drain(1h);
    EXPECT_GE(bucket.ready(0s), instant(1h)) << rate;
    EXPECT_LE(bucket.ready(0s), instant(1h + tick)) << rate;
  }
}

TEST(token_bucket, far_times_overflow_nothing) {
  const instant years = std::chrono::hours(24 * 365 * 8);
  token_bucket bucket(1, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(bucket, years));
  EXPECT_FALSE(send(bucket, years));
  EXPECT_TRUE(send(bucket, years + second));
  bucket.drain(never);
  EXPECT_FALSE(bucket.try_enter(years + std::chrono::hours(24 * 300)));
  EXPECT_GT(bucket.ready(0s), years);
  token_bucket other(1, 3);
  EXPECT_TRUE(send(other, -1h));  // before the clock's epoch counts as at it
  other.restore(1, 1, never);
  EXPECT_FALSE(other.try_enter(years));
  other.restore(1, 1, -never);
  EXPECT_TRUE(other.try_enter(0s));
}

TEST(token_bucket, a_clock_that_runs_back_never_makes_tokens) {
  token_bucket bucket(1, 2);
  EXPECT_TRUE(send(bucket, 1000s));
  EXPECT_TRUE(send(bucket, 1000s));
  EXPECT_FALSE(send(bucket, 10s));
  EXPECT_FALSE(send(bucket, 1000s));
}

/// No window of whatever length may hold more than burst + rate·length of the moments.
void expect_conforming(const std::vector<instant>& moments, double rate, int burst) {
  for (std::size_t a = 0; a < moments.size(); ++a)
    for (std::size_t b = a; b < moments.size(); ++b) {
      const double length = std::chrono::duration<double>(moments[b] - moments[a] + tick).count();
      ASSERT_LE(static_cast<double>(b - a + 1), burst + rate * length) << a << " to " << b;
    }
}

// The promise of the whole limiter, with requests held up for any time between the two steps.
TEST(token_bucket, commits_conform_whatever_the_delays_between_the_steps) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const double rate = std::uniform_real_distribution<double>(0.5, 20)(random);
    const int burst = std::uniform_int_distribution<int>(1, 10)(random);
    token_bucket bucket(rate, burst);
    std::vector<instant> sent;
    std::size_t held = 0;
    instant now{};
    for (int i = 0; i < 2000; ++i) {
      now += duration(
          static_cast<std::int64_t>(random() % 4 == 0 ? random() % 2'000'000'000 : random() % 90'000'000));
      switch (random() % 4) {
        case 0:
        case 1:
          held += bucket.try_enter(now) ? 1 : 0;
          break;
        case 2:
          for (std::uint64_t n = random() % 5; held > 0 && n > 0; --n, --held) {
            ASSERT_TRUE(bucket.commit(now)) << "a token is kept for a turn";
            sent.push_back(now);
          }
          break;
        default:
          if (held > 0 && random() % 4 == 0) {
            bucket.leave();
            --held;
          }
      }
      ASSERT_EQ(bucket.turns(), held);
      ASSERT_LE(static_cast<double>(held), bucket.tokens(now) + 1e-9);
    }
    EXPECT_GT(sent.size(), 100u);
    expect_conforming(sent, rate, burst);
  }
}

TEST(token_bucket, commits_conform_although_drains_and_new_terms_come_in_between) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    double highest_rate = 2;
    int largest_burst = 3;
    token_bucket bucket(highest_rate, largest_burst);
    std::vector<instant> sent;
    std::size_t held = 0;
    instant now{};
    instant pause{};
    for (int i = 0; i < 2000; ++i) {
      now += duration(static_cast<std::int64_t>(random() % 200'000'000));
      const std::uint64_t what = random() % 100;
      if (what == 0) {
        pause = std::max(pause, now + duration(static_cast<std::int64_t>(random() % 5'000'000'000)));
        bucket.drain(pause);
      } else if (what < 4) {
        const double rate = std::uniform_real_distribution<double>(0.5, 8)(random);
        const int burst = 1 + static_cast<int>(random() % 6);
        highest_rate = std::max(highest_rate, rate);
        largest_burst = std::max(largest_burst, burst);
        bucket.configure(rate, burst, now);
      } else if (what < 50) {
        held += bucket.try_enter(now) ? 1 : 0;
      } else if (held > 0) {
        --held;
        if (bucket.commit(now)) {
          ASSERT_GE(now, pause);
          sent.push_back(now);
        }
      }
      ASSERT_EQ(bucket.turns(), held);
    }
    expect_conforming(sent, highest_rate, largest_burst);
  }
}

}  // namespace
