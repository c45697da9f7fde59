#include "muxctl/latencies.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;
using namespace std::chrono_literals;

TEST(latencies, quantiles_are_exact_up_to_a_minute_and_close_above) {
  latencies took;
  for (int s = 1; s <= 60; ++s) took.add(std::chrono::seconds(s));
  EXPECT_EQ(took.quantile(0.5), 30s);
  EXPECT_EQ(took.quantile(1), 60s);
  for (int s = 61; s <= 10'000; ++s) took.add(std::chrono::seconds(s));
  EXPECT_EQ(took.count(), 10'000U);
  EXPECT_NEAR(static_cast<double>(took.quantile(0.5).count()), 5000, 5000 / 16.0);
  EXPECT_NEAR(static_cast<double>(took.quantile(0.99).count()), 9900, 9900 / 16.0);
  EXPECT_EQ(took.longest(), 10'000s);
}

TEST(latencies, of_a_clock_that_counts_seconds_are_rounded_and_never_negative) {
  latencies took;
  took.add(-90ms);
  took.add(909ms);
  EXPECT_EQ(took.quantile(0.5), 0s);
  EXPECT_EQ(took.quantile(1), 1s);
}

TEST(latencies, of_nothing_are_zero) {
  EXPECT_EQ(latencies().quantile(0.5), 0s);
  EXPECT_TRUE(latencies().bars().empty());
}

TEST(latencies, bars_double_in_width_and_hold_every_value_once) {
  latencies took;
  for (const auto s : {0s, 1s, 1s, 3s, 4s, 100s, 5000s}) took.add(s);
  const auto bars = took.bars();
  ASSERT_EQ(bars.size(), 14U);
  EXPECT_EQ(bars[1].count, 2U);
  EXPECT_EQ(bars[2].from, 2s);
  EXPECT_EQ(bars[2].to, 3s);
  EXPECT_EQ(bars[2].count, 1U);
  std::uint64_t sum = 0;
  for (const auto& bar : bars) sum += bar.count;
  EXPECT_EQ(sum, 7U);
  EXPECT_EQ(bars.back().count, 1U);
  EXPECT_LE(bars.back().from, 5000s);
  EXPECT_GE(bars.back().to, 5000s);
}

TEST(latencies, longer_than_all_buckets_are_counted_in_the_last) {
  latencies took;
  took.add(std::chrono::hours(24 * 3650));
  EXPECT_EQ(took.bars().back().count, 1U);
  EXPECT_EQ(took.quantile(0.5), took.longest());
}
