#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using testing::ElementsAre;

std::string cursor_of(const reply& page) {
  return std::string(harness::parse(page).at("next_cursor").as_string());
}

/// Follows the cursors from `target` on to the end.
std::vector<std::string> walk(harness& h, const std::string& target) {
  std::vector<std::string> all;
  for (auto page = h.call("GET", target);;
       page = h.call("GET", "/video/v1/assets?cursor=" + cursor_of(page))) {
    const auto ids = harness::ids(page);
    all.insert(all.end(), ids.begin(), ids.end());
    if (harness::parse(page).at("next_cursor").is_null()) return all;
  }
}

TEST(listing, is_empty_with_a_null_cursor_at_first) {
  harness h;
  EXPECT_EQ(h.call("GET", "/video/v1/assets").body, R"({"next_cursor":null,"data":[]})");
}

TEST(listing, the_newest_come_first_unless_asked_otherwise) {
  harness h;
  const auto a = h.create(), b = h.create(), c = h.create();
  EXPECT_THAT(harness::ids(h.call("GET", "/video/v1/assets")), ElementsAre(c, b, a));

  auto options = quiet_options();
  options.newest_first = false;
  harness oldest(options);
  const auto d = oldest.create(), e = oldest.create(), f = oldest.create();
  EXPECT_THAT(walk(oldest, "/video/v1/assets?limit=2"), ElementsAre(d, e, f));
}

TEST(listing, a_page_holds_25_by_default_and_100_at_most) {
  harness h;
  h.seed(150);
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets")).size(), 25u);
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets?limit=7")).size(), 7u);
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets?limit=1000")).size(), 100u);
}

TEST(listing, pages_and_cursors_deliver_the_same_in_the_same_order) {
  harness h;
  h.seed(95);
  std::vector<std::string> paged;
  for (int page = 1; page <= 5; ++page)
    for (auto& id : harness::ids(h.call("GET", "/video/v1/assets?limit=20&page=" + std::to_string(page))))
      paged.push_back(std::move(id));
  EXPECT_EQ(paged.size(), 95u);
  EXPECT_EQ(walk(h, "/video/v1/assets?limit=20"), paged);
  EXPECT_TRUE(harness::ids(h.call("GET", "/video/v1/assets?limit=20&page=6")).empty());
  EXPECT_TRUE(harness::ids(h.call("GET", "/video/v1/assets?limit=100&page=18446744073709551615")).empty());
}

TEST(listing, a_full_last_page_ends_the_listing) {
  harness h;
  h.seed(40);
  const auto first = h.call("GET", "/video/v1/assets?limit=20");
  const auto last = h.call("GET", "/video/v1/assets?cursor=" + cursor_of(first));
  EXPECT_EQ(harness::ids(last).size(), 20u);
  EXPECT_TRUE(harness::parse(last).at("next_cursor").is_null());
}

TEST(listing, a_cursor_keeps_its_limit_unless_another_is_given) {
  harness h;
  h.seed(50);
  const auto cursor = cursor_of(h.call("GET", "/video/v1/assets?limit=3"));
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets?cursor=" + cursor)).size(), 3u);
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets?limit=8&cursor=" + cursor)).size(), 8u);
}

TEST(listing, creates_and_deletes_meanwhile_neither_repeat_nor_hide_others) {
  auto options = quiet_options();
  options.ready_after = std::chrono::nanoseconds(0);
  harness h(options);
  std::vector<std::string> made;
  for (int i = 0; i < 6; ++i) made.push_back(h.create());
  const auto first = h.call("GET", "/video/v1/assets?limit=2");
  EXPECT_THAT(harness::ids(first), ElementsAre(made[5], made[4]));
  (void)h.create();
  EXPECT_EQ(h.call("DELETE", harness::path(made[4])).status, 204);
  EXPECT_EQ(h.call("DELETE", harness::path(made[2])).status, 204);
  EXPECT_THAT(walk(h, "/video/v1/assets?cursor=" + cursor_of(first)), ElementsAre(made[3], made[1], made[0]));
}

TEST(listing, filters_hold_over_pages) {
  harness h;
  h.seed(3, seed_style::rich);
  const auto body = harness::parse(h.call("GET", "/video/v1/assets"));
  const auto& second = body.at("data").at(1);
  const auto filter = "/video/v1/assets?upload_id=" + std::string(second.at("upload_id").as_string());
  EXPECT_THAT(harness::ids(h.call("GET", filter)), ElementsAre(std::string(second.at("id").as_string())));
  EXPECT_TRUE(harness::ids(h.call("GET", filter + "&page=2")).empty());
  EXPECT_TRUE(harness::ids(h.call("GET", "/video/v1/assets?live_stream_id=" + unknown_id)).empty());

  h.api.with_world([](world& w) {
    for (auto* asset : w.environments.front().assets.list({}, w.clock.now()).assets)
      w.environments.front().assets.find(asset->id)->live_stream_id = std::string(44, 'L');
  });
  const auto live = "/video/v1/assets?limit=1&live_stream_id=" + std::string(44, 'L');
  EXPECT_EQ(walk(h, live).size(), 3u);
  h.seed(3);
  EXPECT_EQ(walk(h, live).size(), 3u);
}

TEST(listing, nonsense_parameters_are_refused) {
  harness h;
  for (const auto* query : {"limit=0", "limit=-1", "limit=ten", "limit=", "page=0", "page=1.5", "cursor=abc",
                            "cursor=%00", "upload_id=a+b", "cursor=YTEgNQ", "limit=99999999999999999999999"})
    EXPECT_EQ(h.call("GET", std::string("/video/v1/assets?") + query).status, 400) << query;
}

TEST(listing, created_at_never_increases_down_the_list_whatever_was_seeded_when) {
  harness h;
  h.seed(10);
  (void)h.create();
  h.advance(std::chrono::seconds(5));
  h.seed(10);
  const auto body = harness::parse(h.call("GET", "/video/v1/assets?limit=100"));
  std::string newer = "9999999999";
  for (const auto& asset : body.at("data").as_array()) {
    const std::string created_at(asset.at("created_at").as_string());
    EXPECT_LE(created_at, newer);
    newer = created_at;
  }
}

TEST(listing, a_lag_hides_new_assets_from_listings_alone) {
  auto options = quiet_options();
  options.list_lag = std::chrono::seconds(5);
  harness h(options);
  const auto first = h.create();
  h.advance(std::chrono::seconds(3));
  const auto second = h.create();
  EXPECT_THAT(harness::ids(h.call("GET", "/video/v1/assets")), ElementsAre());
  EXPECT_EQ(h.call("GET", harness::path(second)).status, 200);
  h.advance(std::chrono::seconds(2));
  EXPECT_THAT(harness::ids(h.call("GET", "/video/v1/assets?limit=1")), ElementsAre(first));
  EXPECT_TRUE(harness::parse(h.call("GET", "/video/v1/assets?limit=1")).at("next_cursor").is_null());
  h.advance(std::chrono::seconds(3));
  EXPECT_THAT(walk(h, "/video/v1/assets?limit=1"), ElementsAre(second, first));
}

TEST(listing, a_lag_may_befall_a_share_of_the_assets) {
  harness h;
  EXPECT_EQ(h.control("POST", "/_emulator/list-lag", R"({"list_lag_ms":1000,"share":0.25})").status, 200);
  for (int i = 0; i < 400; ++i) h.create();
  const auto shown = walk(h, "/video/v1/assets?limit=100").size();
  EXPECT_NEAR(static_cast<double>(shown), 300, 60);
  h.advance(std::chrono::seconds(1));
  EXPECT_EQ(walk(h, "/video/v1/assets?limit=100").size(), 400u);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
