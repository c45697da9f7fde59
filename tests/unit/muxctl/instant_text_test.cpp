#include "muxctl/instant_text.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;
using namespace std::chrono;

TEST(format_instant, is_rfc_3339_in_utc) {
  const auto at = sys_days(2026y / November / 3) + 4h + 5min + 6s;
  EXPECT_EQ(format_instant(at), "2026-11-03T04:05:06Z");
  EXPECT_EQ(format_instant(at + 7ms), "2026-11-03T04:05:06.007Z");
  EXPECT_EQ(format_instant(sys_days(1969y / December / 31) + 23h + 59min + 59s + 999ms),
            "1969-12-31T23:59:59.999Z");
}
