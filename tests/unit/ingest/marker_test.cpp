#include "ingest/marker.hpp"

#include <set>

#include <gtest/gtest.h>

#include "ingest/row_key.hpp"
#include "ingest/text.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using std::chrono::milliseconds;
using instant = std::chrono::sys_time<milliseconds>;

TEST(ulid, encodes_the_time_in_front) {
  ulid_source source(1);
  EXPECT_EQ(source.next(instant(milliseconds(1469918176385))).substr(0, 10), "01ARYZ6S41");
}

TEST(ulid, grows_within_a_millisecond_and_when_the_clock_goes_back) {
  ulid_source source(7);
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    std::string next =
        source.next(instant(milliseconds(1'800'000'000'000 + (i % 100 == 99 ? -5'000 : i / 10))));
    EXPECT_TRUE(is_ulid(next)) << next;
    ASSERT_LT(last, next);
    last = std::move(next);
  }
}

TEST(ulid, of_two_sources_differ) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(ulid_source().next(instant(milliseconds(5))));
  EXPECT_EQ(all.size(), 100u);
}

TEST(ulid, is_recognised) {
  EXPECT_TRUE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  EXPECT_FALSE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FA"));
  EXPECT_FALSE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAU")) << "U is not in the alphabet";
  EXPECT_FALSE(is_ulid("81ARZ3NDEKTSV4RRFFQ69G5FAV")) << "more than 128 bits";
}

TEST(marker, takes_the_first_free_place) {
  const std::string ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  manifest_row row;
  EXPECT_EQ(with_marker(row, ulid).passthrough, "mm1:" + ulid);
  row.passthrough = "mine";
  EXPECT_EQ(with_marker(row, ulid).passthrough, "mine");
  EXPECT_EQ(with_marker(row, ulid).external_id, "mm1:" + ulid);
  row.external_id = "theirs";
  EXPECT_EQ(with_marker(row, ulid).passthrough, "mm1:" + ulid + ":mine");
  EXPECT_EQ(with_marker(row, ulid).external_id, "theirs");
  EXPECT_EQ(code_points(with_marker(row, ulid).passthrough), 31u + 4u);
}

TEST(marker, is_found_wherever_it_was_put) {
  const std::string ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  for (const auto& [passthrough, external_id] :
       {std::pair<std::string, std::string>("", ""), {"mine", ""}, {"", "theirs"}, {"mine", "theirs"}}) {
    manifest_row row;
    row.passthrough = passthrough;
    row.external_id = external_id;
    const manifest_row sent = with_marker(row, ulid);
    ASSERT_TRUE(find_marker(sent.passthrough, sent.external_id));
    EXPECT_EQ(*find_marker(sent.passthrough, sent.external_id), ulid);
  }
}

TEST(marker, of_others_is_not_taken_for_ours) {
  EXPECT_FALSE(find_marker("", ""));
  EXPECT_FALSE(find_marker("mm1:", ""));
  EXPECT_FALSE(find_marker("mm1:01ARZ3NDEKTSV4RRFFQ69G5FAVX", ""));
  EXPECT_FALSE(find_marker("xmm1:01ARZ3NDEKTSV4RRFFQ69G5FAV", ""));
  EXPECT_FALSE(find_marker("mm1:01ARZ3NDEKTSV4RRFFQ69G5FAu", ""));
}

TEST(row_key, depends_on_every_cell_and_on_nothing_else) {
  manifest_row row;
  row.url = "https://a.example/1";
  row.title = "ab";
  const row_key first = key_of(row);
  manifest_row moved = row;
  moved.line = 7;
  EXPECT_EQ(key_of(moved), first);
  std::set<row_key> keys = {first};
  for (std::string manifest_row::*member :
       {&manifest_row::url, &manifest_row::title, &manifest_row::external_id, &manifest_row::creator_id,
        &manifest_row::passthrough, &manifest_row::playback_policy, &manifest_row::video_quality,
        &manifest_row::file, &manifest_row::settings}) {
    manifest_row other = row;
    other.*member += "x";
    keys.insert(key_of(other));
  }
  EXPECT_EQ(keys.size(), 10u);
}

TEST(row_key, never_changes_for_rows_that_earlier_journals_know) {
  manifest_row row;
  row.url = "https://a.example/1";
  row.title = "ab";
  // SHA-256 of "mux row 1\n19:https://a.example/12:ab0:0:0:0:0:".
  const row_key key = key_of(row);
  std::string hexadecimal;
  for (const unsigned char byte : key) {
    hexadecimal += "0123456789abcdef"[byte >> 4];
    hexadecimal += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(hexadecimal, "0abf3dc861d09c02dd105c713017258197fddb4e38d3ae95ab5addc400c6b7ff");
}

TEST(row_key, keeps_neighbouring_cells_apart) {
  manifest_row a, b;
  a.title = "xy";
  b.title = "x";
  b.external_id = "y";
  EXPECT_NE(key_of(a), key_of(b));
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
