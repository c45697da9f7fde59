#include "muxctl/error_limit.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;

TEST(error_limit, without_a_limit_any_number_of_rows_may_fail) {
  EXPECT_FALSE(error_limit().exceeded(1000, 1000));
}

TEST(error_limit, a_number_is_reached_by_its_last_row) {
  const error_limit limit = error_limit::parse("3").value();
  EXPECT_FALSE(limit.exceeded(2, 2));
  EXPECT_TRUE(limit.exceeded(3, 3));
}

TEST(error_limit, a_share_is_exceeded_and_says_nothing_before_twenty_rows) {
  const error_limit limit = error_limit::parse("5%").value();
  EXPECT_FALSE(limit.exceeded(19, 19));
  EXPECT_FALSE(limit.exceeded(1, 20));
  EXPECT_TRUE(limit.exceeded(2, 20));
  EXPECT_TRUE(error_limit::parse("0%").value().exceeded(1, 20));
}

TEST(error_limit, refuses_what_is_neither_a_number_nor_a_share) {
  for (const char* text : {"", "0", "-1", "3x", "%", "101%", "-1%", "nan%", "1.5", " 3"})
    EXPECT_FALSE(error_limit::parse(text)) << text;
}
