#include "client/quota_header.hpp"

#include <gtest/gtest.h>

namespace {

using mux::client_detail::parse_quota;

TEST(quota_header, reads_two_whole_numbers) {
  const auto q = parse_quota("100", "99");
  ASSERT_TRUE(q);
  EXPECT_EQ(q->limit, 100);
  EXPECT_EQ(q->remaining, 99);
  ASSERT_TRUE(parse_quota("1", "0"));
  EXPECT_EQ(parse_quota("4294967295", "0")->limit, 4294967295.0);
}

TEST(quota_header, passes_over_everything_else) {
  for (const char* bad : {"", " 5", "5 ", "-1", "+5", "5.5", "1e3", "five", "100, 100;w=60", "4294967296",
                          "0x10", "99999999999999999999999999"}) {
    EXPECT_FALSE(parse_quota(bad, "1")) << bad;
    EXPECT_FALSE(parse_quota("10", bad)) << bad;
  }
  EXPECT_FALSE(parse_quota("0", "0")) << "a bucket without room";
}

}  // namespace
