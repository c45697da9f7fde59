#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <mux/data/data.hpp>
#include <mux/robots/robots.hpp>
#include <mux/system/system.hpp>
#include <mux/video/video.hpp>

#include "codec/schema.hpp"

namespace mux {
namespace {

namespace video = requests::video;

template <class T>
errc fault_of(const request<T>& call) {
  return call.base().fault ? call.base().fault->code : errc::none;
}

TEST(Requests, PutArgumentsIntoThePath) {
  const auto call = video::assets::retrieve_playback_id("a1", "p2");
  EXPECT_EQ(call.target(), "/video/v1/assets/a1/playback-ids/p2");
  EXPECT_EQ(call.operation().id, "video.assets.retrievePlaybackId");
  EXPECT_EQ(call.body(), "");
  EXPECT_FALSE(call.base().fault);
}

TEST(Requests, PutArgumentsIntoPartsOfASegment) {
  EXPECT_EQ(video::playback::thumbnail("abc", "jpg").target(), "/abc/thumbnail.jpg");
  EXPECT_EQ(video::playback::hls("abc").target(), "/abc.m3u8");
  EXPECT_EQ(video::playback::track("abc", "t").target(), "/abc/text/t.vtt");
}

TEST(Requests, EscapeWhateverCouldLeaveItsPlaceInThePath) {
  EXPECT_EQ(video::assets::retrieve("../../system/v1/whoami").target(),
            "/video/v1/assets/..%2F..%2Fsystem%2Fv1%2Fwhoami");
  EXPECT_EQ(video::assets::retrieve("a?b#c d%2e").target(), "/video/v1/assets/a%3Fb%23c%20d%252e");
  EXPECT_EQ(video::assets::retrieve("\u00e9").target(), "/video/v1/assets/%C3%A9");
  EXPECT_EQ(video::assets::retrieve("\xff").target(), "/video/v1/assets/%FF");
}

TEST(Requests, RefuseArgumentsThatCannotBeSent) {
  for (std::string_view bad :
       {std::string_view(""), std::string_view("."), std::string_view(".."), std::string_view("a\nb"),
        std::string_view("a\0b", 3), std::string_view("\x7f")}) {
    const auto call = video::assets::retrieve(bad);
    EXPECT_EQ(fault_of(call), errc::invalid_argument) << bad;
    EXPECT_NE(call.base().fault->detail.find("asset_id"), std::string::npos) << call.base().fault->detail;
  }
  EXPECT_EQ(fault_of(video::assets::retrieve(std::string(255, 'x'))), errc::none);
  EXPECT_EQ(fault_of(video::assets::retrieve(std::string(256, 'x'))), errc::invalid_argument);
}

TEST(Requests, ReportTheFirstWrongArgument) {
  const auto call = video::assets::delete_track("fine", "");
  ASSERT_TRUE(call.base().fault);
  EXPECT_EQ(call.base().fault->detail, "track_id is empty");
  EXPECT_EQ(video::assets::delete_track("", "").base().fault->detail, "asset_id is empty");
}

TEST(Requests, WriteABodyOfTheMembersThatAreSet) {
  asset_create_params params;
  params.inputs = {input{"https://example.com/in.mp4"}};
  params.playback_policies = {playback_policy::public_};
  params.video_quality = video_quality::basic;
  params.meta.emplace().title = "A \"title\"";
  params.test = true;
  EXPECT_EQ(video::assets::create(params).body(),
            R"({"inputs":[{"url":"https://example.com/in.mp4"}],"meta":{"title":"A \"title\""},)"
            R"("playback_policies":["public"],"test":true,"video_quality":"basic"})");
}

TEST(Requests, WriteRequiredMembersEvenWhenTheyAreEmpty) {
  EXPECT_EQ(video::assets::create(asset_create_params()).body(), R"({"inputs":[]})");
  EXPECT_EQ(video::assets::generate_shots("a").body(), "{}");
}

TEST(Requests, WriteListsThatMeanSomethingWhenTheyAreEmpty) {
  const live_stream_update_embedded_subtitles_params none;
  EXPECT_EQ(video::live_streams::update_embedded_subtitles("s", none).body(), R"({"embedded_subtitles":[]})");
}

TEST(Requests, TellAbsentFromNullFromAValueInAnUpdate) {
  asset_update_params params;
  EXPECT_EQ(video::assets::update("a", params).body(), "{}");
  params.passthrough = null;
  EXPECT_EQ(video::assets::update("a", params).body(), R"({"passthrough":null})");
  params.passthrough = "x";
  params.thumbnail_time = 1.5;
  EXPECT_EQ(video::assets::update("a", params).body(), R"({"passthrough":"x","thumbnail_time":1.5})");
}

TEST(Requests, WriteTheChosenAlternative) {
  directive_create_params params;
  params.name = "n";
  workflow_binding_translate_captions_binding translate;
  params.workflows.emplace_back(translate);
  const std::string body(requests::robots::directives::create(params).body());
  EXPECT_NE(body.find(R"("workflow":"translate-captions")"), std::string::npos) << body;
}

TEST(Requests, WriteTheQueryWithBracketsForLists) {
  metric_list_breakdown_values_params params;
  params.timeframe = {"24:hours"};
  params.filters = {"country:US", "!browser:Safari"};
  params.limit = 10;
  EXPECT_EQ(requests::data::metrics::list_breakdown_values("views", params).target(),
            "/data/v1/metrics/views/breakdown?filters%5B%5D=country%3AUS&filters%5B%5D=%21browser%3ASafari"
            "&timeframe%5B%5D=24%3Ahours&limit=10");
}

TEST(Requests, WriteTimesAndEnumsOfTheQuery) {
  metric_get_breakdown_params params;
  params.dimension = monitoring_dimension::country;
  params.timestamp = std::chrono::sys_seconds(std::chrono::seconds(1789000000));
  EXPECT_EQ(requests::data::monitoring::metrics::get_breakdown("current-concurrent-viewers", params).target(),
            "/data/v1/monitoring/metrics/current-concurrent-viewers/"
            "breakdown?dimension=country&timestamp=1789000000");
}

TEST(Requests, LeaveOutTheQuestionMarkWithoutAQuery) {
  EXPECT_EQ(video::assets::list().target(), "/video/v1/assets");
}

TEST(Requests, SayWhatTheAnswerDecodesTo) {
  const auto one = video::assets::retrieve("a");
  EXPECT_EQ(one.base().answer, &codec::type_of<asset>);
  EXPECT_TRUE(one.base().unwrap);

  const auto many = video::assets::list();
  EXPECT_EQ(many.base().answer, &codec::type_of<page<asset>>);
  EXPECT_FALSE(many.base().unwrap);

  asset_list_params params;
  params.limit = 7;
  const request<borrowed_page<asset_view>> lent = video::assets::list_borrowed(params);
  EXPECT_EQ(lent.target(), "/video/v1/assets?limit=7");
  EXPECT_EQ(&lent.operation(), &many.operation());
  EXPECT_NE(lent.base().borrow, nullptr);
  EXPECT_EQ(many.base().borrow, nullptr);

  const auto whole = requests::system::usage_exports::list();
  EXPECT_EQ(whole.base().answer, &codec::type_of<usage_exports_response>);
  EXPECT_FALSE(whole.base().unwrap);

  EXPECT_EQ(video::assets::retrieve_input_info("a").base().answer, &codec::type_of<std::vector<input_info>>);
}

TEST(Requests, ExpectNothingOrRawBytesWhereTheApiSendsNoJson) {
  const request<void> none = video::assets::delete_("a");
  EXPECT_EQ(none.base().answer, nullptr);
  EXPECT_FALSE(none.base().raw);
  const request<std::string> bytes = video::playback::thumbnail("p", "png");
  EXPECT_EQ(bytes.base().answer, nullptr);
  EXPECT_TRUE(bytes.base().raw);
}

}  // namespace
}  // namespace mux
