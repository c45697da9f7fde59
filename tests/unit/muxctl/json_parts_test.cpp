#include "muxctl/json_parts.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;

TEST(json_texts, come_back_as_they_were) {
  const std::vector<std::string> texts = {"muxctl",       "",    "a \"b\" \\ c", "line\nbreak\ttab\r",
                                          "\x01\x1f\x7f", "ä€😀", "\u202e\u0085"};
  EXPECT_EQ(texts_of_json(json_of_texts(texts)), texts);
  EXPECT_EQ(texts_of_json(json_of_texts({})), std::vector<std::string>());
}

TEST(json_texts, of_anything_else_are_nothing) {
  for (const char* json : {"", "{}", "[", "[\"a\"", "[\"a\",]", "[\"a\"]x", "[1]", "[\"a\" \"b\"]",
                           "[\"\\u12\"]", "[\"\\ud800\"]", "[\"\\x\"]", "[\"a]"})
    EXPECT_FALSE(texts_of_json(json)) << json;
}

TEST(json_members, have_names_and_values_as_json) {
  const auto members = members_of_json(R"({"a":"x,}","b":[1,{"c":"]"}],"d":{"e":{}},"f":true})");
  ASSERT_EQ(members.size(), 4U);
  EXPECT_EQ(members[0], (std::pair<std::string, std::string_view>("a", R"("x,}")")));
  EXPECT_EQ(members[1], (std::pair<std::string, std::string_view>("b", R"([1,{"c":"]"}])")));
  EXPECT_EQ(members[2], (std::pair<std::string, std::string_view>("d", R"({"e":{}})")));
  EXPECT_EQ(members[3], (std::pair<std::string, std::string_view>("f", "true")));
}

TEST(json_members, of_an_empty_object_or_none_are_none) {
  EXPECT_TRUE(members_of_json("{}").empty());
  EXPECT_TRUE(members_of_json("").empty());
}
