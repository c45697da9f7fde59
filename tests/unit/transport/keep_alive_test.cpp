#include "transport/keep_alive.hpp"

#include <gtest/gtest.h>

namespace mux::test {
namespace {

using std::chrono::seconds;
using transport::parse_keep_alive;

TEST(keep_alive, is_read_wherever_the_timeout_stands) {
  for (const char* field :
       {"timeout=5", "timeout=5, max=100", "max=100,timeout=5", " Timeout = 5 ", "TIMEOUT=5,"})
    EXPECT_EQ(parse_keep_alive(field), seconds(5)) << field;
  EXPECT_EQ(parse_keep_alive("timeout=0"), seconds(0));
}

TEST(keep_alive, that_is_no_number_says_nothing) {
  for (const char* field : {"", "max=100", "timeout", "timeout=", "timeout=-1", "timeout=5s", "timeout=1.5",
                            "timeout=99999999999999999999", "timeouts=5", ",,,"})
    EXPECT_EQ(parse_keep_alive(field), std::nullopt) << field;
}

}  // namespace
}  // namespace mux::test
