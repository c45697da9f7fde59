#include <thread>

#include <gtest/gtest.h>

#include "unit/codec/models.hpp"

namespace mux::inline v0::sample {
namespace {

using codec::read;
using std::chrono::seconds;

template <class T>
T good(std::string_view text, codec::read_options options = {}) {
  result<T> value = read<T>(text, options);
  EXPECT_TRUE(value.has_value()) << value.error().detail;
  return value ? std::move(*value) : T{};
}

TEST(read, takes_every_kind_of_value) {
  const auto p =
      good<plain>(R"({"flag":true,"count":-42,"ratio":2.5,"text":"hi","at":"1700000000","tone":"light",
    "inner":{"id":"x","width":3},"numbers":[1,2,3],"labels":{"b":"2","a":"1"},"form":{"kind":"square","side":4},
    "rest":{"any":[1, null]}})");
  EXPECT_TRUE(p.flag);
  EXPECT_EQ(p.count, -42);
  EXPECT_EQ(p.ratio, 2.5);
  EXPECT_EQ(p.text, "hi");
  EXPECT_EQ(p.at.time_since_epoch(), seconds(1700000000));
  EXPECT_EQ(p.tone, shade::light);
  EXPECT_EQ(p.inner, (leaf{"x", 3}));
  EXPECT_EQ(p.numbers, (std::vector<std::int64_t>{1, 2, 3}));
  ASSERT_EQ(p.labels.items.size(), 2u);
  EXPECT_EQ(p.labels.items[0].first, "b") << "the order of the wire";
  EXPECT_EQ(*p.labels.find("a"), "1");
  EXPECT_EQ(std::get<square>(p.form).side, 4);
  EXPECT_EQ(p.rest.text, R"({"any":[1, null]})");
}

TEST(read, leaves_absent_members_at_their_default) {
  EXPECT_EQ(good<plain>("{}"), plain{});
}

TEST(read, takes_absent_optionals_as_nothing) {
  EXPECT_EQ(good<optionals>("{}"), optionals{});
}

TEST(read, takes_null_optionals_as_nothing) {
  EXPECT_EQ(good<optionals>(
                R"({"flag":null,"count":null,"ratio":null,"text":null,"at":null,"tone":null,"inner":null,
    "leaves":null,"by_key":null,"target":null,"rest":null,"digits":null,"matrix":null})"),
            optionals{});
}

TEST(read, takes_null_for_a_plain_member_as_absent) {
  EXPECT_EQ(
      good<plain>(R"({"flag":null,"count":null,"ratio":null,"text":null,"at":null,"tone":null,"inner":null,
    "numbers":null,"labels":null,"form":null,"rest":null})"),
      plain{});
}

TEST(read, fills_optionals_that_are_there) {
  const auto o = good<optionals>(
      R"({"flag":false,"count":0,"ratio":0,"text":"","at":"0","tone":"dark","inner":{"id":"i"},
    "leaves":[{"id":"1"},{"id":"2","width":9}],"by_key":{"k":{"id":"3"}},"rest":[],"matrix":[[1,2],[],[3]]})");
  EXPECT_EQ(o.flag, false);
  EXPECT_EQ(o.count, 0);
  EXPECT_EQ(o.ratio, 0);
  EXPECT_EQ(o.text, "");
  EXPECT_EQ(o.at->time_since_epoch(), seconds(0));
  EXPECT_EQ(*o.tone, shade::dark);
  EXPECT_EQ(o.inner->id, "i");
  ASSERT_EQ(o.leaves->size(), 2u);
  EXPECT_EQ((*o.leaves)[1].width, 9);
  EXPECT_EQ(o.by_key->find("k")->id, "3");
  EXPECT_EQ(o.rest->text, "[]");
  EXPECT_EQ(o.matrix, (std::vector<std::vector<double>>{{1, 2}, {}, {3}}));
}

TEST(read, tells_absent_null_and_value_of_a_field_apart) {
  const auto u = good<update>(R"({"text":null,"count":7,"names":["a"],"inner":null,"rest":null})");
  EXPECT_TRUE(u.flag.absent());
  EXPECT_TRUE(u.text.is_null());
  EXPECT_TRUE(u.inner.is_null());
  EXPECT_TRUE(u.rest.is_null());
  EXPECT_EQ(*u.count, 7);
  EXPECT_EQ(u.names->front(), "a");
}

TEST(read, skips_unknown_members_of_any_form) {
  const auto l =
      good<leaf>(R"({"new":{"deep":[1,{"x":[]},"}\"]"]},"id":"a","n":null,"t":true,"f":false,"s":"\u0041",
    "e":{},"l":[],"num":-0.5e-3,"width":2,"last":[[[]]]})");
  EXPECT_EQ(l, (leaf{"a", 2}));
}

TEST(read, keeps_an_unknown_enum_text) {
  const auto p = good<plain>(R"({"tone":"twilight \u263a"})");
  EXPECT_FALSE(p.tone.known());
  EXPECT_EQ(p.tone.text(), "twilight \xe2\x98\xba");
}

TEST(read, knows_an_enum_text_written_with_escapes) {
  EXPECT_EQ(good<plain>(R"({"tone":"l\u0069ght"})").tone, shade::light);
}

TEST(read, knows_a_member_name_written_with_escapes) {
  EXPECT_EQ(good<leaf>(R"({"\u0069d":"a","wi\u0064th":5})"), (leaf{"a", 5}));
}

TEST(read, tells_similar_names_apart) {
  const auto n =
      good<names>(R"({"a":1,"ab":2,"ba":3,"abcdefgh":4,"abcdefghi":5,"a_name_longer_than_16_bytes_one":6,
    "a_name_longer_than_16_bytes_two":7,"a_name_longer_then_16_bytes_one":8,"sixteen_bytes_xx":9,"b":90,"":91,"abc":92,
    "abcdefg":93,"a_name_longer_than_16_bytes":94,"sixteen_bytes_x":95,"sixteen_bytes_xxx":96,"aa":97})");
  const names expected{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(n, expected);
}

TEST(read, takes_members_in_any_order_every_time) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(good<leaf>(R"({"id":"a","width":1})"), (leaf{"a", 1}));
    EXPECT_EQ(good<leaf>(R"({"width":1,"id":"a"})"), (leaf{"a", 1}));
    EXPECT_EQ(good<leaf>(R"({"x":0,"id":"a","y":0,"width":1})"), (leaf{"a", 1}));
  }
}

TEST(read, lets_the_last_of_duplicate_members_win) {
  EXPECT_EQ(good<leaf>(R"({"id":"a","width":1,"id":"b","width":null})"), (leaf{"b", std::nullopt}));
  EXPECT_EQ(good<plain>(R"({"inner":{"id":"a","width":1},"inner":{"width":2}})").inner, (leaf{"", 2}));
  EXPECT_EQ(good<plain>(R"({"numbers":[1,2],"numbers":[3]})").numbers, (std::vector<std::int64_t>{3}));
  EXPECT_EQ(good<plain>(R"({"numbers":[1,2],"numbers":null})").numbers, (std::vector<std::int64_t>{}));
  EXPECT_EQ(good<plain>(R"({"inner":{"id":"a"},"inner":null})").inner, leaf{});
  EXPECT_EQ(good<plain>(R"({"text":"x","text":null,"rest":1,"rest":2})").text, "");
}

TEST(read, lets_the_last_of_duplicate_map_keys_win) {
  const auto p = good<plain>(R"({"labels":{"a":"1","b":"2","a":"3"}})");
  ASSERT_EQ(p.labels.items.size(), 2u);
  EXPECT_EQ(*p.labels.find("a"), "3");
}

TEST(read, lets_the_last_key_win_in_a_large_map_too) {
  std::string text = R"({"labels":{)";
  for (int i = 0; i < 500; ++i) text += '"' + std::to_string(i % 250) + R"(":")" + std::to_string(i) + "\",";
  text.back() = '}';
  const auto p = good<plain>(text + '}');
  ASSERT_EQ(p.labels.items.size(), 250u);
  EXPECT_EQ(p.labels.items[249], (std::pair<std::string, std::string>("249", "499")));
  EXPECT_EQ(*p.labels.find("0"), "250");
}

TEST(read, takes_map_keys_with_escapes) {
  EXPECT_EQ(*good<plain>(R"({"labels":{"a\"\n":"1"}})").labels.find("a\"\n"), "1");
}

TEST(read, chooses_an_alternative_by_its_discriminator_wherever_it_stands) {
  EXPECT_EQ(std::get<circle>(good<plain>(R"({"form":{"kind":"circle","radius":1}})").form).radius, 1);
  EXPECT_EQ(
      std::get<square>(good<plain>(R"({"form":{"x":{"kind":"circle"},"side":2,"kind":"square"}})").form).side,
      2);
  EXPECT_EQ(std::get<square>(good<plain>(R"({"form":{"s":"\\","side":2,"kind":"squ\u0061re"}})").form).kind,
            "square");
}

TEST(read, tries_alternatives_in_order_if_nothing_tells_them_apart) {
  EXPECT_EQ(std::get<by_id>(*good<optionals>(R"({"target":{"id":"1"}})").target).id, "1");
  EXPECT_EQ(std::get<by_name>(*good<optionals>(R"({"target":{"x":"\n","name":"n"}})").target).name, "n");
}

TEST(read, takes_seconds_as_number_or_digits_whatever_is_described) {
  EXPECT_EQ(good<plain>(R"({"at":1700000000})").at.time_since_epoch(), seconds(1700000000));
  EXPECT_EQ(good<optionals>(R"({"at_number":"12"})").at_number->time_since_epoch(), seconds(12));
  EXPECT_EQ(good<optionals>(R"({"at_number":-12})").at_number->time_since_epoch(), seconds(-12));
  EXPECT_EQ(good<optionals>(R"({"at_number":1.7e9})").at_number->time_since_epoch(), seconds(1700000000));
}

TEST(read, takes_an_integer_of_digits_as_number_or_text) {
  EXPECT_EQ(good<optionals>(R"({"digits":"9007199254740993"})").digits, 9007199254740993);
  EXPECT_EQ(good<optionals>(R"({"digits":17})").digits, 17);
  EXPECT_EQ(good<optionals>(R"({"digits":"-1"})").digits, -1);
}

TEST(read, decodes_escapes_and_surrogate_pairs) {
  EXPECT_EQ(good<plain>(R"({"text":"\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00"})").text,
            "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(good<plain>(R"({"text":"a\u0000b"})").text, std::string("a\0b", 3));
}

TEST(read, replaces_a_lone_surrogate) {
  EXPECT_EQ(good<plain>(R"({"text":"\ud83d"})").text, "\xef\xbf\xbd");
  EXPECT_EQ(good<plain>(R"({"text":"\ude00x"})").text, "\xef\xbf\xbdx");
  EXPECT_EQ(good<plain>(R"({"text":"\ud83d\u0041"})").text,
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(good<plain>(R"({"text":"\ud83d\ud83d\ude00"})").text, "\xef\xbf\xbd\xf0\x9f\x98\x80");
}

TEST(read, keeps_the_raw_text_of_open_parts) {
  EXPECT_EQ(good<plain>("{\"rest\" : { \"a\" : [ 1 , 2 ] }  , \"x\":0}").rest.text, "{ \"a\" : [ 1 , 2 ] }");
  EXPECT_EQ(good<plain>("{\"rest\":1.50 }").rest.text, "1.50");
  EXPECT_EQ(good<plain>("{\"rest\":\"a\\u0041\"\n}").rest.text, "\"a\\u0041\"");
  EXPECT_EQ(good<plain>("{\"rest\":null}").rest.text, "null");
}

TEST(read, unwraps_the_data_member) {
  const codec::read_options unwrap{.unwrap = true};
  EXPECT_EQ(good<leaf>(R"({"data":{"id":"a"}})", unwrap).id, "a");
  EXPECT_EQ(good<leaf>(R"({"x":[{"data":1}],"data":{"id":"a"},"y":"\n"})", unwrap).id, "a");
  EXPECT_EQ(good<leaf>(R"({"data":{"id":"a","width":1},"data":{"id":"b"}})", unwrap), (leaf{"b", {}}));
  EXPECT_EQ(good<std::vector<leaf>>(R"({"data":[{"id":"a"},{"id":"b"}]})", unwrap).size(), 2u);
  EXPECT_EQ(good<std::string>(R"({"data":"text"})", unwrap), "text");
}

TEST(read, takes_a_bare_value) {
  EXPECT_EQ(good<std::int64_t>("7"), 7);
  EXPECT_EQ(good<std::string>(" \"a\\n\" "), "a\n");
  EXPECT_EQ(good<bool>("true\n"), true);
  EXPECT_EQ(good<double>("-0.25"), -0.25);
}

TEST(read, ignores_a_byte_order_mark) {
  EXPECT_EQ(good<leaf>("\xef\xbb\xbf{\"id\":\"a\"}").id, "a");
}

TEST(read, takes_null_elements_as_default) {
  EXPECT_EQ(good<plain>(R"({"numbers":[1,null,3]})").numbers, (std::vector<std::int64_t>{1, 0, 3}));
  EXPECT_EQ(good<optionals>(R"({"by_key":{"k":null}})").by_key->items.size(), 1u);
}

TEST(read, takes_arrays_of_very_different_elements) {
  std::string text = R"({"id":"k","leaves":[{"id":")" + std::string(5000, 'x') + "\"}";
  for (int i = 0; i < 3000; ++i) text += R"(,{"id":"a"})";
  const auto k = good<known>(text + "]}");
  ASSERT_EQ(k.leaves.size(), 3001u);
  EXPECT_EQ(k.leaves[3000].id, "a");
  EXPECT_EQ(k.leaves[0].id.size(), 5000u);
}

TEST(read, works_on_several_threads_at_once) {
  const auto work = [] {
    for (int i = 0; i < 500; ++i) {
      const std::string id(static_cast<std::size_t>(i), 'a');
      EXPECT_EQ(good<leaf>(R"({"id":")" + id + R"(\n","width":)" + std::to_string(i) + '}'),
                (leaf{id + '\n', i}));
    }
  };
  std::thread first(work), second(work);
  work();
  first.join();
  second.join();
}

TEST(read, works_after_a_very_large_text_as_before) {
  const std::string large = R"({"id":")" + std::string(4u << 20, 'a') + "\\n\"}";
  EXPECT_EQ(good<leaf>(large).id.size(), (4u << 20) + 1);
  EXPECT_EQ(good<leaf>(R"({"id":"a"})").id, "a");
}

}  // namespace
}  // namespace mux::inline v0::sample
