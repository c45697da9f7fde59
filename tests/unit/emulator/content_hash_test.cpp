#include "emulator/content_hash.hpp"

#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

TEST(content_hash, agrees_with_published_values) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  content_hash hash;
  EXPECT_EQ(hash.sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash.crc32c_base64(), "AAAAAA==");
  hash.update("123456789");
  EXPECT_EQ(hash.sha256(), "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
  EXPECT_EQ(hash.crc32c_base64(), "4waSgw==");
}

TEST(content_hash, does_not_depend_on_where_the_bytes_are_cut) {
  const auto bytes = file_of(1000);
  content_hash whole;
  whole.update(bytes);
  for (const std::size_t at : {0, 1, 7, 8, 9, 63, 64, 500, 999, 1000}) {
    content_hash parts;
    parts.update(std::string_view(bytes).substr(0, at));
    parts.update(std::string_view(bytes).substr(at));
    EXPECT_EQ(parts.sha256(), whole.sha256()) << at;
    EXPECT_EQ(parts.crc32c_base64(), whole.crc32c_base64()) << at;
  }
}

TEST(content_hash, a_copy_goes_its_own_way) {
  content_hash hash, expected;
  hash.update("a");
  content_hash copy(hash);
  copy.update("x");
  hash.update("b");
  expected.update("ab");
  EXPECT_EQ(hash.sha256(), expected.sha256());
  copy = hash;
  EXPECT_EQ(copy.sha256(), expected.sha256());
  EXPECT_EQ(copy.crc32c_base64(), expected.crc32c_base64());
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
