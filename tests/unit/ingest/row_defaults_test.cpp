#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mux/ingest/row_defaults.hpp>

#include "ingest/marker.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

row_defaults from(const std::string& json) {
  row_defaults defaults;
  const result<void> added = defaults.add_object(json, "d.json");
  EXPECT_TRUE(added) << added.error().message();
  return defaults;
}

std::string fault_of(const std::string& json) {
  row_defaults defaults;
  const result<void> added = defaults.add_object(json, "d.json");
  return added ? "" : to_string(added.error().faults.at(0), "d.json");
}

manifest_row row_of(const std::string& settings = {}) {
  manifest_row row;
  row.url = "https://a.example/1";
  row.settings = settings;
  return row;
}

TEST(row_defaults, fill_in_what_a_row_does_not_say) {
  const row_defaults defaults = from(
      R"({"meta":{"title":"T","creator_id":"c"},"video_quality":"plus","test":true,"max_resolution_tier":"1440p"})");
  manifest_row row = row_of(R"({"test":false})");
  row.title = "mine";
  row = defaults.apply(row);
  EXPECT_EQ(row.title, "mine");
  EXPECT_EQ(row.creator_id, "c");
  EXPECT_EQ(row.video_quality, "plus");
  EXPECT_EQ(row.settings, R"({"max_resolution_tier":"1440p","test":false})");
  EXPECT_EQ(row.url, "https://a.example/1");
}

TEST(row_defaults, keep_the_file_of_a_row) {
  manifest_row row;
  row.file = "/films/a.mp4";
  EXPECT_EQ(from(R"({"test":true})").apply(row).file, "/films/a.mp4");
}

TEST(row_defaults, never_open_a_row_that_asks_for_another_policy) {
  const row_defaults open = from(R"({"playback_policy":"public"})");
  EXPECT_EQ(open.apply(row_of()).playback_policy, "public");
  for (const char* own : {R"({"advanced_playback_policies":[{"drm_configuration_id":"x","policy":"drm"}]})",
                          R"({"playback_policies":[]})", R"({"playback_policies":["signed","signed"]})"}) {
    const manifest_row row = open.apply(row_of(own));
    EXPECT_EQ(row.playback_policy, "") << own;
    EXPECT_EQ(row.settings, own);
  }
  const row_defaults drm =
      from(R"({"advanced_playback_policies":[{"policy":"drm","drm_configuration_id":"x"}]})");
  manifest_row given = row_of();
  given.playback_policy = "signed";
  EXPECT_EQ(drm.apply(given).settings, "");
}

TEST(row_defaults, give_only_one_of_two_fields_that_decide_the_same) {
  manifest_row row = row_of();
  row.video_quality = "plus";
  EXPECT_EQ(from(R"({"encoding_tier":"smart"})").apply(row).settings, "");
  EXPECT_EQ(from(R"({"mp4_support":"standard"})")
                .apply(row_of(R"({"static_renditions":[{"resolution":"720p"}]})"))
                .settings,
            R"({"static_renditions":[{"resolution":"720p"}]})");
}

TEST(row_defaults, leave_the_marker_of_a_row_where_it_is_found) {
  const row_defaults defaults = from(R"({"passthrough":"batch 7"})");
  manifest_row named = row_of();
  named.external_id = "e";
  for (const manifest_row& row : {row_of(), named}) {
    const manifest_row sent = defaults.apply(with_marker(row, ulid));
    EXPECT_THAT(sent.passthrough, HasSubstr("batch 7"))
        << "a default counts although the marker stood in its place";
    EXPECT_EQ(find_marker(sent.passthrough, sent.external_id).value_or(""), ulid);
  }
  manifest_row own = row_of();
  own.passthrough = "mine";
  EXPECT_EQ(defaults.apply(with_marker(own, ulid)).passthrough, "mine");
}

TEST(row_defaults, what_was_added_first_counts) {
  row_defaults defaults;
  ASSERT_TRUE(defaults.add_fields({{"video_quality", "plus"},
                                   {"static_renditions.0.resolution", "720p"},
                                   {"static_renditions.1.resolution", "1080p"}}));
  ASSERT_TRUE(
      defaults.add_object(R"({"video_quality":"basic","static_renditions":[],"test":true})", "d.json"));
  const manifest_row row = defaults.apply(row_of());
  EXPECT_EQ(row.video_quality, "plus");
  EXPECT_EQ(row.settings,
            R"({"static_renditions":[{"resolution":"720p"},{"resolution":"1080p"}],"test":true})");
}

TEST(row_defaults, name_the_place_of_what_is_wrong) {
  EXPECT_THAT(fault_of("{\n  \"test\": 1\n}"),
              HasSubstr("d.json:2:11: test is a number (expected true or false)"));
  EXPECT_THAT(fault_of("{\"colour\":1}"), HasSubstr("d.json:1:2: unknown field 'colour'"));
  EXPECT_THAT(fault_of("[1]"), HasSubstr("an array where fields are wanted"));
  EXPECT_THAT(fault_of("{"), HasSubstr("d.json:1:2: "));
  for (const char* own :
       {R"({"url":"https://a.example/1"})", R"({"file":"a.mp4"})", R"({"meta":{"external_id":"e"}})"})
    EXPECT_THAT(fault_of(own), HasSubstr("belongs to one row only")) << own;
  EXPECT_THAT(fault_of("{\"passthrough\":\"" + std::string(225, 'x') + "\"}"),
              HasSubstr("no room for the marker"));
  row_defaults defaults;
  EXPECT_FALSE(defaults.add_fields({{"test", "yes"}}));
  EXPECT_FALSE(defaults.add_fields({{"colour", "red"}}));
  EXPECT_FALSE(defaults.add_fields({{"test", "true"}, {"test", "false"}}));
  EXPECT_TRUE(defaults.empty());
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
