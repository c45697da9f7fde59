#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "unit/codec/models.hpp"

namespace mux::inline v0::sample {
namespace {

using std::chrono::seconds;

std::string as_json_string(std::string_view text) {
  std::string out;
  codec::write_string(text, out);
  return out;
}

TEST(write, writes_every_plain_member_in_the_order_of_the_rows) {
  plain p;
  p.flag = true;
  p.count = -1;
  p.ratio = 0.1;
  p.text = "hi";
  p.at = sys_seconds(seconds(1700000000));
  p.tone = shade::dark;
  p.inner = {"x", 3};
  p.numbers = {1, 2};
  p.labels.items = {{"b", "2"}, {"a", "1"}};
  p.form = square{"square", 4};
  p.rest = json(R"({"any":[1]})");
  EXPECT_EQ(
      written(p),
      R"({"flag":true,"count":-1,"ratio":0.1,"text":"hi","at":"1700000000","tone":"dark","inner":{"id":"x","width":3},)"
      R"("numbers":[1,2],"labels":{"b":"2","a":"1"},"form":{"kind":"square","side":4},"rest":{"any":[1]}})");
}

TEST(write, leaves_absent_optionals_out) {
  EXPECT_EQ(written(optionals{}), R"({"matrix":[]})");
  optionals o;
  o.count = 0;
  o.text = "";
  o.leaves.emplace();
  o.matrix = {{1}, {}};
  EXPECT_EQ(written(o), R"({"count":0,"text":"","leaves":[],"matrix":[[1],[]]})");
}

TEST(write, tells_absent_null_and_value_of_a_field_apart) {
  update u;
  EXPECT_EQ(written(u), "{}");
  u.text = null;
  u.count = 5;
  u.inner = null;
  EXPECT_EQ(written(u), R"({"count":5,"text":null,"inner":null})");
}

TEST(write, writes_numbers_in_the_form_of_the_wire) {
  optionals o;
  o.digits = 9007199254740993;
  o.at_number = sys_seconds(seconds(5));
  o.at = sys_seconds(seconds(-5));
  EXPECT_EQ(written(o), R"({"at":"-5","digits":"9007199254740993","at_number":5,"matrix":[]})");
}

TEST(write, writes_the_shortest_text_that_reads_back) {
  EXPECT_EQ(written(1.0), "1");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(29.97), "29.97");
  EXPECT_EQ(written(-0.0), "-0");
  EXPECT_EQ(written(1e300), "1e+300");
  EXPECT_EQ(written(5e-324), "5e-324");
  EXPECT_EQ(written(100000.0), "100000");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(write, writes_null_for_what_is_no_number) {
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(written(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(written(std::nan("")), "null");
}

TEST(write, escapes_strings) {
  EXPECT_EQ(as_json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(as_json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(as_json_string(std::string("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001F\x7f\"");
  EXPECT_EQ(as_json_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

TEST(write, replaces_invalid_utf8) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(as_json_string("a\x80z"), "\"a" + r + "z\"");
  EXPECT_EQ(as_json_string("\xc0\xaf"), '"' + r + r + '"');
  EXPECT_EQ(as_json_string("\xe2\x82"), '"' + r + '"') << "one replacement for a sequence cut short";
  EXPECT_EQ(as_json_string("\xe2\x82"
                           "A"),
            '"' + r + "A\"");
  EXPECT_EQ(as_json_string("\xed\xa0\x80"), '"' + r + r + r + '"') << "a surrogate";
  EXPECT_EQ(as_json_string("\xf4\x90\x80\x80"), '"' + r + r + r + r + '"') << "beyond U+10FFFF";
  EXPECT_EQ(as_json_string("\xff\xfe"), '"' + r + r + '"');
}

TEST(write, writes_an_unknown_enum_text_as_it_came) {
  plain p;
  p.tone = open_enum<shade>("twi\"light");
  EXPECT_NE(written(p).find(R"("tone":"twi\"light")"), std::string::npos);
}

TEST(write, writes_raw_text_on_one_line) {
  EXPECT_EQ(written(json("{\n  \"a\": 1\r\n}")), "{  \"a\": 1}");
  EXPECT_EQ(written(json()), "null");
}

TEST(write, writes_map_keys_as_strings) {
  plain p;
  p.labels.items = {{"a\"\n", ""}};
  EXPECT_NE(written(p).find(R"("labels":{"a\"\n":""})"), std::string::npos);
}

// Random values of every kind.
class dice {
 public:
  explicit dice(std::uint64_t seed) : random_(seed) {}
  bool coin() { return random_() % 2 == 0; }
  std::int64_t integer() { return static_cast<std::int64_t>(random_()) >> (random_() % 64); }
  double real() {
    for (;;) {
      const std::uint64_t bits = random_();
      double value;
      static_assert(sizeof value == sizeof bits);
      std::memcpy(&value, &bits, sizeof value);
      if (std::isfinite(value)) return coin() ? value : std::round(std::fmod(value, 1e6) * 100) / 100;
    }
  }
  std::string text() {
    static const std::string parts[] = {
        "a", "Z ", "\"", "\\", "\n", std::string(1, '\0'), "\xc3\xa9", "\xf0\x9f\x98\x80", "/"};
    std::string s;
    for (auto n = random_() % 12; n > 0; --n) s += parts[random_() % 9];
    return s;
  }
  sys_seconds time() { return sys_seconds(seconds(integer())); }
  open_enum<shade> tone() { return coin() ? open_enum<shade>(shade::light) : open_enum<shade>(text() + "?"); }
  leaf a_leaf() { return coin() ? leaf{text(), integer()} : leaf{text(), std::nullopt}; }
  shape form() {
    if (coin()) return circle{"circle", real()};
    return square{"square", real()};
  }
  json raw() { return json(coin() ? R"({"a":[1,"\u00e9"]})" : "[]"); }

  plain a_plain() {
    plain p{coin(), integer(), real(), text(), time(), tone(), a_leaf(), {}, {}, form(), raw()};
    for (auto n = random_() % 9; n > 0; --n) p.numbers.push_back(integer());
    for (auto n = random_() % 40; n > 0; --n) p.labels.items.emplace_back(std::to_string(n) + text(), text());
    return p;
  }
  optionals an_optionals() {
    optionals o;
    if (coin()) o.flag = coin();
    if (coin()) o.count = integer();
    if (coin()) o.ratio = real();
    if (coin()) o.text = text();
    if (coin()) o.at = time();
    if (coin()) o.tone = tone();
    if (coin()) o.inner = a_leaf();
    if (coin()) o.leaves = std::vector<leaf>{a_leaf(), a_leaf()};
    if (coin()) o.by_key.emplace().items.emplace_back(text(), a_leaf());
    if (coin()) o.target = coin() ? reference(by_id{text()}) : reference(by_name{text()});
    if (coin()) o.rest = raw();
    if (coin()) o.digits = integer();
    if (coin()) o.at_number = time();
    if (coin()) o.matrix = {{real()}, {}, {real(), real()}};
    return o;
  }
  update an_update() {
    update u;
    if (coin()) u.flag = coin();
    if (coin()) u.count = null;
    if (coin()) u.ratio = real();
    if (coin()) u.text = coin() ? field<std::string>(null) : field<std::string>(text());
    if (coin()) u.at = time();
    if (coin()) u.tone = tone();
    if (coin()) u.inner = a_leaf();
    if (coin()) u.names = std::vector<std::string>{text(), text()};
    if (coin()) u.rest = raw();
    return u;
  }

 private:
  std::mt19937_64 random_;
};

template <class T>
void expect_round_trip(const T& value) {
  const std::string text = written(value);
  const result<T> back = codec::read<T>(text);
  ASSERT_TRUE(back.has_value()) << back.error().detail << '\n' << text;
  EXPECT_EQ(*back, value) << text;
  EXPECT_EQ(written(*back), text);
}

TEST(write, reads_back_whatever_it_wrote) {
  dice d(11);
  for (int i = 0; i < 2'000 && !testing::Test::HasFailure(); ++i) {
    expect_round_trip(d.a_plain());
    expect_round_trip(d.an_optionals());
    expect_round_trip(d.an_update());
  }
}

}  // namespace
}  // namespace mux::inline v0::sample
