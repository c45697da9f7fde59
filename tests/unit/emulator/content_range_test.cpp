#include "emulator/content_range.hpp"

#include <gtest/gtest.h>

namespace mux::inline v0::emulator::test {
namespace {

TEST(content_range, names_a_part_of_a_file_of_known_or_unknown_size) {
  auto range = parse_content_range("bytes 262144-524287/1000000");
  ASSERT_TRUE(range);
  EXPECT_FALSE(range->query);
  EXPECT_EQ(range->first, 262144u);
  EXPECT_EQ(range->end, 524288u);
  EXPECT_EQ(range->total, 1000000u);
  EXPECT_FALSE(range->last());
  EXPECT_TRUE(parse_content_range("bytes 5-9/10")->last());
  range = parse_content_range("bytes 0-9/*");
  ASSERT_TRUE(range);
  EXPECT_FALSE(range->total);
  EXPECT_FALSE(range->last());
}

TEST(content_range, asks_for_the_state) {
  auto range = parse_content_range("bytes */1000");
  ASSERT_TRUE(range);
  EXPECT_TRUE(range->query);
  EXPECT_EQ(range->total, 1000u);
  EXPECT_FALSE(range->last());
  range = parse_content_range("bytes */*");
  ASSERT_TRUE(range);
  EXPECT_TRUE(range->query);
  EXPECT_FALSE(range->total);
}

TEST(content_range, nonsense_is_none) {
  for (const auto* text : {"",
                           "bytes",
                           "bytes ",
                           "bytes 0-9",
                           "bytes 0-9/",
                           "bytes -/10",
                           "bytes 0-/10",
                           "bytes -9/10",
                           "bytes 9-0/10",
                           "bytes 0-10/10",
                           "bytes 0-9/ten",
                           "bytes 0--9/10",
                           "bytes a-b/10",
                           "bytes */",
                           "bytes */-1",
                           "bytes=0-9/10",
                           "Bytes 0-9/10",
                           "bytes 0-9/10 ",
                           "bytes 0 - 9/10",
                           "items 0-9/10",
                           "bytes 0-99999999999999999999/*",
                           "bytes */99999999999999999999",
                           "bytes **/10",
                           "bytes +1-2/3"})
    EXPECT_FALSE(parse_content_range(text)) << text;
}

TEST(content_range, a_body_without_one_is_the_whole_file) {
  EXPECT_TRUE(whole_body(10).last());
  EXPECT_EQ(whole_body(10).end, 10u);
  EXPECT_TRUE(whole_body(std::nullopt).last());
  EXPECT_FALSE(whole_body(std::nullopt).end);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
