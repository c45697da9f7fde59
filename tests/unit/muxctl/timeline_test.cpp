#include "muxctl/timeline.hpp"

#include <algorithm>

#include <gtest/gtest.h>

using namespace mux::muxctl;

namespace {

// Samples every second, of which a real run takes the first one later.
run_facts run(std::uint64_t first, std::uint64_t last, int seconds, std::uint64_t refused = 0) {
  run_facts made;
  made.before = first;
  for (int s = 1; s <= seconds; ++s) {
    mux::ingest::run_sample sample;
    sample.elapsed = std::chrono::seconds(s);
    sample.done =
        first + (last - first) * static_cast<std::uint64_t>(s) / static_cast<std::uint64_t>(seconds);
    sample.refused = refused * static_cast<std::uint64_t>(s) / static_cast<std::uint64_t>(seconds);
    sample.allowed_rate = 1;
    made.samples.push_back(sample);
  }
  return made;
}

}  // namespace

TEST(timeline, puts_runs_behind_each_other) {
  const timeline time = make_timeline({run(0, 10, 10, 2), run(10, 30, 20, 3)}, 400);
  EXPECT_EQ(time.length, 30);
  ASSERT_EQ(time.starts.size(), 1U);
  EXPECT_EQ(time.starts[0], 10);
  EXPECT_EQ(time.points.back().done, 30);
  EXPECT_EQ(time.points.back().refused, 5);
}

TEST(timeline, has_no_more_points_than_asked_for_and_keeps_the_ends) {
  const timeline time = make_timeline({run(0, 100'000, 100'000)}, 400);
  EXPECT_LE(time.points.size(), 402U);
  EXPECT_GT(time.points.size(), 300U);
  EXPECT_EQ(time.points.front().seconds, 0);
  EXPECT_EQ(time.points.back().done, 100'000);
}

TEST(timeline, intervals_have_the_rate_and_lose_no_refusal) {
  const timeline time = make_timeline({run(0, 500, 1000, 8), run(500, 1000, 1000)}, 400);
  const auto intervals = time.intervals(60);
  ASSERT_FALSE(intervals.empty());
  EXPECT_LE(intervals.size(), 60U);
  double refused = 0;
  for (const auto& one : intervals) {
    EXPECT_NEAR(one.rate, 0.5, 0.1);
    EXPECT_EQ(one.allowed, 1);
    refused += one.refused;
  }
  EXPECT_EQ(refused, 8);
}

TEST(timeline, of_no_runs_or_a_run_that_just_began_has_no_intervals) {
  EXPECT_TRUE(make_timeline({}, 400).intervals(60).empty());
  EXPECT_TRUE(make_timeline({run_facts()}, 400).intervals(60).empty());
}
