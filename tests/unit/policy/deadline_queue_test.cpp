#include "policy/deadline_queue.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::policy::deadline_queue;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::never;
using mux::policy::waiter;

constexpr duration tick(1024);
/// A deadline counts as past so long after its instant at the latest.
constexpr duration grace = 2 * tick;

waiter due(instant deadline) {
  waiter w;
  w.deadline = deadline;
  return w;
}

TEST(deadline_queue, empty_it_has_nothing_to_say) {
  deadline_queue queue;
  EXPECT_EQ(queue.earliest(), never);
  EXPECT_EQ(queue.pop_expired(0s), nullptr);
  EXPECT_EQ(queue.pop_expired(never), nullptr);
}

TEST(deadline_queue, a_deadline_is_past_after_its_instant_and_soon_after_it) {
  deadline_queue queue;
  for (const instant at :
       {instant(0), instant(1), instant(1023), instant(1024), instant(1s), instant(24h * 365)}) {
    waiter w = due(at);
    queue.insert(w, 0s);
    EXPECT_EQ(queue.pop_expired(at), nullptr);
    EXPECT_EQ(queue.pop_expired(at + grace), &w);
    EXPECT_EQ(queue.pop_expired(at + grace), nullptr);
    queue = {};
  }
}

TEST(deadline_queue, hands_out_what_is_late_whatever_the_order_of_insertion) {
  deadline_queue queue;
  std::deque<waiter> all;
  for (const int at : {50, 10, 40, 20, 30}) queue.insert(all.emplace_back(due(std::chrono::seconds(at))), 0s);
  for (const int at : {10, 20, 30, 40, 50}) {
    const instant deadline = std::chrono::seconds(at);
    EXPECT_EQ(queue.pop_expired(deadline), nullptr);
    const waiter* w = queue.pop_expired(deadline + grace);
    ASSERT_NE(w, nullptr);
    EXPECT_EQ(w->deadline, deadline);
  }
  EXPECT_EQ(queue.earliest(), never);
}

TEST(deadline_queue, equal_deadlines_expire_together) {
  deadline_queue queue;
  std::deque<waiter> all(100, due(5s));
  for (waiter& w : all) queue.insert(w, 1s);
  EXPECT_EQ(queue.pop_expired(5s), nullptr);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NE(queue.pop_expired(5s + grace), nullptr);
  EXPECT_EQ(queue.pop_expired(5s + grace), nullptr);
}

TEST(deadline_queue, a_deadline_that_was_past_at_insertion_expires_at_once) {
  deadline_queue queue;
  waiter w = due(3s);
  queue.insert(w, 10s);
  EXPECT_LE(queue.earliest(), 10s);
  EXPECT_EQ(queue.pop_expired(10s), &w);
}

TEST(deadline_queue, removing_what_is_not_in_it_does_nothing) {
  deadline_queue queue;
  waiter in = due(1s), out = due(2s);
  queue.insert(in, 0s);
  queue.remove(out);
  EXPECT_NE(queue.earliest(), never);
  queue.remove(in);
  queue.remove(in);
  EXPECT_EQ(queue.earliest(), never);
  EXPECT_EQ(queue.pop_expired(1h), nullptr);
}

TEST(deadline_queue, a_single_deadline_is_known_exactly) {
  deadline_queue queue;
  for (const instant now : {instant(0), instant(999'999'999), instant(1h)})
    for (const duration ahead : {duration(1), duration(5000), duration(1s), duration(24h * 400)}) {
      waiter w = due(now + ahead);
      queue.insert(w, now);
      EXPECT_GT(queue.earliest(), w.deadline);
      EXPECT_LE(queue.earliest(), w.deadline + tick);
      queue.remove(w);
    }
}

TEST(deadline_queue, the_furthest_deadlines_stay_until_they_are_removed) {
  deadline_queue queue;
  waiter nearly = due(never - 1ns), beyond = due(instant::max()), soon = due(1s);
  queue.insert(nearly, 0s);
  queue.insert(beyond, 0s);
  queue.insert(soon, 0s);
  EXPECT_LE(queue.earliest(), 1s + tick);
  EXPECT_EQ(queue.pop_expired(24h * 365 * 60), &soon);
  EXPECT_EQ(queue.pop_expired(24h * 365 * 60), nullptr);
  EXPECT_LE(queue.earliest(), never);
  queue.remove(beyond);
  queue.remove(nearly);
  EXPECT_EQ(queue.earliest(), never);
}

TEST(deadline_queue, a_clock_that_jumps_by_years_finds_everything_late) {
  deadline_queue queue;
  std::deque<waiter> all;
  for (int i = 0; i < 60; ++i) queue.insert(all.emplace_back(due(duration(std::int64_t{1} << i))), 0s);
  std::size_t late = 0;
  const instant year = 24h * 365;
  while (const waiter* w = queue.pop_expired(year)) {
    EXPECT_LT(w->deadline, year);
    ++late;
  }
  EXPECT_EQ(late, 55u);                       // 2^54 ns are 208 days
  EXPECT_EQ(queue.pop_expired(0s), nullptr);  // and back
  EXPECT_EQ(queue.pop_expired(2 * year), &all[55]);
}

// Waking at `earliest` until everything is out ends, and soon: a deadline is looked at once a bit of its
// distance at most.
TEST(deadline_queue, waking_when_it_says_meets_every_deadline_in_few_steps) {
  std::mt19937_64 random(3);
  deadline_queue queue;
  std::deque<waiter> all;
  instant now = 1000s;
  for (int i = 0; i < 200; ++i) {
    const auto ahead = static_cast<std::int64_t>(random() >> (10 + random() % 50));
    queue.insert(all.emplace_back(due(now + duration(ahead))), now);
  }
  std::size_t out = 0, wakes = 0;
  while (out < all.size()) {
    const instant next = queue.earliest();
    ASSERT_GT(next, now) << "never a wake for nothing twice in a row";
    now = next;
    ++wakes;
    while (const waiter* w = queue.pop_expired(now)) {
      ++out;
      ASSERT_LT(w->deadline, now);
      ASSERT_LE(now, w->deadline + grace);
    }
  }
  EXPECT_LE(wakes, all.size() * 54);
}

TEST(deadline_queue, agrees_with_a_model_under_random_use) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    deadline_queue queue;
    std::deque<waiter> elements(200);
    std::vector<bool> in(elements.size(), false);
    std::multimap<instant, std::size_t> model;
    const auto forget = [&](std::size_t i) {
      const auto [first, last] = model.equal_range(elements[i].deadline);
      for (auto at = first; at != last; ++at)
        if (at->second == i) {
          model.erase(at);
          break;
        }
      in[i] = false;
    };
    instant now = duration(static_cast<std::int64_t>(random() >> (1 + random() % 60)));
    now = std::clamp(now, instant(1s), instant(24h * 365 * 30));
    for (int step = 0; step < 4000; ++step) {
      const std::uint64_t what = random() % 100;
      const std::size_t i = random() % elements.size();
      if (what < 55) {
        if (in[i]) {
          queue.remove(elements[i]);
          forget(i);
        } else {
          const auto ahead = static_cast<std::int64_t>(random() >> (8 + random() % 55));
          // Past, soon, the same as another one's, in years.
          elements[i].deadline = random() % 8 == 0   ? now - duration(ahead % 1'000'000)
                                 : random() % 4 == 0 ? elements[random() % elements.size()].deadline
                                                     : now + duration(ahead);
          if (elements[i].deadline >= never) elements[i].deadline = never - 1ns;
          queue.insert(elements[i], now);
          model.emplace(elements[i].deadline, i);
          in[i] = true;
        }
      } else if (what < 97) {
        now += duration(static_cast<std::int64_t>(random() >> (20 + random() % 44)) % 1'000'000'000);
      } else if (what < 99) {
        if (now < instant(24h * 365 * 60))
          now += duration(static_cast<std::int64_t>(random() % 1'000'000) * 1'000'000'000);
      }
      if (model.empty())
        ASSERT_EQ(queue.earliest(), never);
      else
        ASSERT_LE(queue.earliest(), std::max(model.begin()->first, now) + tick);
      if (random() % 3 == 0) continue;
      while (waiter* w = queue.pop_expired(now)) {
        const auto out = static_cast<std::size_t>(
            std::find_if(elements.begin(), elements.end(), [w](const waiter& e) { return &e == w; }) -
            elements.begin());
        ASSERT_TRUE(in[out]);
        ASSERT_LT(w->deadline, now);
        forget(out);
      }
      if (!model.empty()) {
        ASSERT_GT(model.begin()->first + grace, now) << "something late stayed in";
      }
    }
  }
}

}  // namespace
