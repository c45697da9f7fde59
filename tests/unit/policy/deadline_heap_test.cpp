#include "policy/deadline_heap.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace {

using mux::policy::deadline_heap;
using mux::policy::deadline_links;
using mux::policy::instant;

TEST(deadline_heap, is_empty_at_first) {
  EXPECT_EQ(deadline_heap().earliest(), nullptr);
}

TEST(deadline_heap, hands_out_the_earliest_first) {
  deadline_heap heap;
  std::vector<std::unique_ptr<deadline_links>> elements;
  for (const int at : {5, 1, 4, 2, 3}) {
    elements.push_back(std::make_unique<deadline_links>());
    elements.back()->deadline = instant(at);
    heap.insert(*elements.back());
  }
  for (const int at : {1, 2, 3, 4, 5}) {
    ASSERT_NE(heap.earliest(), nullptr);
    EXPECT_EQ(heap.earliest()->deadline, instant(at));
    heap.remove(*heap.earliest());
  }
  EXPECT_EQ(heap.earliest(), nullptr);
}

TEST(deadline_heap, removing_what_is_not_in_it_does_nothing) {
  deadline_heap heap;
  deadline_links in, out;
  heap.insert(in);
  heap.remove(out);
  EXPECT_EQ(heap.earliest(), &in);
  heap.remove(in);
  heap.remove(in);
  EXPECT_EQ(heap.earliest(), nullptr);
}

TEST(deadline_heap, agrees_with_a_set_under_random_insertion_and_removal) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    deadline_heap heap;
    std::vector<deadline_links> elements(300);
    std::multiset<instant> model;
    for (int step = 0; step < 5000; ++step) {
      deadline_links& e = elements[random() % elements.size()];
      if (e.in_heap) {
        model.erase(model.find(e.deadline));
        heap.remove(e);
      } else {
        e.deadline = instant(static_cast<std::int64_t>(random() % 1000));
        model.insert(e.deadline);
        heap.insert(e);
      }
      if (model.empty())
        ASSERT_EQ(heap.earliest(), nullptr);
      else
        ASSERT_EQ(heap.earliest()->deadline, *model.begin());
    }
  }
}

}  // namespace
