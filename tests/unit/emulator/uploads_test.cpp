#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using namespace std::chrono_literals;

std::string id_of(const boost::json::object& object) {
  return std::string(object.at("id").as_string());
}

std::string upload_path(const std::string& id, std::string_view rest = {}) {
  return "/video/v1/uploads/" + id + std::string(rest);
}

TEST(uploads, wait_for_a_file_at_a_url_of_this_server) {
  harness h;
  const auto upload = h.create_upload();
  EXPECT_EQ(upload.at("status"), "waiting");
  EXPECT_EQ(upload.at("timeout"), 3600);
  EXPECT_EQ(upload.at("cors_origin"), "*");
  EXPECT_THAT(std::string(upload.at("url").as_string()),
              testing::StartsWith("https://127.0.0.1:1234/_storage/"));
  for (const auto* absent : {"asset_id", "error", "test", "new_asset_settings"})
    EXPECT_FALSE(upload.contains(absent)) << absent;
  EXPECT_EQ(h.upload(id_of(upload)), upload);
  EXPECT_NE(target_of(upload), target_of(h.create_upload()));
  EXPECT_EQ(h.ledger().uploads, 2u);
  EXPECT_EQ(h.ledger().creates, 0u);
}

TEST(uploads, become_the_asset_that_their_settings_describe) {
  harness h;
  const auto upload = h.create_upload(R"({"cors_origin":"https://example.com","timeout":60,"test":true,
      "new_asset_settings":{"playback_policy":["public","signed"],"passthrough":"p","video_quality":"plus",
      "normalize_audio":true,"meta":{"title":"T","creator_id":"c","external_id":"e"}}})");
  EXPECT_EQ(upload.at("timeout"), 60);
  EXPECT_EQ(upload.at("test"), true);
  const auto policies = boost::json::parse(R"(["public","signed"])");
  EXPECT_TRUE(upload.at("new_asset_settings").at("playback_policies") == policies);
  EXPECT_EQ(upload.at("new_asset_settings").at("meta").at("title"), "T");
  EXPECT_FALSE(upload.at("new_asset_settings").as_object().contains("playback_policy"));

  EXPECT_EQ(h.put(target_of(upload), "abc")->status, 200);
  const auto done = h.upload(id_of(upload));
  EXPECT_EQ(done.at("status"), "asset_created");
  EXPECT_FALSE(done.contains("url"));
  const auto asset_id = std::string(done.at("asset_id").as_string());
  EXPECT_THAT(harness::ids(h.call("GET", "/video/v1/assets?upload_id=" + id_of(upload))),
              testing::ElementsAre(asset_id));

  h.advance(2s);
  const auto asset = harness::data(h.call("GET", harness::path(asset_id)));
  EXPECT_EQ(asset.at("status"), "ready");
  EXPECT_EQ(asset.at("upload_id"), upload.at("id"));
  EXPECT_EQ(asset.at("ingest_type"), "on_demand_direct_upload");
  EXPECT_EQ(asset.at("passthrough"), "p");
  EXPECT_EQ(asset.at("video_quality"), "plus");
  EXPECT_EQ(asset.at("normalize_audio"), true);
  EXPECT_EQ(asset.at("test"), true);
  EXPECT_EQ(asset.at("meta").at("title"), "T");
  EXPECT_EQ(asset.at("meta").at("creator_id"), "c");
  EXPECT_EQ(asset.at("meta").at("external_id"), "e");
  const auto& playback_ids = asset.at("playback_ids").as_array();
  ASSERT_EQ(playback_ids.size(), 2u);
  EXPECT_EQ(playback_ids[1].at("policy"), "signed");
  EXPECT_NE(playback_ids[0].at("id"), playback_ids[1].at("id"));
}

TEST(uploads, faulty_bodies_are_refused) {
  harness h;
  for (const auto* body :
       {"", "[]", "{}", R"({"cors_origin":1})", R"({"cors_origin":"*","timeout":59})",
        R"({"cors_origin":"*","timeout":604801})", R"({"cors_origin":"*","timeout":"60"})",
        R"({"cors_origin":"*","test":1})", R"({"cors_origin":"*","new_asset_settings":[]})",
        R"({"cors_origin":"*","new_asset_settings":{"playback_policies":["secret"]}})",
        R"({"cors_origin":"*","new_asset_settings":{"video_quality":"best"}})"}) {
    const auto answer = h.call("POST", "/video/v1/uploads", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(harness::parse(answer).at("error").at("type"), "invalid_parameters");
  }
  EXPECT_EQ(h.ledger().uploads, 0u);
  EXPECT_EQ(h.call("POST", "/video/v1/uploads", R"({"cors_origin":"*","timeout":604800})").status, 201);
}

TEST(uploads, time_out_by_the_emulators_clock) {
  harness h;
  const auto upload = h.create_upload(R"({"cors_origin":"*","timeout":60})");
  h.advance(60s - 1ns);
  EXPECT_EQ(h.upload(id_of(upload)).at("status"), "waiting");
  h.advance(1ns);
  const auto late = h.upload(id_of(upload));
  EXPECT_EQ(late.at("status"), "timed_out");
  EXPECT_FALSE(late.contains("url"));
  EXPECT_EQ(h.call("PUT", upload_path(id_of(upload), "/cancel")).status, 403);
}

TEST(uploads, bytes_that_come_too_late_make_no_asset) {
  harness h;
  const auto cancelled = h.create_upload(), late = h.create_upload(R"({"cors_origin":"*","timeout":60})");
  const auto answer = h.call("PUT", upload_path(id_of(cancelled), "/cancel"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(harness::data(answer).at("status"), "cancelled");
  h.advance(60s);
  for (const auto& upload : {cancelled, late}) EXPECT_EQ(h.put(target_of(upload), "abc")->status, 200);
  EXPECT_EQ(h.ledger().creates, 0u);
  EXPECT_EQ(h.upload(id_of(cancelled)).at("status"), "cancelled");
  EXPECT_EQ(h.upload(id_of(late)).at("status"), "timed_out");
}

TEST(uploads, can_be_cancelled_only_while_they_wait) {
  harness h;
  const auto waiting = h.create_upload(), done = h.create_upload();
  EXPECT_EQ(h.put(target_of(done), "abc")->status, 200);
  const auto refused = h.call("PUT", upload_path(id_of(done), "/cancel"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(harness::parse(refused).at("error").at("type"), "forbidden");
  EXPECT_EQ(h.call("PUT", upload_path(id_of(waiting), "/cancel")).status, 200);
  EXPECT_EQ(h.call("PUT", upload_path(id_of(waiting), "/cancel")).status, 403);
  EXPECT_EQ(h.upload(id_of(done)).at("status"), "asset_created");
}

TEST(uploads, are_listed_page_by_page_the_newest_first) {
  harness h;
  std::vector<std::string> made;
  for (int i = 0; i < 30; ++i) made.insert(made.begin(), id_of(h.create_upload()));
  const auto ids = [&h](std::string_view query) {
    return harness::ids(h.call("GET", "/video/v1/uploads" + std::string(query)));
  };
  EXPECT_EQ(ids("?limit=100"), made);
  EXPECT_EQ(ids(""), std::vector(made.begin(), made.begin() + 25));
  EXPECT_EQ(ids("?page=2"), std::vector(made.begin() + 25, made.end()));
  EXPECT_EQ(ids("?limit=7&page=2"), std::vector(made.begin() + 7, made.begin() + 14));
  EXPECT_TRUE(ids("?page=3").empty());
  EXPECT_TRUE(ids("?page=18446744073709551615").empty());
  for (const auto* query : {"?limit=0", "?page=0", "?page=x", "?limit=-1"})
    EXPECT_EQ(h.call("GET", "/video/v1/uploads" + std::string(query)).status, 400) << query;
}

TEST(uploads, unknown_and_malformed_ids_are_told_apart) {
  harness h;
  for (const auto& [method, rest] : {std::pair("GET", ""), {"PUT", "/cancel"}}) {
    EXPECT_EQ(h.call(method, upload_path(unknown_id, rest)).status, 404);
    EXPECT_EQ(h.call(method, upload_path("abc", rest)).status, 400);
  }
}

TEST(uploads, belong_to_their_environment) {
  auto options = quiet_options();
  auto& other = options.tokens.emplace_back();
  other.id = "other";
  other.secret = "secret";
  other.environment_id = "second";
  harness h(options);
  const auto upload = h.create_upload();
  constexpr auto stranger = "Basic b3RoZXI6c2VjcmV0";
  EXPECT_EQ(h.send("GET", upload_path(id_of(upload)), "", stranger).status, 404);
  EXPECT_EQ(h.send("GET", "/video/v1/uploads", "", stranger).body, R"({"data":[]})");
  EXPECT_EQ(h.put(target_of(upload), "abc")->status, 200);
  EXPECT_EQ(h.send("GET", "/video/v1/assets", "", stranger).body, R"({"next_cursor":null,"data":[]})");
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets")).size(), 1u);
}

TEST(uploads, of_nothing_or_with_a_failing_word_end_errored) {
  auto options = quiet_options();
  options.fail_words = {"broken"};
  harness h(options);
  const auto empty = h.create_upload();
  const auto broken =
      h.create_upload(R"({"cors_origin":"*","new_asset_settings":{"meta":{"title":"broken"}}})");
  EXPECT_EQ(h.put(target_of(empty), "")->status, 200);
  EXPECT_EQ(h.put(target_of(broken), "abc")->status, 200);
  h.advance(2s);
  for (const auto& upload : {empty, broken}) {
    const auto id = std::string(h.upload(id_of(upload)).at("asset_id").as_string());
    const auto asset = harness::data(h.call("GET", harness::path(id)));
    EXPECT_EQ(asset.at("status"), "errored");
    EXPECT_EQ(asset.at("errors").at("type"), "invalid_input");
    EXPECT_EQ(asset.at("errors").at("messages").as_array().size(), 1u);
  }
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
