// What an answer may hold instead of a page of assets. Every text is read in the owned and in the borrowed
// form; both must come to the same error or the same value.

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include <mux/borrowed.hpp>
#include <mux/video/models/assets_views.hpp>

#include "api/borrow.hpp"
#include "api/schemas_video.hpp"
#include "codec/codec.hpp"
#include "unit/api/registry.hpp"

namespace mux {
namespace {

using namespace std::string_literals;

struct outcome {
  errc code{};       ///< of an error
  std::string text;  ///< what was wrong, or what was read, as text again
  bool read = false;
  friend bool operator==(const outcome&, const outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& o) {
  return out << (o.read ? "value " : "error ") << static_cast<int>(o.code) << ": " << o.text;
}

template <class Page>
outcome said(const result<Page>& got, auto form) {
  if (!got) return {got.error().code, got.error().detail};
  outcome o{{}, {}, true};
  codec::write(form(*got), o.text);
  return o;
}

outcome owned(const std::string& text, const codec::read_options& options = {}) {
  return said(
      codec::read<page<asset>>(text, options), [](const auto& p) -> auto& { return p; });
}
outcome borrowed(const std::string& text, const codec::read_options& options = {}) {
  return said(api::borrow<asset_view>(std::string(text), options),
              [](const auto& p) -> const page_view<asset_view>& { return p; });
}

// A page of one asset with these members.
std::string one(const std::string& members) {
  return R"({"data":[{"id":"a",)" + members + "}]}";
}

struct content {
  const char* id;
  std::string text;
  errc code;
  const char* detail = "";  ///< empty: any
};

class BadContent : public testing::TestWithParam<content> {};

TEST_P(BadContent, IsTheSameErrorInBothForms) {
  const content& c = GetParam();
  const outcome o = owned(c.text);
  EXPECT_FALSE(o.read) << o;
  EXPECT_EQ(o.code, c.code) << o;
  EXPECT_FALSE(o.text.empty());
  if (*c.detail) {
    EXPECT_EQ(o.text, c.detail);
  }
  EXPECT_EQ(borrowed(c.text), o);
}

const content not_json[] = {
    {"empty", "", errc::not_json, "not JSON: the text is empty"},
    {"spaces", " \r\n\t ", errc::not_json},
    {"byte_order_mark_alone", "\xef\xbb\xbf", errc::not_json},
    {"utf16", "\xff\xfe{\0}\0"s, errc::not_json, "not JSON: invalid UTF-8"},
    {"html_of_a_proxy", "<html><body>502</body></html>", errc::not_json},
    {"words", "upstream connect error", errc::not_json},
    {"javascript", "callback({\"data\":[]})", errc::not_json},
    {"gzip", "\x1f\x8b\x08\x00"s, errc::not_json},
    {"nul_alone", "\0"s, errc::not_json},
    {"nul_in_string", one("\"passthrough\":\"a\0b\""s), errc::not_json},
    {"nul_between_tokens", "{\"data\":\0[]}"s, errc::not_json},
    {"nul_behind", "{\"data\":[]}\0"s, errc::not_json},
    {"control_in_string", one("\"passthrough\":\"\x01\""), errc::not_json},
    {"tab_in_string", one("\"passthrough\":\"\t\""), errc::not_json},
    {"line_break_in_string", one("\"passthrough\":\"\n\""), errc::not_json},
    {"form_feed_as_space", "{\x0c\"data\":[]}", errc::not_json},
    {"no_break_space", "{\xc2\xa0\"data\":[]}", errc::not_json},
    {"overlong", one("\"passthrough\":\"\xc0\x80\""), errc::not_json, "not JSON: invalid UTF-8"},
    {"overlong_three", one("\"passthrough\":\"\xe0\x80\xaf\""), errc::not_json, "not JSON: invalid UTF-8"},
    {"surrogate_in_utf8", one("\"passthrough\":\"\xed\xa0\x80\""), errc::not_json, "not JSON: invalid UTF-8"},
    {"beyond_unicode", one("\"passthrough\":\"\xf4\x90\x80\x80\""), errc::not_json,
     "not JSON: invalid UTF-8"},
    {"five_bytes", one("\"passthrough\":\"\xf8\x88\x80\x80\x80\""), errc::not_json,
     "not JSON: invalid UTF-8"},
    {"continuation_alone", one("\"passthrough\":\"\x80\""), errc::not_json, "not JSON: invalid UTF-8"},
    {"cut_sequence", one("\"passthrough\":\"\xe2\x82\""), errc::not_json, "not JSON: invalid UTF-8"},
    {"latin1", one("\"passthrough\":\"caf\xe9\""), errc::not_json, "not JSON: invalid UTF-8"},
    {"invalid_utf8_in_a_name", one("\"\xff\":1"), errc::not_json, "not JSON: invalid UTF-8"},
    {"invalid_utf8_unasked", one("\"new\":{\"x\":\"\xff\"}"), errc::not_json, "not JSON: invalid UTF-8"},
    {"bad_escape", one(R"("passthrough":"\x41")"), errc::not_json},
    {"bad_escape_unasked", one(R"("new":"\x41")"), errc::not_json},
    {"bad_escape_in_a_name", one(R"("n\ew":1)"), errc::not_json},
    {"short_unicode_escape", one(R"("passthrough":"\u12")"), errc::not_json},
    {"no_hex", one(R"("passthrough":"\u12g4")"), errc::not_json},
    {"short_second_surrogate", one(R"("passthrough":"\ud83d\ude")"), errc::not_json},
    {"escaped_end", "{\"data\":[],\"next_cursor\":\"\\\"}", errc::not_json},
    {"single_quotes", "{'data':[]}", errc::not_json},
    {"name_without_quotes", "{data:[]}", errc::not_json},
    {"number_as_name", "{1:2,\"data\":[]}", errc::not_json},
    {"comment", "{\"data\":[]/**/}", errc::not_json},
    {"no_colon", "{\"data\" []}", errc::not_json},
    {"two_colons", "{\"data\"::[]}", errc::not_json},
    {"no_comma", "{\"data\":[] \"x\":1}", errc::not_json},
    {"no_comma_in_array", "{\"data\":[{\"id\":\"a\"} {\"id\":\"b\"}]}", errc::not_json},
    {"comma_behind_the_last_member", "{\"data\":[],}", errc::not_json},
    {"comma_behind_the_last_element", "{\"data\":[{\"id\":\"a\"},]}", errc::not_json},
    {"comma_first", "{\"data\":[,{\"id\":\"a\"}]}", errc::not_json},
    {"wrong_bracket", "{\"data\":[}", errc::not_json},
    {"brackets_crossed", "{\"data\":[{\"id\":\"a\"]}}", errc::not_json},
    {"bracket_too_many", "{\"data\":[]}}", errc::not_json},
    {"two_documents", "{\"data\":[]}{\"data\":[]}", errc::not_json},
    {"lines_of_documents", "{\"data\":[]}\n{\"data\":[]}\n", errc::not_json},
    {"cut_in_a_name", "{\"data\":[{\"i", errc::not_json},
    {"cut_in_a_string", "{\"data\":[{\"id\":\"a", errc::not_json},
    {"cut_behind_a_colon", "{\"data\":[{\"id\":", errc::not_json},
    {"cut_behind_an_element", "{\"data\":[{\"id\":\"a\"}", errc::not_json},
    {"cut_in_a_number", "{\"data\":[{\"duration\":1", errc::not_json},
    {"broken_behind_a_misfit", R"({"data":[{"id":7}],"next_cursor":"\x"})", errc::not_json},
    {"escapes_before_a_misfit_and_broken_behind", R"({"next_cursor":"\\","data":[{"id":7}],"x":tru})",
     errc::not_json},
    {"capital_literal", one("\"test\":True"), errc::not_json},
    {"cut_literal", one("\"test\":tru"), errc::not_json},
    {"long_literal", one("\"test\":truex"), errc::not_json},
    {"python_none", one("\"test\":None"), errc::not_json},
    {"not_a_number", one("\"duration\":NaN"), errc::not_json},
    {"infinity", one("\"duration\":-Infinity"), errc::not_json},
    {"plus", one("\"duration\":+1"), errc::not_json},
    {"leading_zero", one("\"duration\":01"), errc::not_json},
    {"leading_zero_of_a_fraction", one("\"duration\":00.5"), errc::not_json},
    {"no_digits_before_the_point", one("\"duration\":.5"), errc::not_json},
    {"no_digits_behind_the_point", one("\"duration\":1."), errc::not_json},
    {"no_digits_in_the_exponent", one("\"duration\":1e+"), errc::not_json},
    {"two_points", one("\"duration\":1.2.3"), errc::not_json},
    {"two_minus", one("\"duration\":--1"), errc::not_json},
    {"hexadecimal", one("\"duration\":0x10"), errc::not_json},
    {"digits_in_groups", one("\"duration\":1_000"), errc::not_json},
    {"letters_behind_digits", one("\"duration\":12345678abc"), errc::not_json},
};

const content misfits[] = {
    {"array_instead_of_a_page", "[]", errc::bad_response, "the value: expected object, found array"},
    {"null_instead_of_a_page", "null", errc::bad_response, "the value: expected object, found null"},
    {"text_instead_of_a_page", "\"x\"", errc::bad_response, "the value: expected object, found string"},
    {"number_instead_of_a_page", "1e999999", errc::bad_response, "the value: expected object, found number"},
    {"no_data", R"({"next_cursor":"n"})", errc::bad_response, "data: missing"},
    {"error_with_200", R"({"error":{"type":"x","messages":["y"]}})", errc::bad_response, "data: missing"},
    {"no_data_behind_escapes", R"({"next_cursor":"\"\\\""})", errc::bad_response, "data: missing"},
    {"data_null", R"({"data":null})", errc::bad_response, "data: expected a value, found null"},
    {"data_object", R"({"data":{}})", errc::bad_response, "data: expected array, found object"},
    {"item_number", R"({"data":[1]})", errc::bad_response, "data[0]: expected object, found number"},
    {"item_array", R"({"data":[{"id":"a"},[]]})", errc::bad_response,
     "data[1]: expected object, found array"},
    {"no_id", R"({"data":[{"status":"ready"}]})", errc::bad_response, "data[0].id: missing"},
    {"id_null", R"({"data":[{"id":null}]})", errc::bad_response, "data[0].id: expected a value, found null"},
    {"id_number", R"({"data":[{"id":17}]})", errc::bad_response, "data[0].id: expected string, found number"},
    {"misfit_behind_escapes", R"({"next_cursor":"\\\"","data":[{"id":"\u0041","meta":7}]})",
     errc::bad_response, "data[0].meta: expected object, found number"},
    {"misfit_before_escapes", R"({"data":[{"id":7}],"next_cursor":"\\\""})", errc::bad_response,
     "data[0].id: expected string, found number"},
    {"cursor_number", R"({"data":[],"next_cursor":7})", errc::bad_response,
     "next_cursor: expected string, found number"},
    {"number_too_large", one("\"duration\":1e999999"), errc::bad_response,
     "data[0].duration: number out of range"},
    {"number_too_small", one("\"duration\":-1e999999"), errc::bad_response,
     "data[0].duration: number out of range"},
    {"number_of_400_digits", one("\"duration\":" + std::string(400, '9')), errc::bad_response,
     "data[0].duration: number out of range"},
    {"integer_with_a_fraction", one("\"tracks\":[{\"max_width\":1.5}]"), errc::bad_response,
     "data[0].tracks[0].max_width: expected integer, found number with a fraction"},
    {"integer_of_65_bits", one("\"tracks\":[{\"max_width\":9223372036854775808}]"), errc::bad_response,
     "data[0].tracks[0].max_width: number out of the range of 64-bit integers"},
    {"integer_with_an_exponent_too_large", one("\"tracks\":[{\"max_width\":1e999999}]"), errc::bad_response,
     "data[0].tracks[0].max_width: number out of the range of 64-bit integers"},
    {"integer_as_text", one("\"tracks\":[{\"max_width\":\"1\"}]"), errc::bad_response,
     "data[0].tracks[0].max_width: expected integer, found string"},
    {"time_with_letters", one("\"created_at\":\"17x\""), errc::bad_response,
     "data[0].created_at: expected digits of a 64-bit integer, found other text"},
    {"time_empty", one("\"created_at\":\"\""), errc::bad_response,
     "data[0].created_at: expected digits of a 64-bit integer, found other text"},
    {"time_with_space", one("\"created_at\":\" 17\""), errc::bad_response,
     "data[0].created_at: expected digits of a 64-bit integer, found other text"},
    {"time_of_30_digits", one("\"created_at\":\"" + std::string(30, '9') + '"'), errc::bad_response,
     "data[0].created_at: expected digits of a 64-bit integer, found other text"},
    {"time_iso", one("\"created_at\":\"2024-01-01T00:00:00Z\""), errc::bad_response,
     "data[0].created_at: expected digits of a 64-bit integer, found other text"},
    {"enum_number", one("\"status\":1"), errc::bad_response, "data[0].status: expected string, found number"},
    {"boolean_as_text", one("\"test\":\"true\""), errc::bad_response,
     "data[0].test: expected boolean, found string"},
    {"boolean_as_number", one("\"test\":1"), errc::bad_response,
     "data[0].test: expected boolean, found number"},
    {"list_of_wrong_kind", one("\"errors\":{\"messages\":[\"a\",2]}"), errc::bad_response,
     "data[0].errors.messages[1]: expected string, found number"},
};

std::string nested(std::size_t levels, bool closed = true) {
  return "{\"x\":" + std::string(levels, '[') + (closed ? std::string(levels, ']') + ",\"data\":[]}" : "");
}

const content depths[] = {
    {"one_level_too_deep", nested(64), errc::response_too_large, "nested deeper than 64 levels"},
    {"a_thousand_levels", nested(1000), errc::response_too_large},
    {"ten_million_levels", nested(10'000'000), errc::response_too_large},
    {"ten_million_levels_unclosed", nested(10'000'000, false), errc::not_json},
    {"deep_in_an_item", one("\"new\":" + std::string(70, '[') + std::string(70, ']')),
     errc::response_too_large},
    {"misfit_and_too_deep_behind",
     R"({"data":[{"id":7}],"x":)" + std::string(80, '[') + std::string(80, ']') + '}',
     errc::response_too_large},
};

std::string name_of(const testing::TestParamInfo<content>& info) {
  return info.param.id;
}
INSTANTIATE_TEST_SUITE_P(NotJson, BadContent, testing::ValuesIn(not_json), name_of);
INSTANTIATE_TEST_SUITE_P(Misfits, BadContent, testing::ValuesIn(misfits), name_of);
INSTANTIATE_TEST_SUITE_P(Depths, BadContent, testing::ValuesIn(depths), name_of);

struct odd {
  const char* id;
  std::string text;
  std::string value;  ///< the page written again
};

// As much of an asset as is always written.
std::string plain_asset(const std::string& id, const std::string& rest = "") {
  return R"({"id":")" + id +
         R"(","created_at":"0","encoding_tier":"","master_access":"","max_resolution_tier":"",)"
         R"("progress":{"progress":0,"state":""},"status":"")" +
         rest + '}';
}
std::string plain_page(const std::string& items, const std::string& rest = "") {
  return "{\"data\":[" + items + ']' + rest + '}';
}

class OddContent : public testing::TestWithParam<odd> {};

TEST_P(OddContent, HasTheSameValueInBothForms) {
  const odd& c = GetParam();
  const outcome expected{{}, c.value, true};
  EXPECT_EQ(owned(c.text), expected);
  EXPECT_EQ(borrowed(c.text), expected);
}

const std::string replacement = "\xef\xbf\xbd";

const odd values[] = {
    {"empty_page", R"({"data":[]})", plain_page("")},
    {"empty_page_with_a_cursor", R"({"data":[],"next_cursor":"n"})", plain_page("", R"(,"next_cursor":"n")")},
    {"empty_cursor", R"({"data":[],"next_cursor":""})", plain_page("", R"(,"next_cursor":"")")},
    {"cursor_null", R"({"data":[],"next_cursor":null})", plain_page("")},
    {"byte_order_mark", "\xef\xbb\xbf{\"data\":[]}", plain_page("")},
    {"spaces_everywhere", " { \"data\" :\n[ { \"id\" :\t\"a\"\r} ] } ", plain_page(plain_asset("a"))},
    {"item_null", R"({"data":[null]})", plain_page(plain_asset(""))},
    {"duplicate_id", R"({"data":[{"id":"a","id":"b"}]})", plain_page(plain_asset("b"))},
    {"duplicate_data", R"({"data":[{"id":"a"},{"id":"b"}],"data":[{"id":"c"}]})",
     plain_page(plain_asset("c"))},
    {"duplicate_cursor", R"({"next_cursor":"a","next_cursor":null,"data":[]})", plain_page("")},
    {"duplicate_object", R"({"data":[{"id":"a","meta":{"title":"t"},"meta":{}}]})",
     plain_page(plain_asset("a", R"(,"meta":{})"))},
    {"duplicate_list", R"({"data":[{"id":"a","tracks":[{},{}],"tracks":[]}]})", plain_page(plain_asset("a"))},
    {"duplicate_in_two_spellings", R"({"data":[{"id":"a","\u0069d":"b"}]})", plain_page(plain_asset("b"))},
    {"unknown_enum", one(R"("status":"dreaming")"),
     [] {
       std::string page = plain_page(plain_asset("a"));
       return page.replace(page.find("\"status\":\"\""), 11, "\"status\":\"dreaming\"");
     }()},
    {"enum_with_escapes", one(R"("mp4_support":"non\u0065")"),
     plain_page(plain_asset("a", R"(,"mp4_support":"none")"))},
    {"lone_lead_surrogate", one(R"("passthrough":"\ud83d")"),
     plain_page(plain_asset("a", ",\"passthrough\":\"" + replacement + '"'))},
    {"lone_trail_surrogate", one(R"("passthrough":"x\ude00")"),
     plain_page(plain_asset("a", ",\"passthrough\":\"x" + replacement + '"'))},
    {"surrogates_crossed", one(R"("passthrough":"\ude00\ud83d")"),
     plain_page(plain_asset("a", ",\"passthrough\":\"" + replacement + replacement + '"'))},
    {"escaped_nul", one(R"("passthrough":"a\u0000b")"),
     plain_page(plain_asset("a", R"(,"passthrough":"a\u0000b")"))},
    {"noncharacter", one("\"passthrough\":\"\xef\xbf\xbf\""),
     plain_page(plain_asset("a", ",\"passthrough\":\"\xef\xbf\xbf\""))},
    {"delete_character", one("\"passthrough\":\"\x7f\""),
     plain_page(plain_asset("a", ",\"passthrough\":\"\x7f\""))},
    {"number_below_a_double", one("\"duration\":1e-999999"), plain_page(plain_asset("a", ",\"duration\":0"))},
    {"integer_with_an_exponent", one("\"tracks\":[{\"max_width\":1.92e3}]"),
     plain_page(plain_asset("a", ",\"tracks\":[{\"max_width\":1920}]"))},
    {"integer_of_64_bits", one("\"tracks\":[{\"max_width\":-9223372036854775808}]"),
     plain_page(plain_asset("a", ",\"tracks\":[{\"max_width\":-9223372036854775808}]"))},
    {"size_as_number", one("\"static_renditions\":{\"files\":[{\"filesize\":5}]}"),
     plain_page(plain_asset("a", R"(,"static_renditions":{"files":[{"filesize":"5"}]})"))},
    {"deepest_that_is_read", nested(63), plain_page("")},
    {"unknown_members", one(R"("new":{"a":[1,{"b":"}]\""}]},"":null)"), plain_page(plain_asset("a"))},
};
INSTANTIATE_TEST_SUITE_P(Values, OddContent, testing::ValuesIn(values),
                         [](const auto& of) { return std::string(of.param.id); });

TEST(Content, MayBeAHundredMegabytesInOneString) {
  constexpr std::size_t length = 100'000'000;
  const std::string text = one("\"passthrough\":\"" + std::string(length, 'x') + '"');
  EXPECT_EQ(owned(text).code, errc::response_too_large);
  EXPECT_EQ(borrowed(text).code, errc::response_too_large);
  const codec::read_options large{.size = 2 * length};
  EXPECT_EQ(codec::read<page<asset>>(text, large).value().items[0].passthrough->size(), length);
  EXPECT_EQ(api::borrow<asset_view>(std::string(text), large).value().items[0].passthrough->size(), length);
}

// --- every member of every type, with every kind of value
// -----------------------------------------------------

struct candidate {
  char kind;
  const char* text;
};
constexpr candidate candidates[] = {{'s', "\"x\""}, {'i', "7"},  {'f', "1.5"}, {'b', "true"},
                                    {'o', "{}"},    {'a', "[]"}, {'n', "null"}};

// The kinds of JSON value that a slot takes.
std::string_view taken_by(const codec::slot& s) {
  switch (s.kind) {
    case codec::kind::boolean:
      return "b";
    case codec::kind::int64:
    case codec::kind::unix_seconds:  // a text must be digits, which "x" is not
      return "i";
    case codec::kind::float64:
      return "if";
    case codec::kind::string:
    case codec::kind::text:
    case codec::kind::enumeration:
      return "s";
    case codec::kind::object:
    case codec::kind::map:
    case codec::kind::variant:
      return "o";
    case codec::kind::array:
    case codec::kind::span:
      return "a";
    case codec::kind::json:
      return "sifboa";
  }
  return "";
}
bool takes(const codec::field_row& row, const candidate& c) {
  if (c.kind == 'n') return !row.must;
  return taken_by(row).find(c.kind) != std::string_view::npos;
}

TEST(Content, OfTheWrongKindIsNamedForEveryMemberOfEverySchema) {
  std::size_t refused = 0;
  for (const test::registered_schema& schema : test::registered_schemas())
    for (const codec::field_row& row : schema.type->object().fields)
      for (const candidate& c : candidates) {
        const std::string text = "{\"" + std::string(row.name) + "\":" + c.text + '}';
        void* const value = schema.create();
        const result<void> got = codec::read(text, *schema.type, value);
        schema.destroy(value);
        if (takes(row, c)) continue;
        ASSERT_FALSE(got) << schema.name << ' ' << text;
        ASSERT_EQ(got.error().code, errc::bad_response) << schema.name << ' ' << text;
        ASSERT_EQ(got.error().detail.rfind(std::string(row.name) + ": ", 0), 0u) << got.error().detail;
        ++refused;
      }
  EXPECT_GT(refused, 8000u);
}

TEST(Content, MayBeNullForEveryMemberThatIsNoIdentity) {
  for (const test::registered_schema& schema : test::registered_schemas()) {
    std::string text = "{";
    for (const codec::field_row& row : schema.type->object().fields) {
      const char* const identity = row.kind == codec::kind::string  ? "\"i\""
                                   : row.kind == codec::kind::int64 ? "1"
                                                                    : "[]";
      const char* const value = row.must ? identity : "null";
      text += (text.size() > 1 ? ",\"" : "\"") + std::string(row.name) + "\":" + value;
    }
    void* const value = schema.create();
    const result<void> got = codec::read(text + '}', *schema.type, value);
    EXPECT_TRUE(got) << schema.name << ": " << (got ? "" : got.error().detail);
    schema.destroy(value);
  }
}

TEST(Content, WithoutAnyMemberIsMissingItsIdentityOnly) {
  for (const test::registered_schema& schema : test::registered_schemas()) {
    const auto& rows = schema.type->object().fields;
    const auto must = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.must; });
    void* const value = schema.create();
    const result<void> got = codec::read("{}", *schema.type, value);
    if (must == rows.end())
      EXPECT_TRUE(got) << schema.name;
    else
      EXPECT_EQ(got ? "" : got.error().detail, std::string(must->name) + ": missing") << schema.name;
    schema.destroy(value);
  }
}

// Every place of a page: `before` and `behind` make a page of the value of a member.
std::size_t try_members(const codec::schema& s, const std::string& before, const std::string& behind) {
  std::size_t tried = 0;
  for (const codec::field_row& row : s.fields) {
    const std::string start = before + '"' + std::string(row.name) + "\":";
    for (const candidate& c : candidates) {
      const std::string text = start + c.text + behind;
      const outcome o = owned(text);
      EXPECT_EQ(borrowed(text), o) << text;
      EXPECT_EQ(o.read, takes(row, c)) << text << '\n' << o;
      ++tried;
    }
    const codec::type& inner = row.value->element ? *row.value->element : *row.value;
    if (inner.kind != codec::kind::object) continue;
    const bool list = row.value->element != nullptr;
    const auto& rows = inner.object().fields;
    const bool must = std::any_of(rows.begin(), rows.end(), [](const auto& r) { return r.must; });
    tried += try_members(inner.object(), start + (list ? "[{" : "{") + (must ? "\"id\":\"i\"," : ""),
                         (list ? "}]" : "}") + behind);
  }
  return tried;
}

TEST(Content, OfEveryKindAtEveryPlaceOfAPageIsReadAlikeInBothForms) {
  EXPECT_GE(try_members(codec::schema_of<page<asset>>(), "{\"data\":[],", "}"), 700u);
}

}  // namespace
}  // namespace mux
