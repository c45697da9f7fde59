#include "policy/token_bucket.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::token_bucket;

TEST(token_bucket, starts_full_and_then_keeps_the_rate) {
  token_bucket bucket(1, 3);
  const instant start = 100s;
  EXPECT_TRUE(bucket.try_take(start));
  EXPECT_TRUE(bucket.try_take(start));
  EXPECT_TRUE(bucket.try_take(start));
  EXPECT_FALSE(bucket.try_take(start));
  EXPECT_EQ(bucket.ready(start), start + 1s);
  EXPECT_FALSE(bucket.try_take(start + 1s - 1ns));
  EXPECT_TRUE(bucket.try_take(start + 1s));
  EXPECT_FALSE(bucket.try_take(start + 1s));
}

TEST(token_bucket, gains_no_more_than_its_burst_while_idle) {
  token_bucket bucket(5, 2);
  EXPECT_TRUE(bucket.try_take(0s));
  const instant late = 1h;
  EXPECT_DOUBLE_EQ(bucket.tokens(late), 2);
  EXPECT_TRUE(bucket.try_take(late));
  EXPECT_TRUE(bucket.try_take(late));
  EXPECT_FALSE(bucket.try_take(late));
}

TEST(token_bucket, interval_is_rounded_up_so_that_the_rate_is_never_exceeded) {
  EXPECT_EQ(token_bucket(3, 1).interval(), duration(333333334));
  EXPECT_EQ(token_bucket(1e6, 1).interval(), duration(1000));
}

TEST(token_bucket, predicts_when_the_nth_token_comes) {
  token_bucket bucket(1, 3);
  EXPECT_EQ(bucket.ready(0s, 3), 0s);
  EXPECT_EQ(bucket.ready(0s, 4), 1s);
  EXPECT_EQ(bucket.ready(0s, 10), 7s);
  EXPECT_TRUE(bucket.try_take(0s));
  EXPECT_EQ(bucket.ready(0s, 3), 1s);
  EXPECT_EQ(bucket.ready(0s, 0), 0s);
}

TEST(token_bucket, a_token_given_back_can_be_taken_again_but_never_twice) {
  token_bucket bucket(1, 2);
  EXPECT_TRUE(bucket.try_take(10s));
  EXPECT_TRUE(bucket.try_take(10s));
  bucket.give_back(10s);
  EXPECT_TRUE(bucket.try_take(10s));
  EXPECT_FALSE(bucket.try_take(10s));
  bucket.give_back(50s);  // long regained
  EXPECT_DOUBLE_EQ(bucket.tokens(50s), 2);
}

TEST(token_bucket, drained_it_has_exactly_one_token_at_the_given_moment) {
  token_bucket bucket(1, 5);
  bucket.drain(20s);
  EXPECT_FALSE(bucket.try_take(20s - 1ns));
  EXPECT_TRUE(bucket.try_take(20s));
  EXPECT_FALSE(bucket.try_take(20s));
  EXPECT_TRUE(bucket.try_take(21s));
}

TEST(token_bucket, unlimited_always_has_tokens) {
  token_bucket bucket(std::numeric_limits<double>::infinity(), 1);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bucket.try_take(5s));
  EXPECT_TRUE(bucket.unlimited());
}

TEST(token_bucket, unlimited_still_pauses_when_drained) {
  token_bucket bucket(std::numeric_limits<double>::infinity(), 1);
  bucket.drain(7s);
  EXPECT_FALSE(bucket.try_take(6s));
  EXPECT_TRUE(bucket.try_take(7s));
}

TEST(token_bucket, restored_state_counts_and_damage_counts_as_empty) {
  token_bucket bucket(1, 3);
  bucket.restore({instant(102s), instant(0s)}, 100s, 60s);  // two tokens owed
  EXPECT_DOUBLE_EQ(bucket.tokens(100s), 1);
  bucket.restore({instant(100h), instant(0s)}, 100s, 60s);  // no pause reaches that far
  EXPECT_FALSE(bucket.try_take(100s));
  EXPECT_LE(bucket.ready(100s), instant(102s));
}

TEST(token_bucket, a_token_given_back_does_not_shorten_a_pause) {
  token_bucket bucket(1, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(0s));
  bucket.drain(30s);
  bucket.give_back(1s);
  bucket.give_back(1s);
  EXPECT_EQ(bucket.ready(1s), 30s);
}

TEST(token_bucket, tokens_that_waited_for_a_connection_do_not_leave_in_one_burst) {
  token_bucket bucket(5, 3);
  instant now = 0s;
  int taken = 0;
  for (; now < 30s; now += 10ms) taken += bucket.try_take(now) ? 1 : 0;
  EXPECT_GT(taken, 150);
  // The connection comes back: each gives its token back, takes one again and leaves, if it may.
  int left = 0;
  for (int i = 0; i < taken; ++i) {
    bucket.give_back(now);
    if (bucket.try_take(now)) {
      bucket.use(now);
      ++left;
    }
  }
  EXPECT_LE(left, 3);
}

TEST(token_bucket, what_was_sent_and_a_pause_outlive_a_state_stored_before_them) {
  token_bucket bucket(1, 1);
  const auto stored = bucket.state();
  bucket.drain(20s);
  bucket.restore(stored, 1s, 60s);
  EXPECT_EQ(bucket.ready(1s), 20s);
  token_bucket other(1, 1);
  EXPECT_TRUE(other.try_take(5s));
  other.use(5s);
  other.restore(stored, 5s, 60s);
  EXPECT_FALSE(other.try_take(5s));
}

TEST(token_bucket, using_tokens_at_once_changes_nothing) {
  token_bucket one(3, 4), two(3, 4);
  instant now = 7s;
  for (int i = 0; i < 500; ++i, now += 50ms) {
    const bool taken = one.try_take(now);
    ASSERT_EQ(taken, two.try_take(now));
    if (taken) two.use(now);
  }
}

// The promise of the whole limiter: no window of any length holds more than burst + rate·length grants.
TEST(token_bucket, no_window_ever_holds_more_than_burst_plus_rate_times_length) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const double rate = std::uniform_real_distribution<double>(0.5, 20)(random);
    const int burst = std::uniform_int_distribution<int>(1, 10)(random);
    token_bucket bucket(rate, burst);
    std::vector<instant> grants;
    instant now{};
    for (int i = 0; i < 2000; ++i) {
      now += duration(std::uniform_int_distribution<std::int64_t>(0, 300'000'000)(random));
      if (bucket.try_take(now)) grants.push_back(now);
      if (i % 97 == 0 && bucket.try_take(now)) bucket.give_back(now);
    }
    for (std::size_t a = 0; a < grants.size(); ++a)
      for (std::size_t b = a; b < std::min(grants.size(), a + 200); ++b) {
        const double length = std::chrono::duration<double>(grants[b] - grants[a]).count();
        ASSERT_LE(static_cast<double>(b - a + 1), burst + rate * length + 1e-6);
      }
  }
}

}  // namespace
