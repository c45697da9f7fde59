// Listings through the send loop: what is fetched when, and what a failure leaves.

#include <mux/pager.hpp>
#include <mux/video/assets.hpp>
#include <mux/video/uploads.hpp>

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;
using mux::asset;
using mux::page;
using mux::pager;

std::string assets_page(std::initializer_list<const char*> ids, const std::string& next,
                        bool cursor_first = true) {
  std::string data = "\"data\":[";
  for (const char* id : ids) data += std::string(data.back() == '[' ? "" : ",") + R"({"id":")" + id + "\"}";
  data += ']';
  if (next == "absent") return '{' + data + '}';
  const std::string cursor = "\"next_cursor\": " + (next == "null" ? next : '"' + next + '"');
  return cursor_first ? '{' + cursor + ',' + data + '}' : '{' + data + ',' + cursor + '}';
}

class page_feed : public send_loop {
 public:
  page_feed() {
    for (auto& limit : options.limits.classes) limit.rate = mux::unlimited_rate;
  }
  void serve(std::string body) {
    network->then([body] { return answer(200, body); });
  }
  pager<asset> listing(int limit = 100) {
    core();
    return pager<asset>(core_, mux::requests::video::assets::list(), limit);
  }
  /// Runs `work` to its end.
  template <class T>
  T run(asio::awaitable<T> work) {
    std::optional<T> got;
    asio::co_spawn(io, std::move(work),
                   asio::bind_cancellation_slot(cancel.slot(), [&got](std::exception_ptr thrown, T value) {
                     if (thrown) std::rethrow_exception(thrown);
                     got.emplace(std::move(value));
                   }));
    time->run(io);
    EXPECT_TRUE(got.has_value()) << "it never ended";
    return std::move(*got);
  }
  /// As `run`, and no longer.
  std::optional<page<asset>> run_one_page(pager<asset>& pages) {
    std::optional<std::optional<page<asset>>> got;
    asio::co_spawn(io, pages.next(), [&got](std::exception_ptr, std::optional<page<asset>> one) {
      got.emplace(std::move(one));
    });
    while (!got && time->step(io)) {
    }
    while (network->held == 0 && time->step(io)) {
    }
    return got.value_or(std::nullopt);
  }
  static std::string ids(const std::optional<page<asset>>& of) {
    std::string text;
    if (of)
      for (const asset& a : of->items) text += a.id;
    return text;
  }
};

TEST_F(page_feed, brings_every_page_and_fetches_each_once) {
  serve(assets_page({"a", "b"}, "X"));
  serve(assets_page({"c"}, "Y", false));
  serve(assets_page({"d"}, "null"));
  pager<asset> pages = listing(2);
  EXPECT_EQ(ids(run(pages.next())), "ab");
  EXPECT_EQ(network->requests.size(), 2u) << "the next page is fetched while this one is used";
  EXPECT_EQ(pages.position(), "X");
  EXPECT_EQ(ids(run(pages.next())), "c");
  EXPECT_EQ(ids(run(pages.next())), "d");
  EXPECT_FALSE(pages.more());
  EXPECT_FALSE(run(pages.next()));
  ASSERT_EQ(network->requests.size(), 3u);
  EXPECT_EQ(network->requests[0].target, "/video/v1/assets?limit=2");
  EXPECT_EQ(network->requests[1].target, "/video/v1/assets?limit=2&cursor=X");
  EXPECT_EQ(network->requests[2].target, "/video/v1/assets?limit=2&cursor=Y");
}

TEST_F(page_feed, the_next_page_is_on_its_way_before_this_one_is_read) {
  serve(R"({"next_cursor":"X","data":[{"id":7}]})");  // cannot be read
  serve(assets_page({"b"}, "null"));
  pager<asset> pages = listing();
  const auto got = run(pages.try_next());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::bad_response);
  EXPECT_EQ(network->requests.size(), 2u);
  EXPECT_EQ(pages.position(), "") << "the position is kept";
}

TEST_F(page_feed, without_prefetch_nothing_is_asked_for_early) {
  serve(assets_page({"a"}, "X"));
  serve(assets_page({"b"}, "null"));
  pager<asset> pages = listing().prefetch(false);
  EXPECT_EQ(ids(run(pages.next())), "a");
  EXPECT_EQ(network->requests.size(), 1u);
  EXPECT_EQ(ids(run(pages.next())), "b");
}

TEST_F(page_feed, ends_on_a_null_missing_or_empty_cursor) {
  for (const char* end : {"null", "absent", ""}) {
    serve(assets_page({"a"}, end));
    pager<asset> pages = listing();
    EXPECT_EQ(ids(run(pages.next())), "a");
    EXPECT_FALSE(pages.more()) << end;
  }
  EXPECT_EQ(network->requests.size(), 3u);
}

TEST_F(page_feed, a_cursor_that_comes_again_is_an_error_and_not_the_end) {
  serve(assets_page({"a"}, "X"));
  serve(assets_page({"b"}, "X"));
  pager<asset> pages = listing();
  EXPECT_EQ(ids(run(pages.next())), "a");
  const auto got = run(pages.try_next());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::bad_response);
  EXPECT_FALSE(pages.more());
}

TEST_F(page_feed, an_empty_page_with_a_cursor_is_not_the_end) {
  serve(assets_page({}, "X"));
  serve(assets_page({"b"}, "null"));
  pager<asset> pages = listing();
  EXPECT_TRUE(run(pages.next())->items.empty());
  EXPECT_EQ(ids(run(pages.next())), "b");
}

TEST_F(page_feed, a_text_that_looks_like_the_cursor_costs_a_request_and_nothing_else) {
  serve(R"({"next_cursor":"X","data":[{"id":"a"}],"more":{"next_cursor":"wrong"}})");
  serve(assets_page({"b"}, "Y", false));
  serve(assets_page({"c"}, "null"));
  pager<asset> pages = listing();
  EXPECT_EQ(ids(run(pages.next())), "a");
  EXPECT_EQ(ids(run(pages.next())), "b");
  EXPECT_EQ(ids(run(pages.next())), "c");
}

TEST_F(page_feed, a_wrong_guess_is_corrected) {
  serve(R"({"x":{"next_cursor":"wrong"},"data":[{"id":"a"}],"next_cursor":"X"})");
  serve(assets_page({"never used"}, "null"));
  serve(assets_page({"b"}, "null"));
  pager<asset> pages = listing();
  EXPECT_EQ(ids(run(pages.next())), "a");
  EXPECT_EQ(pages.position(), "X");
  EXPECT_EQ(ids(run(pages.next())), "b");
  ASSERT_EQ(network->requests.size(), 3u);
  EXPECT_EQ(network->requests[2].target, "/video/v1/assets?limit=100&cursor=X");
}

TEST_F(page_feed, a_failure_keeps_the_position) {
  serve(assets_page({"a"}, "X"));
  network->then([] { return answer(400); });
  serve(assets_page({"b"}, "null"));
  pager<asset> pages = listing();
  EXPECT_EQ(ids(run(pages.next())), "a");
  EXPECT_THROW(run(pages.next()), mux::bad_request_error);
  EXPECT_TRUE(pages.more());
  EXPECT_EQ(pages.position(), "X");
  EXPECT_EQ(ids(run(pages.next())), "b");
}

TEST_F(page_feed, goes_on_from_a_cursor) {
  serve(assets_page({"c"}, "null"));
  mux::asset_list_params params;
  params.cursor = "X";
  core();
  pager<asset> pages(core_, mux::requests::video::assets::list(params));
  EXPECT_EQ(pages.position(), "X");
  EXPECT_EQ(ids(run(pages.next())), "c");
  EXPECT_EQ(network->requests.at(0).target, "/video/v1/assets?limit=100&cursor=X");
}

TEST_F(page_feed, page_numbers_end_at_a_short_page) {
  serve(R"({"data":[{"id":"a"},{"id":"b"}]})");
  serve(R"({"data":[{"id":"c"}]})");
  core();
  pager<mux::upload> pages(core_, mux::requests::video::uploads::list(), 2);
  EXPECT_EQ(run(pages.next())->items.size(), 2u);
  EXPECT_EQ(network->requests.size(), 2u);
  EXPECT_EQ(run(pages.next())->items.size(), 1u);
  EXPECT_FALSE(run(pages.next()));
  EXPECT_EQ(network->requests.size(), 2u);
  EXPECT_EQ(network->requests[1].target, "/video/v1/uploads?limit=2&page=2");
}

TEST_F(page_feed, gives_item_by_item) {
  serve(assets_page({"a", "b"}, "X"));
  serve(assets_page({}, "Y"));
  serve(assets_page({"c"}, "null"));
  pager<asset> pages = listing();
  std::string all;
  while (std::optional<asset> one = run(pages.next_item())) all += one->id;
  EXPECT_EQ(all, "abc");
  EXPECT_FALSE(run(pages.next_item()));
}

TEST_F(page_feed, a_pager_that_is_given_up_cancels_what_is_under_way) {
  network->latency = 1min;
  serve(assets_page({"a"}, "X"));
  serve(assets_page({"b"}, "null"));
  const auto begun = time->now();
  {
    pager<asset> pages = listing();
    EXPECT_EQ(ids(run_one_page(pages)), "a");
    EXPECT_EQ(network->held, 1) << "the next page is under way";
  }
  io.restart();
  io.poll();
  EXPECT_EQ(network->held, 0);
  EXPECT_EQ(time->now() - begun, 1min);
}

}  // namespace
