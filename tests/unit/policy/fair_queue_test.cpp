#include "policy/fair_queue.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using mux::policy::band_count;
using mux::policy::fair_queue;
using mux::policy::waiter;
using mux::policy::waiter_list;

waiter of(std::uint8_t band, std::uint64_t key) {
  waiter w;
  w.band = band;
  w.key = key;
  return w;
}

/// A queue and the waiters in it, each known by its number.
struct scene {
  fair_queue queue;
  std::deque<waiter> all;
  std::size_t push(std::uint8_t band, std::uint64_t key) {
    queue.push(all.emplace_back(of(band, key)));
    return all.size() - 1;
  }
  std::size_t number(const waiter& w) const {
    for (std::size_t i = 0; i < all.size(); ++i)
      if (&all[i] == &w) return i;
    return all.size();
  }
  std::size_t pop() { return number(queue.pop()); }
  std::vector<std::size_t> pop_all() {
    std::vector<std::size_t> out;
    while (!queue.empty()) out.push_back(pop());
    return out;
  }
};

using order = std::vector<std::size_t>;

TEST(fair_queue, is_first_in_first_out_within_a_key) {
  for (const std::uint64_t key : {0, 7}) {
    scene s;
    for (int i = 0; i < 20; ++i) s.push(1, key);
    order expected(20);
    for (std::size_t i = 0; i < 20; ++i) expected[i] = i;
    EXPECT_EQ(s.pop_all(), expected);
  }
}

TEST(fair_queue, serves_the_keys_of_a_band_in_turn) {
  scene s;
  for (const std::uint64_t key : {5, 5, 5, 0, 0, 9, 5}) s.push(2, key);
  //                             0  1  2  3  4  5  6
  EXPECT_EQ(s.pop_all(), (order{0, 3, 5, 1, 4, 2, 6}));
}

TEST(fair_queue, a_key_that_comes_anew_waits_its_turn_behind_the_others) {
  scene s;
  for (const std::uint64_t key : {1, 1, 2, 2}) s.push(1, key);
  EXPECT_EQ(s.pop(), 0u);  // key 2 is next
  s.push(1, 3);
  EXPECT_EQ(s.pop_all(), (order{2, 1, 4, 3}));
}

TEST(fair_queue, one_big_batch_does_not_hold_up_single_calls) {
  scene s;
  for (int i = 0; i < 10'000; ++i) s.push(3, 77);
  for (std::uint64_t key = 1; key <= 5; ++key) s.push(3, key);
  s.push(3, 0);
  order first;
  for (int i = 0; i < 7; ++i) first.push_back(s.pop());
  EXPECT_EQ(first, (order{0, 10'000, 10'001, 10'002, 10'003, 10'004, 10'005}));
}

TEST(fair_queue, serves_the_bands_eight_to_four_to_two_to_one_in_every_round) {
  scene s;
  for (int i = 0; i < 400; ++i) s.push(static_cast<std::uint8_t>(i % 4), static_cast<std::uint64_t>(i) % 7);
  std::array<std::size_t, 4> served{};
  for (std::size_t round = 1; round <= 12; ++round) {
    for (int i = 0; i < 15; ++i) ++served[s.all[s.pop()].band];
    EXPECT_EQ(served, (std::array<std::size_t, 4>{8 * round, 4 * round, 2 * round, round}));
  }
}

TEST(fair_queue, an_idle_band_leaves_its_share_to_the_others) {
  scene s;
  for (int i = 0; i < 60; ++i) s.push(i % 2 == 0 ? 1 : 3, 0);
  std::array<int, 4> served{};
  for (int i = 0; i < 25; ++i) ++served[s.all[s.pop()].band];
  EXPECT_EQ(served, (std::array<int, 4>{0, 20, 0, 5}));
}

TEST(fair_queue, even_the_last_band_is_served_within_fifteen) {
  scene s;
  s.push(3, 0);
  for (int i = 0; i < 100; ++i) s.push(static_cast<std::uint8_t>(i % 3), 0);
  const order all = s.pop_all();
  EXPECT_LT(std::find(all.begin(), all.end(), 0u) - all.begin(), 15);
}

TEST(fair_queue, who_returns_goes_ahead_of_its_band_in_the_order_of_first_arrival) {
  scene s;
  for (int i = 0; i < 6; ++i) s.push(1, static_cast<std::uint64_t>(i % 2));
  const std::size_t a = s.pop(), b = s.pop(), c = s.pop();  // 0, 1, 2
  EXPECT_EQ((order{a, b, c}), (order{0, 1, 2}));
  const std::array<std::uint64_t, 3> places = {s.all[a].place, s.all[b].place, s.all[c].place};
  EXPECT_LT(places[0], places[1]);
  EXPECT_LT(places[1], places[2]);
  for (const std::size_t i : {b, c, a}) s.queue.push(s.all[i]);
  EXPECT_EQ(s.all[a].place, places[0]);
  EXPECT_EQ(s.pop_all(), (order{0, 1, 2, 3, 4, 5}));
}

TEST(fair_queue, a_call_that_never_queued_returns_ahead_of_all_who_did) {
  scene s;
  s.push(1, 0);
  s.push(1, 0);
  ASSERT_EQ(s.pop(), 0u);
  s.queue.push(s.all[0]);
  waiter& early = s.all.emplace_back(of(1, 0));
  early.place = mux::policy::first_place;
  s.queue.push(early);
  EXPECT_EQ(s.pop_all(), (order{2, 0, 1}));
}

TEST(fair_queue, says_how_many_there_are) {
  scene s;
  EXPECT_TRUE(s.queue.empty());
  for (std::size_t i = 1; i <= 9; ++i) {
    s.push(static_cast<std::uint8_t>(i % 4), i % 2);
    EXPECT_EQ(s.queue.size(), i);
  }
  s.queue.remove(s.all[4]);
  EXPECT_FALSE(s.all[4].queued);
  EXPECT_EQ(s.queue.size(), 8u);
  waiter_list all = s.queue.clear();
  EXPECT_EQ(all.size(), 8u);
  EXPECT_TRUE(s.queue.empty());
  while (const waiter* w = all.pop_front()) EXPECT_FALSE(w->queued);
}

/// The same promises, written down plainly and slowly.
class model {
 public:
  void push(const waiter& w, std::size_t number) {
    band& b = bands_[w.band];
    if (w.place != 0) {
      b.returning.emplace(w.place, number);
      return;
    }
    const auto at =
        std::find_if(b.ring.begin(), b.ring.end(), [&](const auto& f) { return f.first == w.key; });
    if (at != b.ring.end())
      at->second.push_back(number);
    else
      b.ring.push_back({w.key, {number}});  // the front of the ring is served next
  }
  void remove(std::size_t number) {
    for (band& b : bands_) {
      std::erase_if(b.returning, [&](const auto& r) { return r.second == number; });
      for (auto& [key, numbers] : b.ring) std::erase(numbers, number);
      std::erase_if(b.ring, [](const auto& f) { return f.second.empty(); });
    }
  }
  std::size_t pop() {
    while (bands_[turn_].empty() || credit_ == 0) {
      turn_ = (turn_ + 1) % band_count;
      credit_ = 8 >> turn_;
    }
    --credit_;
    band& b = bands_[turn_];
    if (!b.returning.empty()) {
      const std::size_t first = b.returning.begin()->second;
      b.returning.erase(b.returning.begin());
      return first;
    }
    auto served = b.ring.front();
    b.ring.pop_front();
    const std::size_t first = served.second.front();
    served.second.erase(served.second.begin());
    if (!served.second.empty()) b.ring.push_back(served);
    return first;
  }

 private:
  struct band {
    std::multimap<std::uint64_t, std::size_t> returning;
    std::list<std::pair<std::uint64_t, std::vector<std::size_t>>> ring;
    [[nodiscard]] bool empty() const { return returning.empty() && ring.empty(); }
  };
  std::array<band, band_count> bands_;
  std::size_t turn_ = band_count - 1;
  int credit_ = 0;
};

TEST(fair_queue, agrees_with_a_model_under_random_use) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    scene s;
    model m;
    std::vector<std::size_t> in, out;
    const std::uint64_t keys = 1 + random() % 6;
    const std::uint64_t busy = 35 + random() % 30;
    for (int step = 0; step < 3000; ++step) {
      const std::uint64_t what = random() % 100;
      if (what < busy) {
        waiter& w = s.all.emplace_back(of(static_cast<std::uint8_t>(random() % 4), random() % keys));
        m.push(w, s.all.size() - 1);
        s.queue.push(w);
        in.push_back(s.all.size() - 1);
      } else if (what < busy + 8 && !out.empty()) {
        const std::size_t at = random() % out.size();  // comes back, with its place
        m.push(s.all[out[at]], out[at]);
        s.queue.push(s.all[out[at]]);
        in.push_back(out[at]);
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(at));
      } else if (what < busy + 18 && !in.empty()) {
        const std::size_t at = random() % in.size();
        m.remove(in[at]);
        s.queue.remove(s.all[in[at]]);
        in.erase(in.begin() + static_cast<std::ptrdiff_t>(at));
      } else if (!in.empty()) {
        const std::size_t first = s.pop();
        ASSERT_EQ(first, m.pop());
        std::erase(in, first);
        out.push_back(first);
      }
      ASSERT_EQ(s.queue.size(), in.size());
    }
    while (!s.queue.empty()) ASSERT_EQ(s.pop(), m.pop());
  }
}

/// How many go before a newcomer, or one that comes back last, if nobody else comes.
std::size_t really_before(scene& s, std::uint8_t band, std::uint64_t key, bool returning) {
  waiter w = of(band, key);
  if (returning) w.place = std::numeric_limits<std::uint64_t>::max();
  s.queue.push(w);
  for (std::size_t count = 0;; ++count)
    if (&s.queue.pop() == &w) return count;
}

// The prediction is never too short, and for one key alone it is at most a round of the other bands too long.
TEST(fair_queue, never_predicts_fewer_before_a_newcomer_than_there_are) {
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    scene s;
    const std::uint64_t keys = 1 + random() % 5;
    const std::uint64_t bands = 1 + random() % 4;
    for (std::uint64_t i = random() % 80; i > 0; --i)
      s.push(static_cast<std::uint8_t>(random() % bands), random() % keys);
    for (std::uint64_t i = random() % 40; i > 0 && !s.queue.empty(); --i) {
      waiter& w = s.queue.pop();
      if (random() % 5 == 0) s.queue.push(w);
    }
    const auto band = static_cast<std::uint8_t>(random() % 4);
    const std::uint64_t key = random() % (keys + 1);
    const bool returning = random() % 4 == 0;
    const std::size_t predicted = s.queue.before(band, key, returning);
    const std::size_t waiting = s.queue.size();
    ASSERT_LE(predicted, waiting);
    const std::size_t real = really_before(s, band, key, returning);
    ASSERT_GE(predicted, real);
    if (keys == 1 && key == 0 && !returning) {
      ASSERT_LE(predicted, real + 15);
    }
  }
}

TEST(fair_queue, predicts_exactly_where_there_is_one_band_only) {
  scene s;
  for (const std::uint64_t key : {1, 1, 1, 2, 2, 3}) s.push(2, key);
  EXPECT_EQ(s.queue.before(2, 1, false), 6u);
  EXPECT_EQ(s.queue.before(2, 9, false), 3u);  // each of the others once
  EXPECT_EQ(s.queue.before(2, 9, true), 0u);
}

TEST(fair_queue, forgets_keys_that_have_nobody_left) {
  scene s;
  for (std::uint64_t key = 1; key <= 1000; ++key) {
    const std::size_t i = s.push(1, key);
    if (key % 2 == 0)
      s.queue.remove(s.all[i]);
    else
      EXPECT_EQ(s.pop(), i);
  }
  EXPECT_TRUE(s.queue.empty());
  EXPECT_EQ(s.queue.before(1, 7, false), 0u);
}

}  // namespace
