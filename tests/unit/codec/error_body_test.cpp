#include <gtest/gtest.h>

#include "codec/codec.hpp"

namespace mux::inline v0::codec {
namespace {

using strings = std::vector<std::string>;

TEST(error_body, reads_the_envelope) {
  const error_body e = read_error_body(
      R"({"error":{"type":"invalid_parameters","messages":["Failed to fetch input URL","and \u00e9"]},"x":1})");
  EXPECT_EQ(e.type, "invalid_parameters");
  EXPECT_EQ(e.messages, (strings{"Failed to fetch input URL", "and \xc3\xa9"}));
}

TEST(error_body, reads_the_answer_to_too_many_requests) {
  const error_body e = read_error_body(R"({"errors":["Too many requests, retry later."]})");
  EXPECT_EQ(e.type, "");
  EXPECT_EQ(e.messages, (strings{"Too many requests, retry later."}));
}

TEST(error_body, reads_the_form_of_robots) {
  const error_body e = read_error_body(R"({"error":{"type":"not_found","message":"no such job"}})");
  EXPECT_EQ(e.type, "not_found");
  EXPECT_EQ(e.messages, (strings{"no such job"}));
}

TEST(error_body, reads_the_forms_of_the_playback_hosts) {
  const error_body bare = read_error_body(R"({"code":5,"message":"not found"})");
  EXPECT_EQ(bare.type, "5");
  EXPECT_EQ(bare.messages, (strings{"not found"}));
  const error_body inside = read_error_body(R"({"error":{"code":3,"message":"bad parameter"}})");
  EXPECT_EQ(inside.type, "3");
  EXPECT_EQ(inside.messages, (strings{"bad parameter"}));
}

TEST(error_body, is_empty_for_anything_else) {
  for (const auto* text :
       {"", "<html>502</html>", "null", "[]", "7", "\"x\"", "{}", "{\"error\":null}", "{\"error\":[]}",
        "{\"error\":{}}", "{\"errors\":{}}", "{\"errors\":[1,null,{}]}", "{\"error\":{\"messages\":\"x\"}}",
        "{\"error\":{\"type\":1,\"messages\":[[]]}}", "{\"errors\":[\"cut"}) {
    const error_body e = read_error_body(text);
    EXPECT_EQ(e.type, "") << text;
    EXPECT_EQ(e.messages, strings{}) << text;
  }
}

TEST(error_body, takes_what_it_understands) {
  const error_body e = read_error_body(R"({"error":{"type":{},"messages":[1,"a",null,"b"]}})");
  EXPECT_EQ(e.type, "");
  EXPECT_EQ(e.messages, (strings{"a", "b"}));
  EXPECT_EQ(read_error_body(R"({"error":"plain words"})").messages, (strings{"plain words"}));
}

TEST(error_body, bounds_number_and_length_of_messages) {
  std::string text = R"({"errors":[)";
  for (int i = 0; i < 1100; ++i) text += '"' + std::string(1023, 'x') + "\xe2\x82\xac tail\",";
  text.back() = ']';
  const error_body e = read_error_body(text + '}');
  EXPECT_EQ(e.messages.size(), 0u) << "longer than a mebibyte";
  std::string shorter = R"({"error":{"type":")" + std::string(5000, 't') + R"(","messages":[)";
  for (int i = 0; i < 100; ++i) shorter += '"' + std::string(1023, 'x') + "\xe2\x82\xac tail\",";
  shorter.back() = ']';
  const error_body f = read_error_body(shorter + "}}");
  EXPECT_EQ(f.type.size(), 1024u);
  ASSERT_EQ(f.messages.size(), 16u);
  EXPECT_EQ(f.messages[15], std::string(1023, 'x')) << "cut before a character that does not fit whole";
}

}  // namespace
}  // namespace mux::inline v0::codec
