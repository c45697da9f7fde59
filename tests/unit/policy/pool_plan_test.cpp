#include "policy/pool_plan.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace mux::policy {
namespace {

using namespace std::chrono_literals;
using verdict = pool_plan::verdict;

const pool_plan::time_point start{1000s};

pool_plan plan_of(std::size_t most) {
  return pool_plan({most, 50s, 2s});
}

TEST(pool_plan, opens_until_all_places_are_taken_and_queues_then) {
  pool_plan plan = plan_of(2);
  EXPECT_EQ(plan.ask(freshness::any, start).what, verdict::open);
  EXPECT_EQ(plan.ask(freshness::any, start).what, verdict::open);
  EXPECT_EQ(plan.ask(freshness::any, start).what, verdict::wait);
  EXPECT_EQ(plan.taken(), 2U);
  EXPECT_EQ(plan.waiting(), 1U);
}

TEST(pool_plan, takes_the_connection_that_was_used_last) {
  pool_plan plan = plan_of(3);
  for (int i = 0; i < 3; ++i) plan.ask(freshness::any, start);
  plan.give_back(11, start);
  plan.give_back(12, start + 1s);
  plan.give_back(13, start + 2s);
  EXPECT_EQ(plan.ask(freshness::any, start + 3s).number, 13U);
  EXPECT_EQ(plan.ask(freshness::any, start + 3s).number, 12U);
  EXPECT_EQ(plan.ask(freshness::any, start + 3s).number, 11U);
  EXPECT_EQ(plan.taken(), 3U);
  EXPECT_EQ(plan.idle(), 0U);
}

TEST(pool_plan, serves_an_idle_connection_up_to_its_limit_and_not_after) {
  for (const auto& [age, expected] : {std::pair{50s, verdict::reuse}, std::pair{51s, verdict::open}}) {
    pool_plan plan = plan_of(3);
    plan.ask(freshness::any, start);
    plan.give_back(1, start);
    EXPECT_EQ(plan.ask(freshness::any, start + age).what, expected);
  }
}

TEST(pool_plan, gives_who_asks_for_a_fresh_one_only_what_was_used_just_now) {
  for (const auto& [age, expected] : {std::pair{2000ms, verdict::reuse}, std::pair{2001ms, verdict::open}}) {
    pool_plan plan = plan_of(3);
    plan.ask(freshness::recent, start);
    plan.give_back(1, start);
    EXPECT_EQ(plan.ask(freshness::recent, start + age).what, expected);
  }
}

TEST(pool_plan, keeps_a_stale_connection_for_others_when_there_is_room) {
  pool_plan plan = plan_of(2);
  plan.ask(freshness::any, start);
  plan.give_back(7, start);
  EXPECT_EQ(plan.ask(freshness::recent, start + 10s).what, verdict::open);
  EXPECT_TRUE(plan.expire(start + 10s).empty());
  EXPECT_EQ(plan.ask(freshness::any, start + 10s).number, 7U);
}

TEST(pool_plan, clears_the_oldest_away_when_a_fresh_one_needs_its_place) {
  pool_plan plan = plan_of(2);
  plan.ask(freshness::any, start);
  plan.ask(freshness::any, start);
  plan.give_back(7, start);
  plan.give_back(8, start + 1s);
  EXPECT_EQ(plan.ask(freshness::recent, start + 10s).what, verdict::open);
  EXPECT_EQ(plan.expire(start + 10s), std::vector<std::uint64_t>{7});
  EXPECT_EQ(plan.taken(), 2U);
  EXPECT_EQ(plan.idle(), 1U);
}

TEST(pool_plan, hands_a_returned_connection_to_the_first_who_waits) {
  pool_plan plan = plan_of(1);
  plan.ask(freshness::any, start);
  const std::uint64_t first = plan.ask(freshness::any, start).number;
  const std::uint64_t second = plan.ask(freshness::recent, start).number;
  const auto grant = plan.give_back(5, start);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, first);
  EXPECT_EQ(grant->what, verdict::reuse);
  EXPECT_EQ(plan.idle(), 0U);
  EXPECT_EQ(plan.give_back(5, start)->ticket, second);
  EXPECT_FALSE(plan.give_back(5, start));
  EXPECT_EQ(plan.idle(), 1U);
}

TEST(pool_plan, hands_a_lost_connections_place_to_the_first_who_waits) {
  pool_plan plan = plan_of(1);
  plan.ask(freshness::any, start);
  const std::uint64_t first = plan.ask(freshness::any, start).number;
  const auto grant = plan.lose();
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, first);
  EXPECT_EQ(grant->what, verdict::open);
  EXPECT_EQ(plan.taken(), 1U);
  EXPECT_FALSE(plan.lose());
  EXPECT_EQ(plan.taken(), 0U);
}

TEST(pool_plan, passes_over_who_has_left) {
  pool_plan plan = plan_of(1);
  plan.ask(freshness::any, start);
  const std::uint64_t first = plan.ask(freshness::any, start).number;
  const std::uint64_t second = plan.ask(freshness::any, start).number;
  EXPECT_TRUE(plan.leave(first));
  EXPECT_FALSE(plan.leave(first));
  EXPECT_EQ(plan.lose()->ticket, second);
  EXPECT_FALSE(plan.leave(second));
}

TEST(pool_plan, names_the_expired_once) {
  pool_plan plan = plan_of(4);
  for (int i = 0; i < 3; ++i) plan.ask(freshness::any, start);
  for (std::uint64_t i = 1; i <= 3; ++i) plan.give_back(i, start + i * 1s);
  EXPECT_EQ(plan.expire(start + 52s), std::vector<std::uint64_t>{1});
  EXPECT_TRUE(plan.expire(start + 52s).empty());
  EXPECT_EQ(plan.taken(), 2U);
  EXPECT_EQ(plan.clear(), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(plan.taken(), 0U);
}

TEST(pool_plan, lets_a_fresh_limit_beyond_the_idle_limit_change_nothing) {
  pool_plan plan({2, 1s, 100s});
  plan.ask(freshness::recent, start);
  plan.give_back(1, start);
  EXPECT_EQ(plan.ask(freshness::recent, start + 2s).what, verdict::open);
}

// A model that is simple enough to be right by looking at it: who holds what, who waits in which order.
TEST(pool_plan, keeps_its_promises_over_a_long_random_run) {
  std::mt19937_64 random(20240607);
  for (const std::size_t most : {std::size_t{1}, std::size_t{2}, std::size_t{8}}) {
    pool_plan plan = plan_of(most);
    pool_plan::time_point now = start;
    std::deque<std::uint64_t> queue;
    std::set<std::uint64_t> leased, idle;
    std::size_t opening = 0;
    std::uint64_t next_connection = 1;
    const auto serve = [&](const std::optional<pool_plan::grant>& grant, std::uint64_t returned) {
      ASSERT_EQ(grant.has_value(), !queue.empty());
      if (!grant) {
        if (returned != 0) idle.insert(returned);
        return;
      }
      EXPECT_EQ(grant->ticket, queue.front());
      queue.pop_front();
      if (grant->what == verdict::reuse)
        leased.insert(returned);
      else
        ++opening;
    };
    for (int step = 0; step < 20'000; ++step) {
      now += std::chrono::milliseconds(random() % 3000);
      switch (random() % 6) {
        case 0:
        case 1: {
          const auto decided = plan.ask(static_cast<freshness>(random() % 3), now);
          if (decided.what == verdict::reuse) {
            ASSERT_EQ(idle.erase(decided.number), 1U);
            leased.insert(decided.number);
          } else if (decided.what == verdict::open) {
            ++opening;
          } else {
            ASSERT_TRUE(idle.empty());
            ASSERT_EQ(leased.size() + opening, most);
            queue.push_back(decided.number);
          }
          break;
        }
        case 2:
          if (opening > 0) --opening, leased.insert(next_connection++);
          break;
        case 3:
          if (!leased.empty()) {
            const std::uint64_t one = *leased.begin();
            leased.erase(one);
            serve(plan.give_back(one, now), one);
          }
          break;
        case 4:
          if (!leased.empty()) {
            leased.erase(leased.begin());
            serve(plan.lose(), 0);
          }
          break;
        default:
          if (!queue.empty()) {
            const auto leaver = queue.begin() + static_cast<std::ptrdiff_t>(random() % queue.size());
            EXPECT_TRUE(plan.leave(*leaver));
            queue.erase(leaver);
          }
          break;
      }
      for (const std::uint64_t gone : plan.expire(now)) ASSERT_EQ(idle.erase(gone), 1U);
      ASSERT_EQ(plan.idle(), idle.size());
      ASSERT_EQ(plan.waiting(), queue.size());
      ASSERT_EQ(plan.taken(), idle.size() + leased.size() + opening);
      ASSERT_LE(plan.taken(), most);
    }
  }
}

}  // namespace
}  // namespace mux::policy
