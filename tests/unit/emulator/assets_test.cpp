#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> members(const boost::json::object& object) {
  std::vector<std::string> names;
  for (const auto& member : object) names.emplace_back(member.key());
  return names;
}

std::string message_of(const reply& answer) {
  EXPECT_EQ(answer.status, 400);
  const auto error = harness::parse(answer).at("error").as_object();
  EXPECT_EQ(error.at("type"), "invalid_parameters");
  return std::string(error.at("messages").at(0).as_string());
}

TEST(assets, both_forms_of_a_create_are_accepted) {
  harness h;
  for (const auto* body :
       {R"({"input":"https://example.com/a.mp4","playback_policy":"public"})",
        R"({"input":["https://example.com/a.mp4"],"playback_policy":["public"]})",
        R"({"input":[{"url":"https://example.com/a.mp4"}],"playback_policies":["public"]})",
        R"({"inputs":[{"url":"https://example.com/a.mp4"}],"playback_policies":["public"]})",
        R"({"inputs":"https://example.com/a.mp4","advanced_playback_policies":[{"policy":"public"}]})"}) {
    const auto answer = h.call("POST", "/video/v1/assets", body);
    EXPECT_EQ(answer.status, 201) << body;
    EXPECT_EQ(harness::data(answer).at("playback_ids").at(0).at("policy"), "public");
  }
  EXPECT_EQ(h.ledger().creates, 5u);
}

TEST(assets, while_preparing_fields_of_a_ready_asset_are_absent) {
  harness h;
  const auto asset = harness::data(
      h.call("POST", "/video/v1/assets", R"({"inputs":[{"url":"https://example.com/a.mp4"}]})"));
  EXPECT_EQ(asset.at("status"), "preparing");
  EXPECT_EQ(asset.at("progress").at("state"), "ingesting");
  EXPECT_EQ(asset.at("progress").at("progress"), 0);
  for (const auto* name : {"duration", "aspect_ratio", "tracks", "resolution_tier", "max_stored_resolution",
                           "max_stored_frame_rate", "playback_ids", "errors", "meta", "passthrough", "test"})
    EXPECT_FALSE(asset.contains(name)) << name;
}

TEST(assets, becomes_ready_after_its_time_and_no_sooner) {
  harness h;
  const auto id = h.create();
  h.advance(1999ms);
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("status"), "preparing");
  h.advance(1ms);
  const auto asset = harness::data(h.call("GET", harness::path(id)));
  EXPECT_EQ(asset.at("status"), "ready");
  EXPECT_EQ(asset.at("progress").at("progress"), 100);
  EXPECT_EQ(asset.at("aspect_ratio"), "16:9");
  EXPECT_GE(asset.at("duration").as_double(), 60);
  EXPECT_THAT(members(asset.at("tracks").at(0).as_object()), testing::Not(testing::Contains("status")));
  EXPECT_EQ(asset.at("tracks").at(1).at("language_code"), "und");
}

TEST(assets, created_at_is_a_string_of_seconds_of_the_servers_clock) {
  harness h;
  h.advance(1000h);
  const auto now = h.api.with_world([](const world& w) { return w.clock.now(); });
  const auto expected =
      std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  EXPECT_EQ(harness::data(h.call("GET", harness::path(h.create()))).at("created_at"),
            boost::json::string(expected));
}

TEST(assets, a_word_decides_which_end_errored) {
  auto options = quiet_options();
  options.fail_words = {"broken"};
  harness h(options);
  const auto status = [&h](std::string_view members) {
    const auto id = h.create(R"({"input":"https://example.com/a.mp4")" + std::string(members) + "}");
    h.advance(std::chrono::seconds(2));
    return harness::data(h.call("GET", harness::path(id))).at("status");
  };
  EXPECT_EQ(status(""), "ready");
  EXPECT_EQ(status(R"(,"passthrough":"a broken one")"), "errored");
  EXPECT_EQ(status(R"(,"meta":{"title":"broken"})"), "errored");
  EXPECT_EQ(status(R"(,"meta":{"external_id":"broken"})"), "errored");
  EXPECT_EQ(status(R"(,"meta":{"creator_id":"broken"})"), "ready");
  const auto id = h.create(R"({"input":"https://example.com/broken.mp4"})");
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("status"), "preparing");
  h.advance(std::chrono::seconds(2));
  const auto asset = harness::data(h.call("GET", harness::path(id)));
  EXPECT_EQ(asset.at("errors").at("type"), "download_failed");
  EXPECT_EQ(asset.at("errors").at("messages").as_array().size(), 1u);
}

TEST(assets, an_input_at_errored_example_ends_errored) {
  harness h;
  const auto id = h.create(R"({"input":"https://cdn@errored.example:8443/a.mp4"})");
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("status"), "preparing");
  h.advance(2s);
  const auto asset = harness::data(h.call("GET", harness::path(id)));
  EXPECT_EQ(asset.at("status"), "errored");
  EXPECT_EQ(asset.at("errors").at("type"), "download_failed");
  EXPECT_EQ(asset.at("progress").at("progress"), -1);
  EXPECT_FALSE(asset.contains("duration"));
}

TEST(assets, settings_are_kept) {
  harness h;
  const auto asset = harness::data(h.call(
      "POST", "/video/v1/assets",
      R"({"input":"https://example.com/a","video_quality":"plus","max_resolution_tier":"2160p","test":true,
          "normalize_audio":true,"master_access":"temporary","passthrough":"p\"\u0001é","meta":{"title":"T","creator_id":"C","external_id":"E"}})"));
  EXPECT_EQ(asset.at("video_quality"), "plus");
  EXPECT_EQ(asset.at("encoding_tier"), "smart");
  EXPECT_EQ(asset.at("max_resolution_tier"), "2160p");
  EXPECT_EQ(asset.at("master_access"), "temporary");
  EXPECT_TRUE(asset.at("test").as_bool());
  EXPECT_TRUE(asset.at("normalize_audio").as_bool());
  EXPECT_EQ(asset.at("passthrough"), "p\"\x01é");
  EXPECT_EQ(asset.at("meta").at("title"), "T");
  EXPECT_EQ(asset.at("meta").at("creator_id"), "C");
  EXPECT_EQ(asset.at("meta").at("external_id"), "E");
}

TEST(assets, a_faulty_create_is_refused_with_a_message_and_makes_nothing) {
  harness h;
  const auto refusal = [&h](const std::string& body) {
    return message_of(h.call("POST", "/video/v1/assets", body));
  };
  EXPECT_EQ(refusal("{}"), "inputs is required");
  EXPECT_EQ(refusal(R"({"inputs":[]})"), "inputs must be URLs or objects with a url");
  EXPECT_EQ(refusal(R"({"inputs":[{"url":"ftp://example.com/a"}]})"),
            "inputs must be URLs or objects with a url");
  EXPECT_EQ(refusal(R"({"inputs":[7]})"), "inputs must be URLs or objects with a url");
  EXPECT_EQ(refusal(R"({"input":"https://a.example","passthrough":")" + std::string(256, 'x') + R"("})"),
            "passthrough must be at most 255 characters");
  EXPECT_EQ(refusal(R"({"input":"https://a.example","video_quality":"best"})"),
            "video_quality must be one of: basic plus premium");
  EXPECT_EQ(refusal(R"({"input":"https://a.example","playback_policy":["private"]})"),
            "playback_policy must be one of: public signed drm");
  EXPECT_EQ(
      refusal(R"({"input":"https://a.example","meta":{"external_id":")" + std::string(129, 'x') + R"("}})"),
      "external_id must be at most 128 characters");
  EXPECT_EQ(refusal(R"({"input":"https://a.example","test":"yes"})"), "test must be a boolean");
  EXPECT_EQ(refusal("[]"), "The request body is not a JSON object");
  EXPECT_EQ(refusal(R"({"input":)"), "The request body is not a JSON object");
  EXPECT_EQ(refusal(R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}"),
            "The request body is not a JSON object");
  EXPECT_EQ(h.ledger().creates, 0u);
  EXPECT_EQ(h.api.with_world([](const world& w) { return w.asset_count(); }), 0u);
}

TEST(assets, passthrough_is_counted_in_characters_not_bytes) {
  harness h;
  std::string text;
  for (int i = 0; i < 255; ++i) text += "é";
  EXPECT_EQ(
      h.call("POST", "/video/v1/assets", R"({"input":"https://a.example","passthrough":")" + text + "\"}")
          .status,
      201);
}

TEST(assets, update_replaces_what_is_given_and_clears_with_an_empty_text_or_null) {
  harness h;
  const auto id =
      h.create(R"({"input":"https://a.example","passthrough":"old","meta":{"title":"T","external_id":"E"}})");
  const auto update = [&](std::string_view body) {
    return harness::data(h.call("PATCH", harness::path(id), body));
  };
  auto asset = update(R"({"passthrough":"new"})");
  EXPECT_EQ(asset.at("passthrough"), "new");
  EXPECT_EQ(asset.at("meta").at("title"), "T");
  asset = update(R"({"meta":{"title":"U"}})");
  EXPECT_EQ(asset.at("meta").at("title"), "U");
  EXPECT_EQ(asset.at("meta").at("external_id"), "E");
  EXPECT_FALSE(update(R"({"passthrough":""})").contains("passthrough"));
  EXPECT_FALSE(update(R"({"meta":null})").contains("meta"));
  EXPECT_EQ(update(R"({"thumbnail_time":1.5})").at("thumbnail_time"), 1.5);
  EXPECT_FALSE(update(R"({"thumbnail_time":null})").contains("thumbnail_time"));
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("id"), boost::json::string(id));
}

TEST(assets, a_faulty_update_changes_nothing) {
  harness h;
  const auto id = h.create(R"({"input":"https://a.example","passthrough":"old"})");
  EXPECT_EQ(message_of(h.call("PATCH", harness::path(id), R"({"passthrough":"new","meta":7})")),
            "meta must be an object");
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("passthrough"), "old");
}

TEST(assets, a_preparing_asset_cannot_be_deleted_a_ready_one_can_once) {
  harness h;
  const auto id = h.create();
  EXPECT_EQ(message_of(h.call("DELETE", harness::path(id))), "Can't delete a preparing asset.");
  h.advance(2s);
  const auto deleted = h.call("DELETE", harness::path(id));
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_EQ(h.call("DELETE", harness::path(id)).status, 404);
  EXPECT_EQ(h.call("GET", harness::path(id)).status, 404);
  EXPECT_EQ(h.ledger().deletes, 1u);
}

TEST(assets, playback_ids_are_created_retrieved_and_deleted) {
  harness h;
  const auto id = h.create();
  const auto created = h.call("POST", harness::path(id, "/playback-ids"), R"({"policy":"signed"})");
  EXPECT_EQ(created.status, 201);
  const auto playback = std::string(harness::data(created).at("id").as_string());
  const auto target = harness::path(id, "/playback-ids/" + playback);
  EXPECT_EQ(harness::data(h.call("GET", target)).at("policy"), "signed");
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("playback_ids").at(0).at("id"),
            boost::json::string(playback));
  EXPECT_EQ(h.call("DELETE", target).status, 204);
  EXPECT_EQ(h.call("GET", target).status, 404);
  EXPECT_FALSE(harness::data(h.call("GET", harness::path(id))).contains("playback_ids"));
  EXPECT_EQ(message_of(h.call("POST", harness::path(id, "/playback-ids"), R"({"policy":"drm"})")),
            "drm_configuration_id is required for the policy drm");
  EXPECT_EQ(h.call("GET", harness::path(id, "/playback-ids/" + unknown_id)).status, 404);
  EXPECT_EQ(message_of(h.call("GET", harness::path(id, "/playback-ids/abc"))), "Failed to parse ID");
}

TEST(assets, ids_are_all_different_and_well_formed) {
  harness h;
  h.seed(2000, seed_style::rich);
  std::set<std::string> seen;
  std::string cursor = "/video/v1/assets?limit=100";
  for (int page = 0; page < 20; ++page) {
    const auto body = harness::parse(h.call("GET", cursor));
    for (const auto& asset : body.at("data").as_array()) {
      EXPECT_TRUE(well_formed_id(asset.at("id").as_string()));
      EXPECT_TRUE(seen.emplace(asset.at("id").as_string()).second);
      for (const auto& id : asset.at("playback_ids").as_array())
        EXPECT_TRUE(seen.emplace(id.at("id").as_string()).second);
    }
    if (page < 19) cursor = "/video/v1/assets?cursor=" + std::string(body.at("next_cursor").as_string());
  }
  EXPECT_EQ(seen.size(), 6000u);
}

TEST(assets, seeded_assets_have_the_sizes_that_were_promised) {
  harness h;
  h.seed(1, seed_style::small);
  const auto small = h.call("GET", "/video/v1/assets").body.size();
  EXPECT_GT(small, 750u);
  EXPECT_LT(small, 1000u);
  h.api.with_world([](world& w) { w.reset(); });
  h.seed(1, seed_style::rich);
  const auto rich = h.call("GET", "/video/v1/assets").body.size();
  EXPECT_GT(rich, 1900u);
  EXPECT_LT(rich, 2300u);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
