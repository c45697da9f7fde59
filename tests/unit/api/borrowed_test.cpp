// The borrowed form of a list says the same as the owned one, about good texts and bad ones.

#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include <mux/borrowed.hpp>
#include <mux/video/models/assets_views.hpp>

#include "api/borrow.hpp"
#include "api/schemas_video.hpp"
#include "codec/codec.hpp"
#include "unit/api/random_value.hpp"

namespace mux {
namespace {

static_assert(std::is_trivially_destructible_v<asset_view> && std::is_trivially_copyable_v<asset_view>);
static_assert(std::is_nothrow_move_constructible_v<borrowed_page<asset_view>>);
static_assert(!std::is_copy_constructible_v<borrowed_page<asset_view>>);
static_assert(std::is_same_v<page_of_t<asset_view>, borrowed_page<asset_view>>);
static_assert(std::is_same_v<page_of_t<asset>, page<asset>>);

borrowed_page<asset_view> borrow(std::string text) {
  result<borrowed_page<asset_view>> got = api::borrow<asset_view>(std::move(text));
  EXPECT_TRUE(got) << (got ? "" : got.error().detail);
  return got ? std::move(*got) : borrowed_page<asset_view>();
}

// What was read, as text again, or what was wrong.
std::string owned_form(const std::string& text) {
  const result<page<asset>> got = codec::read<page<asset>>(text);
  if (!got) return got.error().detail;
  std::string out;
  codec::write(*got, out);
  return out;
}
std::string borrowed_form(const std::string& text) {
  const result<borrowed_page<asset_view>> got = api::borrow<asset_view>(std::string(text));
  if (!got) return got.error().detail;
  std::string out;
  codec::write(static_cast<const page_view<asset_view>&>(*got), out);
  return out;
}

std::string random_page(std::uint64_t seed) {
  page<asset> value;
  test::random_value(seed).fill(codec::type_of<page<asset>>, &value);
  std::string text;
  codec::write(value, text);
  return text;
}

TEST(Borrowed, SaysTheSameAsOwnedOnRandomPages) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const std::string text = random_page(seed);
    ASSERT_EQ(borrowed_form(text), text) << seed;
    ASSERT_EQ(owned_form(text), text) << seed;
  }
}

TEST(Borrowed, SaysTheSameAsOwnedOfDamagedPages) {
  static constexpr std::string_view bytes =
      "{}[]:,\"\\ \n0123456789.eE+-truefalsn\x01\x0c\x1a\x7f\x80\xc3\xa9\xff\xed\xa0u";
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    std::mt19937_64 random(seed);
    std::string text = random_page(seed % 50);
    for (auto n = 1 + random() % 3; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = bytes[random() % bytes.size()];
          break;
        case 1:
          text.erase(at, 1 + random() % 3);
          break;
        default:
          text.insert(at, 1, bytes[random() % bytes.size()]);
      }
    }
    ASSERT_EQ(borrowed_form(text), owned_form(text)) << seed << '\n' << text;
    refused += !codec::read<page<asset>>(text).has_value();
  }
  EXPECT_GT(refused, 1000);
}

TEST(Borrowed, ShowsWhatStandsInTheText) {
  const auto page = borrow(
      R"({"next_cursor":"c\u00e9","data":[{"id":"a","status":"ready","duration":1.5,"created_at":"17",)"
      R"("meta":{"title":"\"x\"\n"},"tracks":[{"id":"t","type":"video","max_width":1920},{"type":"hologram"}]},)"
      R"({"id":"b","created_at":18}]})");
  EXPECT_EQ(page.next_cursor, "c\xc3\xa9");
  ASSERT_EQ(page.size(), 2u);
  const asset_view& a = page.items[0];
  EXPECT_EQ(a.id, "a");
  EXPECT_EQ(a.status, asset_status::ready);
  EXPECT_EQ(a.duration, 1.5);
  EXPECT_EQ(a.created_at.time_since_epoch().count(), 17);
  EXPECT_EQ(a.meta->title, "\"x\"\n");
  ASSERT_EQ(a.tracks.size(), 2u);
  EXPECT_EQ(a.tracks[0].type->value(), track_type::video);
  EXPECT_EQ(a.tracks[0].max_width, 1920);
  EXPECT_FALSE(a.tracks[1].type->known());
  EXPECT_EQ(a.tracks[1].type->text(), "hologram");
  EXPECT_EQ(open_enum<track_type>(*a.tracks[1].type).text(), "hologram");
  EXPECT_FALSE(page.items[1].duration);
  std::string ids;
  for (const asset_view& item : page) ids += item.id;
  EXPECT_EQ(ids, "ab");
}

TEST(Borrowed, LooksIntoThePageAsItIsMoved) {
  borrowed_page<asset_view> first =
      borrow(R"({"data":[{"id":"a","passthrough":"\u0041"}],"next_cursor":"n"})");
  const asset_view* const items = first.items.data();
  borrowed_page<asset_view> second = std::move(first);
  EXPECT_TRUE(first.empty());
  EXPECT_FALSE(first.next_cursor);
  borrowed_page<asset_view> third;
  third = std::move(second);
  EXPECT_EQ(third.items.data(), items);
  EXPECT_EQ(third.items[0].id, "a");
  EXPECT_EQ(third.items[0].passthrough, "A");
  EXPECT_EQ(third.next_cursor, "n");
}

TEST(Borrowed, HasEmptyPages) {
  EXPECT_TRUE(borrow(R"({"data":[]})").empty());
  EXPECT_EQ(borrow(R"({"data":[],"next_cursor":"n"})").next_cursor, "n");
  EXPECT_EQ(api::borrow<asset_view>("{}").error().detail, "data: missing");
  EXPECT_EQ(api::borrow<asset_view>(R"({"data":null})").error().detail, "data: expected a value, found null");
}

TEST(Borrowed, TakesTheLastOfDuplicateMembers) {
  const auto page = borrow(
      R"({"data":[{"id":"x"},{"id":"y"}],"data":[{"id":"a","id":"b","tracks":[{},{}],"tracks":[{"name":"n"}],)"
      R"("meta":{"title":"t"},"meta":{"creator_id":"c"},"progress":{"progress":1},"progress":{"state":"live"}}]})");
  ASSERT_EQ(page.size(), 1u);
  const asset_view& a = page.items[0];
  EXPECT_EQ(a.id, "b");
  ASSERT_EQ(a.tracks.size(), 1u);
  EXPECT_EQ(a.tracks[0].name, "n");
  EXPECT_FALSE(a.meta->title);
  EXPECT_EQ(a.progress.progress, 0);
}

TEST(Borrowed, GrowsWithListsOfAnyLength) {
  std::string text = R"({"data":[{"id":")" + std::string(3000, 'x') + "\"}";
  for (int i = 0; i < 2500; ++i) {
    text += R"(,{"id":")" + std::to_string(i) + R"(","tracks":[)";
    for (int track = 0; track < i % 40; ++track)
      text += std::string(track ? "," : "") + R"({"name":"\u0061"})";
    text += "]}";
  }
  const auto page = borrow(text + "]}");
  ASSERT_EQ(page.size(), 2501u);
  for (std::size_t i = 1; i < page.size(); ++i) {
    ASSERT_EQ(page.items[i].id, std::to_string(i - 1));
    ASSERT_EQ(page.items[i].tracks.size(), (i - 1) % 40);
    for (const track_view& track : page.items[i].tracks) ASSERT_EQ(track.name, "a");
  }
}

}  // namespace
}  // namespace mux
