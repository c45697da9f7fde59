#include <chrono>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include <mux/robots/models/directives.hpp>
#include <mux/system/models/utilities.hpp>
#include <mux/system/models/webhook_events.hpp>
#include <mux/video/models/assets.hpp>
#include <mux/video/models/uploads.hpp>

namespace mux {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view ready_asset =
    R"({"video_quality":"basic","tracks":[{"type":"video","max_width":1920,"max_frame_rate":29.97,"id":"v1"},)"
    R"({"type":"audio","status":"ready","primary":true,"language_code":"und","id":"a1"}],"status":"ready",)"
    R"("static_renditions":{"files":[{"name":"highest.mp4","filesize":"123456789012"}]},"progress":{"state":"completed",)"
    R"("progress":100},"playback_ids":[{"policy":"public","id":"p1"}],"max_resolution_tier":"1080p",)"
    R"("master_access":"none","id":"x1","encoding_tier":"baseline","duration":312.5,"created_at":"1789000000",)"
    R"("something_new":{"deep":[1,2]}})";

TEST(Models, ReadAnAssetAsTheApiSendsIt) {
  const result<asset> read = from_json<asset>(ready_asset);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->id, "x1");
  EXPECT_EQ(read->status, asset_status::ready);
  EXPECT_EQ(read->created_at, std::chrono::sys_seconds(1789000000s));
  EXPECT_EQ(read->max_resolution_tier, max_resolution_tier::_1080p);
  EXPECT_EQ(read->duration, 312.5);
  ASSERT_EQ(read->tracks.size(), 2u);
  EXPECT_EQ(read->tracks[0].max_width, 1920);
  EXPECT_EQ(read->tracks[1].type, track_type::audio);
  ASSERT_EQ(read->playback_ids.size(), 1u);
  EXPECT_EQ(read->playback_ids[0].policy, playback_policy::public_);
  EXPECT_EQ(read->static_renditions.value().files.at(0).filesize, 123456789012);
  EXPECT_FALSE(read->upload_id);
}

TEST(Models, KeepNumbersInStringsAsTheyStoodOnTheWire) {
  static_rendition rendition;
  rendition.filesize = 42;
  EXPECT_EQ(to_json(rendition), R"({"filesize":"42"})");
  asset a;
  a.id = "x";
  a.created_at = std::chrono::sys_seconds(7s);
  EXPECT_NE(to_json(a).find(R"("created_at":"7")"), std::string::npos) << to_json(a);
}

TEST(Models, KeepAValueThatIsNotKnownYet) {
  const result<upload> read = from_json<upload>(R"({"id":"u","status":"paused_by_magic"})");
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->status.known());
  EXPECT_EQ(read->status.text(), "paused_by_magic");
  EXPECT_NE(to_json(*read).find(R"("status":"paused_by_magic")"), std::string::npos);
}

TEST(Models, ReadNullAsAbsent) {
  const result<asset> read =
      from_json<asset>(R"({"id":"x","duration":null,"playback_ids":null,"meta":null})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_FALSE(read->duration);
  EXPECT_TRUE(read->playback_ids.empty());
  EXPECT_FALSE(read->meta);
}

TEST(Models, DemandOnlyAnId) {
  const result<asset> read = from_json<asset>(R"({"status":"ready"})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, errc::bad_response);
  EXPECT_NE(read.error().detail.find("id"), std::string::npos) << read.error().detail;
  EXPECT_TRUE(from_json<asset>(R"({"id":"x"})"));
}

TEST(Models, ReadTheAlternativeThatTheDiscriminatorNames) {
  const result<directive_create_params> read = from_json<directive_create_params>(
      R"({"name":"n","workflows":[{"workflow":"moderate"},{"params":{},"workflow":"find-scenes"}],)"
      R"("resources":[{"type":"video.asset.shots","reference_id":"r","source":{"via":"mux_api","action":"request_shots"}}]})");
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->workflows.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<workflow_binding_moderate_binding>(read->workflows[0]));
  EXPECT_TRUE(std::holds_alternative<workflow_binding_find_scenes_binding>(read->workflows[1]));
  ASSERT_EQ(read->resources.size(), 1u);
  const auto* shots = std::get_if<shots_resource_declaration>(&read->resources[0]);
  ASSERT_TRUE(shots);
  ASSERT_TRUE(shots->source);
  EXPECT_TRUE(
      std::holds_alternative<shots_resource_declaration_source_mux_api_request_shots>(*shots->source));
}

TEST(Models, GiveAnInputAConstructorFromItsUrl) {
  EXPECT_EQ(to_json(input{"https://example.com/a.mp4"}), R"({"url":"https://example.com/a.mp4"})");
  EXPECT_EQ(to_json(input()), "{}");
}

TEST(Models, CompareMemberByMember) {
  const asset a = from_json<asset>(ready_asset).value();
  asset b = a;
  EXPECT_EQ(a, b);
  b.tracks[0].max_width = 1280;
  EXPECT_NE(a, b);
}

TEST(Models, KeepOpenPartsAsText) {
  const result<base_webhook_event> read =
      from_json<base_webhook_event>(R"({"id":"e","type":"video.asset.ready","data":{"id":"x","n":[1, 2]}})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->data.text, R"({"id":"x","n":[1, 2]})");
}

}  // namespace
}  // namespace mux
