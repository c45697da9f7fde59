#include "client/page_walk.hpp"

#include <gtest/gtest.h>

namespace {

using mux::client_detail::page_walk;
using mux::detail::request_base;

constexpr mux::operation by_cursor{"test.list",
                                   mux::http_method::get,
                                   "/things",
                                   mux::rate_class::video_other,
                                   mux::idempotency::safe,
                                   mux::pagination::cursor,
                                   mux::api_host::api,
                                   200,
                                   false};
constexpr mux::operation by_page{"test.list",
                                 mux::http_method::get,
                                 "/things",
                                 mux::rate_class::video_other,
                                 mux::idempotency::safe,
                                 mux::pagination::page,
                                 mux::api_host::api,
                                 200,
                                 false};

page_walk walk(const mux::operation& op, std::string target, int limit = 100) {
  request_base base;
  base.op = &op;
  base.target = std::move(target);
  return page_walk(std::move(base), limit);
}

TEST(page_walk, follows_cursors_to_the_end) {
  page_walk w = walk(by_cursor, "/things");
  EXPECT_EQ(w.next_request().target, "/things?limit=100");
  ASSERT_TRUE(w.advance(100, "a/b="));
  EXPECT_EQ(w.next_request().target, "/things?limit=100&cursor=a%2Fb%3D");
  EXPECT_EQ(w.position(), "a/b=");
  ASSERT_TRUE(w.advance(0, "c"));
  EXPECT_TRUE(w.more()) << "an empty page with a cursor is not the end";
  ASSERT_TRUE(w.advance(7, std::nullopt));
  EXPECT_FALSE(w.more());
}

TEST(page_walk, an_empty_cursor_is_the_end) {
  page_walk w = walk(by_cursor, "/things");
  ASSERT_TRUE(w.advance(100, ""));
  EXPECT_FALSE(w.more());
}

TEST(page_walk, keeps_filters_and_an_own_limit) {
  page_walk w = walk(by_cursor, "/things?upload_id=u&limit=10");
  EXPECT_EQ(w.next_request().target, "/things?upload_id=u&limit=10");
  ASSERT_TRUE(w.advance(10, "x"));
  EXPECT_EQ(w.next_request().target, "/things?upload_id=u&limit=10&cursor=x");
}

TEST(page_walk, begins_at_a_given_cursor_or_page_and_never_sends_it_twice) {
  page_walk c = walk(by_cursor, "/things?cursor=a%2Fb&upload_id=u");
  EXPECT_EQ(c.next_request().target, "/things?upload_id=u&limit=100&cursor=a%2Fb");
  ASSERT_TRUE(c.advance(100, "z"));
  EXPECT_EQ(c.next_request().target, "/things?upload_id=u&limit=100&cursor=z");
  page_walk p = walk(by_page, "/things?x=1&page=3");
  EXPECT_EQ(p.next_request().target, "/things?x=1&limit=100&page=3");
  ASSERT_TRUE(p.advance(100, std::nullopt));
  EXPECT_EQ(p.next_request().target, "/things?x=1&limit=100&page=4");
}

TEST(page_walk, counts_pages_and_ends_at_a_short_one) {
  page_walk w = walk(by_page, "/things", 25);
  EXPECT_EQ(w.next_request().target, "/things?limit=25");
  ASSERT_TRUE(w.advance(25, std::nullopt));
  EXPECT_EQ(w.next_request().target, "/things?limit=25&page=2");
  ASSERT_TRUE(w.advance(24, std::nullopt));
  EXPECT_FALSE(w.more());
}

TEST(page_walk, finds_every_loop_of_cursors) {
  for (int length = 1; length <= 40; ++length) {
    for (int lead = 0; lead < 10; ++lead) {
      page_walk w = walk(by_cursor, "/things");
      int steps = 0;
      bool found = false;
      for (; steps < 1000 && !found; ++steps) {
        const int at = steps < lead ? steps : lead + (steps - lead) % length;
        found = !w.advance(100, "cursor" + std::to_string(at));
      }
      EXPECT_TRUE(found) << "loop of " << length << " after " << lead;
      EXPECT_LE(steps, 3 * (length + lead) + 3);
      EXPECT_FALSE(w.more());
    }
  }
}

TEST(page_walk, takes_a_long_honest_listing_for_no_loop) {
  page_walk w = walk(by_cursor, "/things");
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(w.advance(100, std::to_string(i)));
}

TEST(page_walk, a_failure_keeps_the_place) {
  page_walk w = walk(by_cursor, "/things");
  ASSERT_TRUE(w.advance(100, "a"));
  EXPECT_EQ(w.next_request().target, w.next_request().target);
  EXPECT_TRUE(w.more());
}

}  // namespace
