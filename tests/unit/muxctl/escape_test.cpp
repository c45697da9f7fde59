#include "muxctl/escape.hpp"

#include <string>

#include <gtest/gtest.h>

using namespace mux::muxctl;

TEST(escape_for_terminal, leaves_ordinary_text_alone) {
  EXPECT_EQ(escape_for_terminal("Sintel – 4K, 日本語 🎬"), "Sintel – 4K, 日本語 🎬");
}

TEST(escape_for_terminal, shows_line_breaks_and_tabs) {
  EXPECT_EQ(escape_for_terminal("a\r\nb\tc"), "a\\r\\nb\\tc");
}

TEST(escape_for_terminal, shows_escape_sequences_bell_and_delete) {
  EXPECT_EQ(escape_for_terminal("\x1b]0;owned\x07\x7f"), "\\x1b]0;owned\\x07\\x7f");
}

TEST(escape_for_terminal, shows_nul) {
  EXPECT_EQ(escape_for_terminal(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(escape_for_terminal, shows_c1_controls) {
  // U+009B is a control sequence introducer in eight bits.
  EXPECT_EQ(escape_for_terminal("\xc2\x9b"
                                "31m"),
            "\\u{009b}31m");
  EXPECT_EQ(escape_for_terminal("\xc2\xa0"), "\xc2\xa0");
}

TEST(escape_for_terminal, shows_bidirectional_controls_and_line_separators) {
  EXPECT_EQ(escape_for_terminal("\u202egpj.exe"), "\\u{202e}gpj.exe");
  EXPECT_EQ(escape_for_terminal("\u2066\u2069\u200f\u061c"), "\\u{2066}\\u{2069}\\u{200f}\\u{061c}");
  EXPECT_EQ(escape_for_terminal("\u2028\u2029\ufeff"), "\\u{2028}\\u{2029}\\u{feff}");
}

TEST(escape_for_terminal, shows_bytes_that_are_no_utf8) {
  EXPECT_EQ(escape_for_terminal("a\x9b"
                                "b"),
            "a\\x9bb");
  EXPECT_EQ(escape_for_terminal("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(escape_for_terminal("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(escape_for_terminal("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
  EXPECT_EQ(escape_for_terminal("x\xe2\x82"), "x\\xe2\\x82") << "cut off";
}

TEST(escape_for_terminal, lets_no_control_byte_through) {
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      const std::string shown =
          escape_for_terminal(std::string{static_cast<char>(first), static_cast<char>(second)});
      for (const char c : shown) {
        const auto byte = static_cast<unsigned char>(c);
        ASSERT_TRUE(byte >= 0x20 && byte != 0x7f) << first << " " << second;
      }
      ASSERT_EQ(shown.find("\xc2\x9b"), std::string::npos);
    }
}

TEST(escape_json_controls, keeps_the_value_and_hides_what_steers_a_terminal) {
  EXPECT_EQ(escape_json_controls("{\"a\":\"\u202e\xc2\x9b\x7fé\"}"), "{\"a\":\"\\u202e\\u009b\\u007fé\"}");
}

TEST(escape_json_controls, leaves_plain_json_alone) {
  EXPECT_EQ(escape_json_controls("{\"a\":[1,\"\\n\"]}"), "{\"a\":[1,\"\\n\"]}");
}

TEST(append_json_string, escapes_quotes_backslashes_and_controls) {
  std::string out;
  append_json_string(out, "a\"b\\c\nd\x01\u202e");
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\nd\\u0001\\u202e\"");
}

TEST(append_json_string, replaces_bytes_that_are_no_utf8) {
  std::string out;
  append_json_string(out, "a\xff");
  EXPECT_EQ(out, "\"a\ufffd\"");
}

TEST(quote_for_shell, quotes_only_where_it_has_to) {
  EXPECT_EQ(quote_for_shell("movies.csv"), "movies.csv");
  EXPECT_EQ(quote_for_shell("video-post=1/5"), "video-post=1/5");
  EXPECT_EQ(quote_for_shell(""), "''");
  EXPECT_EQ(quote_for_shell("my movies.csv"), "'my movies.csv'");
  EXPECT_EQ(quote_for_shell("$(rm -rf x)"), "'$(rm -rf x)'");
  EXPECT_EQ(quote_for_shell("it's"), "'it'\\''s'");
}

TEST(display_width, counts_columns_not_bytes) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U) << "a combining accent takes no column";
}

TEST(fit, cuts_between_characters) {
  EXPECT_EQ(fit("日本語", 5), "日本");
  EXPECT_EQ(fit("abc", 3), "abc");
  EXPECT_EQ(fit("abc", 0), "");
}
