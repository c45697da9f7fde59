#include "muxctl/rows.hpp"

#include <gtest/gtest.h>

using namespace mux::muxctl;

TEST(csv_record, quotes_what_rfc_4180_says) {
  EXPECT_EQ(csv_record({"a", "b,c", "d\"e", "f\ng", ""}, false), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
}

TEST(csv_record, neutralises_formulas_only_on_request) {
  EXPECT_EQ(csv_record({"=1+1", "+1", "-1", "@x", "a=b"}, false), "=1+1,+1,-1,@x,a=b\r\n");
  EXPECT_EQ(csv_record({"=1+1", "+1", "-1", "@x", "a=b"}, true), "'=1+1,'+1,'-1,'@x,a=b\r\n");
}

TEST(json_line, writes_absent_values_as_null_and_numbers_as_numbers) {
  EXPECT_EQ(json_line({"id", "duration", "title"}, {text_cell("a\"1"), literal_cell("1.5"), cell()}),
            "{\"id\":\"a\\\"1\",\"duration\":1.5,\"title\":null}\n");
}

TEST(table, aligns_columns_under_an_upper_case_header) {
  table t({"id", "title"});
  t.add({"abc", "One"});
  t.add({"d", "Two"});
  EXPECT_EQ(t.take(), "ID   TITLE\nabc  One\nd    Two\n");
}

TEST(table, shows_the_header_once_and_never_narrows_a_column) {
  table t({"id", "title"});
  t.add({"longer", "x"});
  static_cast<void>(t.take());
  t.add({"a", "y"});
  EXPECT_EQ(t.take(), "a       y\n");
}

TEST(table, aligns_wide_characters_and_escapes_controls) {
  table t({"title", "id"});
  t.add({"日本", "1"});
  t.add({"\x1b[2J", "2"});
  EXPECT_EQ(t.take(), "TITLE    ID\n日本     1\n\\x1b[2J  2\n");
}

TEST(table, of_nothing_is_its_header) {
  table t({"id"});
  EXPECT_EQ(t.take(), "ID\n");
}
