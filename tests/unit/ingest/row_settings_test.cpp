#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mux/json.hpp>
#include <mux/video/models/assets.hpp>

#include "codec/schema.hpp"
#include "ingest/row_key.hpp"
#include "ingest/row_params.hpp"
#include "unit/ingest/manifest_reading.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

manifest_row only_row(const reading& all) {
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_EQ(all.rows.size(), 1u);
  return all.rows.empty() ? manifest_row() : all.rows[0];
}

reading lines(const std::string& text) {
  return read(text, "m.jsonl");
}

std::string sent(const manifest_row& row) {
  const mux::result<asset_create_params> params = create_params_of(row);
  return params ? to_json(*params) : params.error().message();
}

TEST(row_settings, a_row_with_short_names_is_the_same_row_in_every_form) {
  const manifest_row csv =
      only_row(read("url,title,external_id,creator_id,passthrough,playback_policy,video_quality\n"
                    "https://a.example/1,T,e,c,p,signed,plus\n"));
  const manifest_row dotted = only_row(read(
      "inputs.0.url,meta.title,meta.external_id,meta.creator_id,passthrough,playback_policies,video_quality\n"
      "https://a.example/1,T,e,c,p,\"[\"\"signed\"\"]\",plus\n"));
  const manifest_row api = only_row(lines(
      R"({"inputs":[{"url":"https://a.example/1"}],"meta":{"title":"T","external_id":"e","creator_id":"c"},)"
      R"("passthrough":"p","playback_policies":["signed"],"video_quality":"plus"})"));
  const manifest_row flat = only_row(lines(
      R"({"url":"https://a.example/1","title":"T","external_id":"e","creator_id":"c","passthrough":"p",)"
      R"("playback_policy":"signed","video_quality":"plus"})"));
  const manifest_row old = only_row(
      lines(R"({"input":"https://a.example/1","meta":{"creator_id":"c","title":"T","external_id":"e"},)"
            R"("passthrough":"p","playback_policy":["signed"],"video_quality":"plus"})"));
  EXPECT_EQ(csv.settings, "");
  for (const manifest_row& other : {dotted, api, flat, old}) EXPECT_EQ(key_of(other), key_of(csv));
}

TEST(row_settings, columns_and_json_give_the_same_settings) {
  const manifest_row columns = only_row(
      read("url,test,max_resolution_tier,static_renditions.0.resolution,static_renditions.1.resolution,"
           "inputs.0.start_time,inputs.1.url,inputs.1.overlay_settings.vertical_align,playback_policies\n"
           "https://a.example/1,TRUE,1440p,720p,,1.50,https://a.example/logo.png,top,public signed\n"));
  const manifest_row json =
      only_row(lines(R"({"inputs":[{"start_time":1.5,"url":"https://a.example/1"},{"overlay_settings":)"
                     R"({"vertical_align":"top"},"url":"https://a.example/logo.png"}],"test":true,)"
                     R"("static_renditions":[{"resolution":"720p"}],"playback_policies":["public","signed"],)"
                     R"("max_resolution_tier":"1440p"})"));
  const manifest_row cell = only_row(
      read("url,settings\nhttps://a.example/1,\"{\"\"test\"\":true,\"\"max_resolution_tier\"\":\"\"1440p\"\","
           "\"\"static_renditions\"\":[{\"\"resolution\"\":\"\"720p\"\"}],\"\"playback_policies\"\":["
           "\"\"public\"\","
           "\"\"signed\"\"],\"\"inputs\"\":[{\"\"start_time\"\":1.5},{\"\"url\"\":\"\"https://a.example/"
           "logo.png\"\","
           "\"\"overlay_settings\"\":{\"\"vertical_align\"\":\"\"top\"\"}}]}\"\n"));
  EXPECT_EQ(
      columns.settings,
      R"({"inputs":[{"start_time":1.5},{"overlay_settings":{"vertical_align":"top"},)"
      R"("url":"https://a.example/logo.png"}],"max_resolution_tier":"1440p",)"
      R"("playback_policies":["public","signed"],"static_renditions":[{"resolution":"720p"}],"test":true})");
  EXPECT_EQ(json.settings, columns.settings);
  EXPECT_EQ(cell.settings, columns.settings);
  EXPECT_EQ(
      sent(columns),
      R"({"inputs":[{"start_time":1.5,"url":"https://a.example/1"},{"overlay_settings":)"
      R"({"vertical_align":"top"},"url":"https://a.example/logo.png"}],"max_resolution_tier":"1440p",)"
      R"("playback_policies":["public","signed"],"static_renditions":[{"resolution":"720p"}],"test":true})");
}

TEST(row_settings, every_field_of_the_create_is_a_column_and_a_member) {
  const codec::schema& create = detail::described<asset_create_params>().object();
  ASSERT_GE(create.fields.size(), 18u);
  for (const codec::field_row& field : create.fields) {
    const std::string name(field.name);
    const reading column = read("url," + name + "\n");
    if (name == "inputs" || name == "input")
      EXPECT_EQ(read(name + "\n").fault_count, 0u) << name;
    else
      EXPECT_THAT(column.faults, IsEmpty()) << name;
    // Of a wrong kind, but known.
    for (const std::string& fault :
         lines("{\"url\":\"https://a.example/1\",\"" + name + "\":{\"x\":1}}").faults)
      EXPECT_THAT(fault, testing::Not(HasSubstr("unknown field"))) << name;
  }
}

TEST(row_settings, an_upload_can_have_every_field_that_a_create_can_have) {
  const codec::schema& upload = detail::described<asset_options>().object();
  for (const codec::field_row& field : detail::described<asset_create_params>().object().fields)
    EXPECT_NE(upload.find(field.name), nullptr) << field.name;
}

TEST(row_settings, parameters_of_an_upload_are_those_of_the_create_without_its_url) {
  manifest_row row;
  row.file = "/films/a.mp4";
  row.title = "T";
  row.playback_policy = "public";
  row.settings =
      R"({"inputs":[{"generated_subtitles":[{"language_code":"en","name":"English"}]}],"test":true})";
  const mux::result<asset_options> settings = upload_settings_of(row);
  ASSERT_TRUE(settings);
  EXPECT_EQ(to_json(*settings),
            R"({"inputs":[{"generated_subtitles":[{"language_code":"en","name":"English"}]}],)"
            R"("meta":{"title":"T"},"playback_policies":["public"],"test":true})");
}

TEST(row_settings, settings_that_are_no_json_are_an_error_and_not_sent_without) {
  manifest_row row;
  row.url = "https://a.example/1";
  row.settings = "{\"test\":";
  EXPECT_FALSE(create_params_of(row));
  EXPECT_FALSE(upload_settings_of(row));
}

TEST(row_settings, an_explicit_empty_list_of_policies_is_kept) {
  EXPECT_EQ(only_row(lines(R"({"url":"https://a.example/1","playback_policies":[]})")).settings,
            R"({"playback_policies":[]})");
  EXPECT_EQ(only_row(read("url,playback_policies\nhttps://a.example/1,[]\n")).settings,
            R"({"playback_policies":[]})");
  EXPECT_EQ(only_row(read("url,playback_policies\nhttps://a.example/1,\n")).settings, "");
}

TEST(row_settings, null_and_empty_texts_say_nothing) {
  const manifest_row row = only_row(lines(
      R"({"url":"https://a.example/1","title":null,"meta":{"creator_id":""},"test":null,"inputs":null})"));
  EXPECT_EQ(row.settings, "");
  EXPECT_EQ(row.creator_id, "");
}

TEST(row_settings, points_at_the_member_that_is_wrong) {
  EXPECT_THAT(lines("{\"url\":\"https://a.example/1\",\n").faults, ElementsAre(HasSubstr("m.jsonl:1:30: ")));
  EXPECT_THAT(
      lines("\n{\"url\": \"https://a.example/1\", \"titel\": \"ü\", \"test\": \"yes\", \"video_quality\": "
            "\"gold\"}\n")
          .faults,
      ElementsAre(HasSubstr("m.jsonl:2:32: unknown field 'titel'"),
                  HasSubstr("m.jsonl:2:54: test is a string (expected true or false)"),
                  HasSubstr("m.jsonl:2:78: video_quality is 'gold' (expected basic or plus or premium)")));
  EXPECT_THAT(lines(R"({"url":"https://a.example/1","inputs":[{},{"url":"nonsense","volume":1}]})").faults,
              ElementsAre(HasSubstr(
                  "m.jsonl:1:61: inputs.1 has no member 'volume' (expected one of closed_captions")));
  EXPECT_THAT(lines(R"({"url":"https://a.example/1","inputs":[{},{"url":"nonsense"}]})").faults,
              ElementsAre(HasSubstr("m.jsonl:1:50: inputs.1.url: not an absolute URL")));
  EXPECT_THAT(lines(R"({"url":"https://a b/1"})").faults,
              ElementsAre(HasSubstr("m.jsonl:1:18: a character that a URL cannot hold")));
}

TEST(row_settings, points_into_json_in_a_quoted_cell) {
  EXPECT_THAT(read("url,settings\nhttps://a.example/1,\"{\"\"test\"\":\n \"\"no\"\"}\"\n").faults,
              ElementsAre(HasSubstr("m.csv:3:2: test is a string (expected true or false)")));
  EXPECT_THAT(read("settings,url\n\"{\"\"a\"\":1}\",https://a.example/1\n").faults,
              ElementsAre(HasSubstr("m.csv:2:3: unknown field 'a'")));
}

TEST(row_settings, refuses_what_the_api_would_refuse) {
  const auto fault_of = [](const std::string& column, const std::string& cell) {
    const reading all = read("url," + column + "\nhttps://a.example/1," + cell + "\n");
    return all.faults.size() == 1 ? all.faults[0] : std::to_string(all.faults.size()) + " faults";
  };
  EXPECT_THAT(fault_of("test", "yes"), HasSubstr("m.csv:2:21: test is 'yes' (expected true or false)"));
  EXPECT_THAT(fault_of("inputs.0.start_time", "1,5"), HasSubstr("the row has 3 cells"));
  EXPECT_THAT(fault_of("inputs.0.start_time", "soon"),
              HasSubstr("inputs.0.start_time is 'soon' (expected a number)"));
  EXPECT_THAT(fault_of("inputs.0.start_time", "inf"), HasSubstr("(expected a number)"));
  EXPECT_THAT(fault_of("max_resolution_tier", "8k"), HasSubstr("(expected 1080p or 1440p or 2160p)"));
  EXPECT_THAT(fault_of("playback_policies", "public secret"),
              HasSubstr("m.csv:2:28: playback_policy is 'secret'"));
  EXPECT_THAT(fault_of("playback_policies", "public drm"), HasSubstr("'drm' needs a DRM configuration"));
  EXPECT_THAT(fault_of("static_renditions", "[{}]"),
              HasSubstr("m.csv:2:22: static_renditions.0 has no resolution"));
  EXPECT_THAT(fault_of("static_renditions.0.passthrough", "p"),
              HasSubstr("static_renditions.0 has no resolution"));
  EXPECT_THAT(fault_of("static_renditions", "720p"),
              HasSubstr("static_renditions is '720p' (expected a JSON array)"));
  EXPECT_THAT(fault_of("advanced_playback_policies.0.policy", "drm"), HasSubstr("a drm_configuration_id"));
  EXPECT_THAT(fault_of("meta.title", std::string(513, 'x')),
              HasSubstr("title has 513 characters (expected at most 512)"));
  EXPECT_THAT(fault_of("static_renditions", "\"[{\"\"resolution\"\":\"\"720p\"\",\"\"passthrough\"\":\"\"" +
                                                std::string(256, 'x') + "\"\"}]\""),
              HasSubstr("static_renditions.0.passthrough has 256 characters"));
}

TEST(row_settings, a_drm_policy_with_its_configuration_is_complete) {
  EXPECT_EQ(
      only_row(
          read("url,advanced_playback_policies.0.policy,advanced_playback_policies.0.drm_configuration_id\n"
               "https://a.example/1,drm,cfg\n"))
          .settings,
      R"({"advanced_playback_policies":[{"drm_configuration_id":"cfg","policy":"drm"}]})");
}

TEST(row_settings, a_field_can_be_given_once) {
  EXPECT_THAT(read("url,title,meta.title\n").faults,
              ElementsAre(HasSubstr("m.csv:1:11: the column 'meta.title' is there twice, also as 'title'")));
  EXPECT_THAT(read("url,playback_policy,playback_policies\n").fault_count, 1u);
  EXPECT_THAT(read("url,input,inputs\n").fault_count, 1u);
  EXPECT_THAT(lines(R"({"url":"https://a.example/1","title":"a","meta":{"title":"b"}})").faults,
              ElementsAre(HasSubstr("m.jsonl:1:58: title is given twice")));
  EXPECT_THAT(lines(R"({"url":"https://a.example/1","url":"https://a.example/2"})").faults,
              ElementsAre(HasSubstr("m.jsonl:1:30: the member 'url' is there twice")));
  EXPECT_THAT(lines(R"({"url":"https://a.example/1","inputs":[{"url":"https://a.example/2"}]})").faults,
              ElementsAre(HasSubstr("url is given twice")));
  EXPECT_THAT(read("url,test,settings\nhttps://a.example/1,true,\"{\"\"test\"\":false}\"\n").faults,
              ElementsAre(HasSubstr("m.csv:2:37: test is given twice")));
  EXPECT_THAT(read("url,test,settings\nhttps://a.example/1,,\"{\"\"test\"\":false}\"\n").fault_count, 0u);
}

TEST(row_settings, unknown_parts_of_a_dotted_name_say_what_is_known) {
  EXPECT_THAT(
      read("url,meta.titel\n").faults,
      ElementsAre(HasSubstr("unknown column 'meta.titel' (expected creator_id or external_id or title)")));
  EXPECT_THAT(read("url,inputs.x.url\n").faults, ElementsAre(HasSubstr("the number of an element")));
  EXPECT_THAT(read("url,inputs.00.url\n").fault_count, 1u);
  EXPECT_THAT(read("url,test.x\n").faults,
              ElementsAre(HasSubstr("nothing behind the name of a single value")));
}

TEST(row_settings, a_row_without_a_source_is_a_fault) {
  EXPECT_THAT(lines("{\"title\":\"T\"}\n{}\n").faults,
              ElementsAre(HasSubstr("m.jsonl:1:1: the URL is missing"),
                          HasSubstr("m.jsonl:2:1: the URL is missing")));
  EXPECT_THAT(lines(R"({"url":"https://a.example/1","file":"a.mp4"})").faults,
              ElementsAre(HasSubstr("the row has a URL and a file")));
}

TEST(row_settings, texts_of_json_are_decoded_and_what_is_no_text_is_refused) {
  EXPECT_EQ(
      only_row(lines(R"({"url":"https://a.example/1","title":"\u00fc \ud83d\ude00 \"\\\/\n\t"})")).title,
      "ü 😀 \"\\/\n\t");
  for (const std::string bad : {R"("\ud83d")",
                                R"("\ude00")",
                                R"("\ud83d\u0041")",
                                R"("\u0000")",
                                R"("\x")",
                                R"("\u12g4")",
                                "\"\x01\"",
                                "\"\xFF\"",
                                "\"open",
                                "01",
                                "+1",
                                "1.",
                                ".5",
                                "1e",
                                "tru",
                                "nan",
                                "'x'",
                                "[1,]",
                                "{\"a\":1,}",
                                "{a:1}",
                                "[",
                                "{"})
    EXPECT_EQ(lines("{\"url\":\"https://a.example/1\",\"title\":" + bad + "}").fault_count, 1u) << bad;
  EXPECT_EQ(lines("{\"url\":\"https://a.example/1\"} x").fault_count, 1u);
  EXPECT_EQ(lines("[]").fault_count, 1u);
  EXPECT_EQ(lines(std::string(100'000, '[')).fault_count, 1u);
}

TEST(row_settings, an_object_with_very_many_members_is_refused_quickly) {
  std::string text = "{\"url\":\"https://a.example/1\"";
  for (int i = 0; i < 60'000; ++i) text += ",\"m" + std::to_string(i) + "\":1";
  EXPECT_THAT(lines(text + "}").faults, ElementsAre(HasSubstr("the object has too many members")));
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
