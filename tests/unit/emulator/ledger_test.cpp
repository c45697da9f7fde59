#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

std::string body(std::string_view url, std::string_view passthrough, std::string_view external_id) {
  std::string text = R"({"input":")";
  text.append(url).append(R"(","passthrough":")").append(passthrough);
  return text.append(R"(","meta":{"external_id":")").append(external_id).append("\"}}");
}

constexpr auto marker_a = "mm1:01ARZ3NDEKTSV4RRFFQ69G5FAV";
constexpr auto marker_b = "mm1:01BX5ZZKBKACTAV9WEVGEMMVS0";

TEST(ledger, two_creates_of_the_same_thing_are_a_duplicate) {
  harness h;
  for (int i = 0; i < 3; ++i) h.create(body("https://example.com/a", "p", "e"));
  EXPECT_EQ(h.ledger().creates, 3u);
  EXPECT_EQ(h.ledger().duplicates, 2u);
}

TEST(ledger, another_input_passthrough_or_external_id_is_another_thing) {
  harness h;
  h.create(body("https://example.com/a", "p", "e"));
  h.create(body("https://example.com/b", "p", "e"));
  h.create(body("https://example.com/a", "q", "e"));
  h.create(body("https://example.com/a", "p", "f"));
  h.create(body("https://example.com/a", "pe", ""));
  EXPECT_EQ(h.ledger().duplicates, 0u);
}

TEST(ledger, markers_do_not_make_a_difference) {
  harness h;
  h.create(body("https://example.com/a", "", ""));
  h.create(body("https://example.com/a", marker_a, ""));
  h.create(body("https://example.com/a", marker_b, ""));
  h.create(body("https://example.com/a", "", marker_b));
  EXPECT_EQ(h.ledger().duplicates, 3u);
  h.create(body("https://example.com/a", std::string(marker_a) + ":p", "e"));
  h.create(body("https://example.com/a", std::string(marker_b) + ":p", "e"));
  h.create(body("https://example.com/a", "p", "e"));
  EXPECT_EQ(h.ledger().duplicates, 5u);
}

TEST(ledger, the_form_of_the_request_does_not_make_a_difference) {
  harness h;
  h.create(R"({"input":"https://example.com/a"})");
  h.create(R"({"inputs":[{"url":"https://example.com/a"}],"playback_policies":["public"]})");
  EXPECT_EQ(h.ledger().duplicates, 1u);
}

TEST(ledger, two_uploads_of_the_same_file_for_the_same_thing_are_a_duplicate) {
  harness h;
  const auto upload = [&h](std::string_view bytes, std::string_view passthrough) {
    const auto made = h.create_upload(R"({"cors_origin":"*","new_asset_settings":{"passthrough":")" +
                                      std::string(passthrough) + "\"}}");
    EXPECT_EQ(h.put(target_of(made), bytes)->status, 200);
  };
  upload("bytes", marker_a);
  upload("bytes", "p");
  upload("other", marker_a);
  EXPECT_EQ(h.ledger().duplicates, 0u);
  upload("bytes", marker_b);
  upload("bytes", "p");
  EXPECT_EQ(h.ledger().duplicates, 2u);
  EXPECT_EQ(h.ledger().creates, 5u);
  EXPECT_EQ(h.ledger().upload_assets, 5u);
}

TEST(ledger, counts_requests_and_refusals_by_class) {
  auto options = quiet_options();
  options.limit(rate_class::video_post) = {1, 2};
  harness h(options);
  for (int i = 0; i < 5; ++i) (void)h.call("POST", "/video/v1/assets", "{}");
  (void)h.call("GET", "/video/v1/assets");
  const auto classes = h.ledger().classes;
  EXPECT_EQ(classes[0].requests, 5u);
  EXPECT_EQ(classes[0].refused, 3u);
  EXPECT_EQ(classes[1].requests, 1u);
  EXPECT_EQ(classes[1].refused, 0u);
}

TEST(ledger, seeded_assets_are_no_creates_and_deleted_ones_stay_in_it) {
  auto options = quiet_options();
  options.ready_after = std::chrono::nanoseconds(0);
  harness h(options);
  h.seed(10);
  const auto id = h.create(body("https://example.com/a", "p", "e"));
  EXPECT_EQ(h.call("DELETE", harness::path(id)).status, 204);
  EXPECT_EQ(h.ledger().creates, 1u);
  const auto created = h.api.with_world([](const world& w) { return w.book.created(); });
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].id, id);
  EXPECT_EQ(created[0].input, "https://example.com/a");
  EXPECT_EQ(created[0].passthrough, "p");
  EXPECT_EQ(created[0].external_id, "e");
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
