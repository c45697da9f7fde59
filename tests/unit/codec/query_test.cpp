#include <gtest/gtest.h>

#include "unit/codec/models.hpp"

namespace mux::inline v0 {
namespace sample {
namespace {

struct filter {
  std::optional<std::int64_t> limit;
  std::vector<std::string> timeframe;
  std::optional<std::vector<std::string>> bracketed;
  std::optional<bool> live;
  std::optional<std::string> text;
  std::optional<open_enum<shade>> tone;
  std::optional<sys_seconds> after;
  std::optional<double> ratio;
  field<std::string> cleared;
  std::optional<leaf> inner;
  std::optional<string_map<std::string>> labels;
  std::optional<shape> form;
};

const codec::schema& filter_schema() {
  using codec::row;
  using t = filter;
  static constexpr codec::field_row rows[] = {
      row<decltype(t::limit)>("limit", offsetof(t, limit)),
      row<decltype(t::timeframe)>("timeframe", offsetof(t, timeframe)),
      row<decltype(t::bracketed)>("filters[]", offsetof(t, bracketed)),
      row<decltype(t::live)>("live", offsetof(t, live)),
      row<decltype(t::text)>("text", offsetof(t, text)),
      row<decltype(t::tone)>("tone", offsetof(t, tone)),
      row<decltype(t::after)>("after", offsetof(t, after)),
      row<decltype(t::ratio)>("ratio", offsetof(t, ratio)),
      row<decltype(t::cleared)>("cleared", offsetof(t, cleared)),
      row<decltype(t::inner)>("inner", offsetof(t, inner)),
      row<decltype(t::labels)>("labels", offsetof(t, labels)),
      row<decltype(t::form)>("form", offsetof(t, form)),
  };
  static constexpr codec::schema table{"filter", rows};
  return table;
}

std::string query(const filter& f) {
  std::string out;
  codec::write_query(filter_schema(), &f, out);
  return out;
}

std::string encoded(std::string_view text) {
  std::string out;
  codec::percent_encode(text, out);
  return out;
}

TEST(query, is_empty_if_nothing_is_given) {
  EXPECT_EQ(query({}), "");
}

TEST(query, repeats_the_name_of_an_array_with_brackets) {
  filter f;
  f.limit = 100;
  f.timeframe = {"24:hours"};
  EXPECT_EQ(query(f), "limit=100&timeframe%5B%5D=24%3Ahours");
  f.timeframe = {"1", "2"};
  EXPECT_EQ(query(f), "limit=100&timeframe%5B%5D=1&timeframe%5B%5D=2");
}

TEST(query, adds_no_second_brackets) {
  filter f;
  f.bracketed = {"country:US"};
  EXPECT_EQ(query(f), "filters%5B%5D=country%3AUS");
}

TEST(query, leaves_empty_arrays_out) {
  filter f;
  f.bracketed.emplace();
  f.live = false;
  EXPECT_EQ(query(f), "live=false");
}

TEST(query, writes_values_without_quotes) {
  filter f;
  f.live = true;
  f.text = "\"quoted\"";
  f.tone = shade::light;
  f.after = sys_seconds(std::chrono::seconds(1700000000));
  f.ratio = 0.5;
  EXPECT_EQ(query(f), "live=true&text=%22quoted%22&tone=light&after=1700000000&ratio=0.5");
}

TEST(query, writes_null_as_an_empty_value) {
  filter f;
  f.cleared = null;
  EXPECT_EQ(query(f), "cleared=");
  f.cleared = "x";
  EXPECT_EQ(query(f), "cleared=x");
}

TEST(query, writes_objects_in_brackets) {
  filter f;
  f.inner = leaf{"a b", 2};
  f.labels.emplace().items = {{"k&", "v"}};
  f.form = circle{"circle", 1};
  EXPECT_EQ(
      query(f),
      "inner%5Bid%5D=a%20b&inner%5Bwidth%5D=2&labels%5Bk%26%5D=v&form%5Bkind%5D=circle&form%5Bradius%5D=1");
}

TEST(query, follows_what_is_there_already) {
  filter f;
  f.limit = 1;
  std::string out = "/video/v1/assets?";
  codec::write_query(filter_schema(), &f, out);
  EXPECT_EQ(out, "/video/v1/assets?limit=1");
  codec::write_query(filter_schema(), &f, out);
  EXPECT_EQ(out, "/video/v1/assets?limit=1&limit=1");
}

TEST(percent_encode, keeps_unreserved_characters_only) {
  EXPECT_EQ(encoded("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(encoded("/?#[]@!$&'()*+,;=:% \"<>\\^`{|}"),
            "%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%25%20%22%3C%3E%5C%5E%60%7B%7C%7D");
  EXPECT_EQ(encoded(std::string("\0\r\n\x7f\xc3\xa9\xff", 7)), "%00%0D%0A%7F%C3%A9%FF");
  EXPECT_EQ(encoded("../%2e"), "..%2F%252e");
}

}  // namespace
}  // namespace sample
}  // namespace mux::inline v0
