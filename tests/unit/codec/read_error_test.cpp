#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/codec/models.hpp"

namespace mux::inline v0::sample {
namespace {

using codec::read;
using codec::read_options;
using testing::HasSubstr;
using testing::Not;

template <class T>
error bad(std::string_view text, read_options options = {}) {
  result<T> value = read<T>(text, options);
  EXPECT_FALSE(value.has_value()) << text;
  return value ? error() : value.error();
}

template <class T>
std::string misfit(std::string_view text, read_options options = {}) {
  const error e = bad<T>(text, options);
  EXPECT_EQ(e.code, errc::bad_response) << e.detail;
  return e.detail;
}

TEST(read_error, names_the_path_what_was_expected_and_what_was_found) {
  EXPECT_EQ(misfit<known>(R"({"id":"k","leaves":[{},{"id":7}]})"),
            "leaves[1].id: expected string, found number");
  EXPECT_EQ(misfit<known>(R"({"data":{"id":"k","leaves":[[]]}})", {.unwrap = true}),
            "data.leaves[0]: expected object, found array");
  EXPECT_EQ(misfit<std::vector<known>>(R"({"data":[{"id":"k"},{"id":true}]})", {.unwrap = true}),
            "data[1].id: expected string, found boolean");
  EXPECT_EQ(misfit<optionals>(R"({"matrix":[[1],[2,"3"]]})"), "matrix[1][1]: expected number, found string");
  EXPECT_EQ(misfit<optionals>(R"({"by_key":{"k\u00e9y":{"width":{}}}})"),
            "by_key[\"k\xc3\xa9y\"].width: expected integer, found object");
}

TEST(read_error, refuses_the_wrong_type_for_every_kind) {
  EXPECT_EQ(misfit<plain>(R"({"flag":"true"})"), "flag: expected boolean, found string");
  EXPECT_EQ(misfit<plain>(R"({"count":"1"})"), "count: expected integer, found string");
  EXPECT_EQ(misfit<plain>(R"({"ratio":"1.5"})"), "ratio: expected number, found string");
  EXPECT_EQ(misfit<plain>(R"({"text":[]})"), "text: expected string, found array");
  EXPECT_EQ(misfit<plain>(R"({"at":{}})"), "at: expected seconds since 1970, found object");
  EXPECT_EQ(misfit<plain>(R"({"tone":1})"), "tone: expected string, found number");
  EXPECT_EQ(misfit<plain>(R"({"inner":"x"})"), "inner: expected object, found string");
  EXPECT_EQ(misfit<plain>(R"({"numbers":{}})"), "numbers: expected array, found object");
  EXPECT_EQ(misfit<plain>(R"({"labels":[]})"), "labels: expected object, found array");
  EXPECT_EQ(misfit<plain>(R"({"form":3})"), "form: expected object, found number");
  EXPECT_EQ(misfit<plain>("[]"), "the value: expected object, found array");
  EXPECT_EQ(misfit<std::string>("null"), "the value: expected string, found null");
}

TEST(read_error, refuses_integers_that_are_none) {
  EXPECT_THAT(misfit<plain>(R"({"count":1.5})"), HasSubstr("count: expected integer"));
  EXPECT_THAT(misfit<plain>(R"({"count":9223372036854775808})"), HasSubstr("count: number out of the range"));
  EXPECT_THAT(misfit<plain>(R"({"count":1e999999})"), HasSubstr("count: number out of the range"));
  EXPECT_THAT(misfit<plain>(R"({"at":"12x"})"), HasSubstr("at: expected digits"));
  EXPECT_THAT(misfit<plain>(R"({"at":""})"), HasSubstr("at: expected digits"));
  EXPECT_THAT(misfit<plain>(R"({"at":"99999999999999999999"})"), HasSubstr("at: expected digits"));
  EXPECT_THAT(misfit<optionals>(R"({"digits":"1.0"})"), HasSubstr("digits: expected digits"));
}

TEST(read_error, refuses_numbers_beyond_a_double) {
  EXPECT_EQ(misfit<plain>(R"({"ratio":1e999999})"), "ratio: number out of range");
  EXPECT_EQ(misfit<plain>(R"({"ratio":-1e309})"), "ratio: number out of range");
}

TEST(read_error, names_a_member_that_must_be_there) {
  EXPECT_EQ(misfit<known>("{}"), "id: missing");
  EXPECT_EQ(misfit<known>(R"({"leaves":[],"leaves":[]})"), "id: missing");
  EXPECT_EQ(misfit<known>(R"({"id":null})"), "id: expected a value, found null");
  EXPECT_EQ(misfit<std::vector<known>>(R"([{"id":"a"},{}])"), "[1].id: missing");
}

TEST(read_error, names_data_if_it_is_missing) {
  EXPECT_EQ(misfit<leaf>("{}", {.unwrap = true}), "data: missing");
  EXPECT_EQ(misfit<leaf>(R"({"Data":{}})", {.unwrap = true}), "data: missing");
  EXPECT_EQ(misfit<leaf>(R"({"data":null})", {.unwrap = true}), "data: expected object, found null");
  EXPECT_EQ(misfit<leaf>("[]", {.unwrap = true}), "the value: expected object, found array");
}

TEST(read_error, refuses_a_variant_of_no_known_form) {
  EXPECT_EQ(misfit<plain>(R"({"form":{"kind":"hexagon"}})"), "form: matches none of the known forms");
  EXPECT_EQ(misfit<plain>(R"({"form":{}})"), "form: matches none of the known forms");
  EXPECT_EQ(misfit<optionals>(R"({"target":{"x":1}})"), "target: matches none of the known forms");
  EXPECT_EQ(misfit<plain>(R"({"form":{"side":"x","kind":"square"}})"),
            "form.side: expected number, found string");
}

TEST(read_error, never_shows_a_value) {
  const std::string text = R"({"count":"sk_live_canary","labels":{"k":17},"at":"canary"})";
  EXPECT_THAT(misfit<plain>(text), Not(HasSubstr("canary")));
  EXPECT_THAT(misfit<plain>(R"({"at":"canary"})"), Not(HasSubstr("canary")));
  EXPECT_THAT(bad<plain>(R"({"at":canary})").detail, Not(HasSubstr("canary")));
  EXPECT_THAT(bad<plain>("canary").detail, Not(HasSubstr("canary")));
}

TEST(read_error, shows_little_of_the_input_and_escapes_it) {
  const std::string key = "\\u001b[31m" + std::string(5000, 'k');
  const std::string detail = misfit<plain>(R"({"labels":{")" + key + R"(":1}})");
  EXPECT_LT(detail.size(), 120u);
  EXPECT_THAT(detail, HasSubstr("\\u001B[31mkkk"));
  EXPECT_THAT(detail, Not(HasSubstr("\x1b")));
}

TEST(read_error, says_not_json_for_html) {
  const error e = bad<plain>("<html><body>502 Bad Gateway</body></html>");
  EXPECT_EQ(e.code, errc::not_json);
  EXPECT_THAT(e.detail, HasSubstr("begins with \"<\""));
}

TEST(read_error, says_not_json_if_the_text_is_broken_behind_a_misfit) {
  EXPECT_EQ(bad<plain>(R"({"count":"x","text":"cut)").code, errc::not_json);
  EXPECT_EQ(bad<plain>(R"({"count":"x","y":[1,]})").code, errc::not_json);
  EXPECT_EQ(bad<plain>(R"({"count":"x"}{})").code, errc::not_json);
  EXPECT_EQ(bad<known>(R"({"leaves":[] x})").code, errc::not_json);
}

TEST(read_error, tells_where_the_syntax_is_broken) {
  EXPECT_EQ(bad<leaf>(R"({"id":"a" "width":1})").detail, "not JSON: byte 10: expected ',' or '}'");
  EXPECT_EQ(bad<leaf>(R"({"id" "a"})").detail, "not JSON: byte 6: expected ':'");
  EXPECT_EQ(bad<leaf>(R"({"x":tru})").detail, "not JSON: byte 5: expected a value");
  EXPECT_EQ(bad<leaf>(R"({"id":"\x"})").detail, "not JSON: byte 7: expected a string with valid escapes");
}

TEST(read_error, bounds_nesting_where_it_reads_and_where_it_skips) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(read<leaf>(R"({"x":)" + nested(63) + '}').has_value());
  EXPECT_EQ(bad<leaf>(R"({"x":)" + nested(64) + '}').code, errc::response_too_large);
  EXPECT_TRUE(read<plain>(R"({"rest":)" + nested(63) + '}').has_value());
  EXPECT_EQ(bad<plain>(R"({"rest":)" + nested(64) + '}').code, errc::response_too_large);
  EXPECT_EQ(bad<known>(R"({"id":"","leaves":[{}]})", {.depth = 2}).code, errc::response_too_large);
  EXPECT_TRUE(read<known>(R"({"id":"","leaves":[{}]})", {.depth = 3}).has_value());
  EXPECT_EQ(bad<json>(nested(1025), {.depth = 1'000'000}).code, errc::response_too_large);
  EXPECT_TRUE(read<json>(nested(1024), {.depth = 1'000'000}).has_value());
}

TEST(read_error, survives_a_million_levels) {
  const std::size_t depth = 1'000'000;
  EXPECT_EQ(bad<json>(std::string(depth, '[') + std::string(depth, ']')).code, errc::response_too_large);
  EXPECT_EQ(bad<json>(std::string(depth, '[')).code, errc::not_json);
  std::string objects;
  for (std::size_t i = 0; i < depth; ++i) objects += R"({"a":)";
  EXPECT_EQ(bad<leaf>(objects + '1' + std::string(depth, '}')).code, errc::response_too_large);
}

TEST(read_error, bounds_the_length) {
  EXPECT_TRUE(read<json>("[10]", {.size = 4}).has_value());
  EXPECT_EQ(bad<json>("[100]", {.size = 4}).code, errc::response_too_large);
}

}  // namespace
}  // namespace mux::inline v0::sample
