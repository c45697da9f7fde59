#include "muxctl/duration.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;
using namespace std::chrono_literals;

TEST(parse_duration, knows_its_units_and_takes_seconds_without_one) {
  EXPECT_EQ(parse_duration("90"), 90s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("2m"), 120s);
  EXPECT_EQ(parse_duration("1h"), 3600s);
  EXPECT_EQ(parse_duration("0"), 0s);
}

TEST(parse_duration, refuses_everything_else) {
  for (const char* text : {"", "s", "-1", "1d", "1s ", "nan", "inf", "1e300", "0x10", "9000h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(format_duration, gets_coarser_as_it_gets_longer) {
  EXPECT_EQ(format_duration(420ms), "0.4s");
  EXPECT_EQ(format_duration(28s), "28s");
  EXPECT_EQ(format_duration(185s), "3m05s");
  EXPECT_EQ(format_duration(11h + 7min), "11h07m");
  EXPECT_EQ(format_duration(51h), "2d03h");
}
