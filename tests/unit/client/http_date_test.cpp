#include "client/http_date.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::client_detail::parse_http_date;
using mux::client_detail::parse_retry_after;

TEST(http_date, reads_the_form_that_servers_send) {
  const auto read = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time_since_epoch(), 784111777s);
}

TEST(http_date, refuses_everything_else) {
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 2026 00:00:00 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:-9:37 GMT", "784111777"})
    EXPECT_FALSE(parse_http_date(text)) << text;
}

TEST(retry_after, reads_seconds_milliseconds_and_dates) {
  EXPECT_EQ(parse_retry_after("", "7", {}), 7s);
  EXPECT_EQ(parse_retry_after("1500", "7", {}), 1500ms);
  const auto now = *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_retry_after("", "Sun, 06 Nov 1994 08:49:57 GMT", now), 20s);
}

TEST(retry_after, bounds_what_makes_no_sense) {
  const auto now = *parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_retry_after("", "-5", {}), 0s);
  EXPECT_EQ(parse_retry_after("", "1e30", {}), 24h);
  EXPECT_EQ(parse_retry_after("", "Sun, 06 Nov 1994 08:00:00 GMT", now), 0s);
  EXPECT_EQ(parse_retry_after("", "Sun, 06 Nov 2094 08:00:00 GMT", now), 24h);
}

TEST(retry_after, garbage_is_no_hint) {
  for (const char* text : {"", "soon", "7 seconds", "nan", "inf", "0x10"})
    EXPECT_FALSE(parse_retry_after("", text, {})) << text;
}

}  // namespace
