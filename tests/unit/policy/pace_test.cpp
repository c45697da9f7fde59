#include "policy/pace.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::pace;
using mux::policy::pace_settings;
using mux::policy::pace_state;
using mux::policy::ticket;

constexpr duration no_hint = -1ns;

/// A client that sends one request after the other, so far ahead of the rate as it says.
struct client {
  explicit client(const pace_settings& settings) : p(settings, 0.5) {}
  void pass(double excess = 1) {
    now += 1s;
    p.accepted({now - 10ms, excess}, now);
  }
  duration refuse(double excess = 1, duration retry_after = no_hint) {
    now += 1s;
    return p.refused({now - 10ms, excess}, now, retry_after, 0);
  }
  pace p;
  instant now = 1000s;
};

TEST(pace, a_burst_that_is_too_large_shrinks_at_its_edge_and_the_rate_stays) {
  client c({5, 20});
  for (int i = 1; i <= 5; ++i) c.pass(i);
  (void)c.refuse(6);
  EXPECT_EQ(c.p.burst(), 4);
  EXPECT_TRUE(c.p.burst_known());
  EXPECT_GT(c.p.rate(), 4.9);
}

TEST(pace, what_a_refusal_took_of_the_burst_comes_back_in_the_course_of_time) {
  client c({5, 8});
  c.pass(1);
  (void)c.refuse(2);
  ASSERT_EQ(c.p.burst(), 1);
  int successes = 0;
  for (; c.p.burst() < 7 && successes < 100'000; ++successes) c.pass();
  EXPECT_EQ(c.p.burst(), 7);
  EXPECT_GT(successes, 1000) << "each step is a risk, and is not taken lightly";
  for (int i = 0; i < 5'000; ++i) c.pass();
  EXPECT_EQ(c.p.burst(), 7) << "never more than the settings say";
}

TEST(pace, refusals_in_a_row_halve_the_burst_until_it_was_quiet_for_long) {
  client c({5, 33});
  c.pass(32);
  for (int i = 0; i < 4; ++i) (void)c.refuse();
  EXPECT_EQ(c.p.burst(), 4);
  for (int i = 0; i < 100'000 && c.p.burst() < 32; ++i) c.pass();
  EXPECT_EQ(c.p.burst(), 32);
}

TEST(pace, a_bucket_that_was_empty_from_the_start_says_nothing_of_its_size) {
  client c({5, 100});
  (void)c.refuse();
  EXPECT_EQ(c.p.burst(), 99);
  EXPECT_LT(c.p.rate(), 4.5) << "somebody else is there";
  client looking({5, 0, true});
  (void)looking.refuse();
  EXPECT_TRUE(looking.p.discovering());
}

TEST(pace, a_discovery_ends_with_the_first_refusal) {
  client c({1, 0, true});
  EXPECT_TRUE(c.p.discovering());
  for (int i = 1; i <= 10; ++i) c.pass(i - 0.1);
  (void)c.refuse(11);
  EXPECT_FALSE(c.p.discovering());
  EXPECT_EQ(c.p.burst(), 8) << "9.9 passed, one stays in reserve";
  EXPECT_GT(c.p.rate(), 0.99);
}

TEST(pace, a_discovery_that_gets_nowhere_ends_without_a_result) {
  client c({5, 0, true});
  for (int i = 0; i < 25; ++i) c.pass(1);  // answers come more slowly than the rate
  EXPECT_FALSE(c.p.discovering());
  EXPECT_FALSE(c.p.burst_known());
  EXPECT_EQ(c.p.burst(), 3);
}

TEST(pace, a_discovery_without_end_is_ended) {
  client c({1, 0, true});
  for (int i = 1; i < 2000 && c.p.discovering(); ++i) c.pass(i);
  EXPECT_EQ(c.p.burst(), 1000);
}

TEST(pace, the_rate_is_cut_by_a_refusal_and_comes_back_with_successes_not_with_time) {
  client c({5, 4});
  for (int i = 0; i < 3; ++i) c.pass(3);
  c.now += 1h;
  (void)c.refuse(1);
  const double cut = c.p.rate();
  EXPECT_LT(cut, 4.5);
  c.now += 10h;
  c.pass(1);
  EXPECT_LT(c.p.rate(), cut * 1.05);
  for (int i = 0; i < 2000; ++i) c.pass(1);
  EXPECT_GT(c.p.rate(), 4.99);
}

TEST(pace, one_congestion_is_answered_once) {
  client c({5, 4});
  c.pass(3);
  (void)c.refuse(1);
  const double cut = c.p.rate();
  EXPECT_LT(c.p.refused({c.now - 1s, 1}, c.now + 10ms, no_hint, 0), 0ns);
  EXPECT_EQ(c.p.rate(), cut);
}

TEST(pace, pauses_follow_the_server_and_never_end_beyond_ten_minutes) {
  client c({1, 4});
  EXPECT_GE(c.refuse(1, 40s), 40s);
  EXPECT_GE(c.refuse(1, 0s), 1s);
  EXPECT_LE(c.refuse(1, 24h), 10min);
  for (int i = 0; i < 100; ++i) EXPECT_LE(c.refuse(), 10min);
}

TEST(pace, without_a_limit_a_refusal_pauses_and_nothing_else) {
  client c({std::numeric_limits<double>::infinity(), 0, true});
  EXPECT_FALSE(c.p.discovering());
  EXPECT_GE(c.refuse(), 1s);
  EXPECT_TRUE(std::isinf(c.p.rate()));
  c.pass();
  EXPECT_TRUE(std::isinf(c.p.rate()));
}

TEST(pace, what_it_does_not_make_itself_it_does_not_take) {
  client made({5, 4});
  made.pass(3);
  (void)made.refuse(1);
  const auto takes = [&](auto change) {
    pace_state s = made.p.state();
    change(s);
    return pace({5, 4}, 0.5).restore(s, false);
  };
  EXPECT_TRUE(takes([](pace_state&) {}));
  EXPECT_FALSE(takes([](pace_state& s) { s.share = 1e-9; }));
  EXPECT_FALSE(takes([](pace_state& s) { s.share = std::nan(""); }));
  EXPECT_FALSE(takes([](pace_state& s) { s.anchor = 2; }));
  EXPECT_FALSE(takes([](pace_state& s) { s.episodes = std::numeric_limits<int>::max(); }));
  EXPECT_FALSE(takes([](pace_state& s) { s.halvings = -1; }));
  EXPECT_FALSE(takes([](pace_state& s) { s.edge = -1; }));
  EXPECT_FALSE(takes([](pace_state& s) { s.quiet = std::numeric_limits<double>::infinity(); }));
}

}  // namespace
