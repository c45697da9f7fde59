#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mux/ingest/manifest.hpp>

#include "unit/ingest/manifest_reading.hpp"
#include "unit/ingest/temporary_folder.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string line_with(const std::string& column, const std::string& value) {
  return "url," + column + "\nhttps://example.com/a.mp4," + value + "\n";
}

TEST(manifest, reads_all_columns_in_any_order) {
  const reading all = read(
      "video_quality,passthrough,url,title,playback_policy,creator_id,external_id\n"
      "plus,p,https://example.com/a.mp4,T,signed,c,e\n");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 1u);
  const manifest_row& row = all.rows[0];
  EXPECT_EQ(row.url, "https://example.com/a.mp4");
  EXPECT_EQ(row.title, "T");
  EXPECT_EQ(row.external_id, "e");
  EXPECT_EQ(row.creator_id, "c");
  EXPECT_EQ(row.passthrough, "p");
  EXPECT_EQ(row.playback_policy, "signed");
  EXPECT_EQ(row.video_quality, "plus");
  EXPECT_EQ(row.line, 2u);
  EXPECT_EQ(row.column, 1u);
}

TEST(manifest, refuses_a_text_that_would_pass_for_a_marker) {
  const reading all = read(
      "url,passthrough,external_id\n"
      "https://a.example/1,mm1:01ARZ3NDEKTSV4RRFFQ69G5FAV,\n"
      "https://a.example/2,,mm1:01ARZ3NDEKTSV4RRFFQ69G5FAV:x\n"
      "https://a.example/3,mm1:short,\n");
  ASSERT_EQ(all.faults.size(), 2u);
  EXPECT_THAT(all.faults[0], testing::StartsWith("m.csv:2:21: passthrough begins with a marker"));
  EXPECT_THAT(all.faults[1], testing::StartsWith("m.csv:3:22: external_id begins with a marker"));
  EXPECT_EQ(all.rows.size(), 1u);
}

TEST(manifest, understands_byte_order_mark_crlf_blank_lines_and_a_missing_last_line_break) {
  const reading all =
      read("\xEF\xBB\xBFurl,title\r\n\r\nhttps://a.example/1,One\r\n\r\n\r\nhttps://a.example/2,Two");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 2u);
  EXPECT_EQ(all.rows[0].title, "One");
  EXPECT_EQ(all.rows[0].line, 3u);
  EXPECT_EQ(all.rows[1].title, "Two");
  EXPECT_EQ(all.rows[1].line, 6u);
}

TEST(manifest, keeps_commas_quotes_and_line_breaks_of_quoted_cells) {
  const reading all =
      read("title,url\n\"a, \"\"b\"\"\r\nc\",https://a.example/1\n\"\",https://a.example/2\n");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 2u);
  EXPECT_EQ(all.rows[0].title, "a, \"b\"\r\nc");
  EXPECT_EQ(all.rows[0].line, 2u);
  EXPECT_EQ(all.rows[1].title, "");
  EXPECT_EQ(all.rows[1].line, 4u);
}

TEST(manifest, counts_lines_after_a_quoted_line_break) {
  const reading all = read("url,title\nhttps://a.example/1,\"x\ny\nz\"\nftp://a.example/2,t\n");
  EXPECT_THAT(all.faults, ElementsAre(HasSubstr("m.csv:5:1: a URL that Mux cannot fetch")));
}

TEST(manifest, counts_columns_in_characters_not_bytes) {
  const reading all = read("title,url\nüüü,nonsense\n");
  EXPECT_THAT(all.faults, ElementsAre(HasSubstr("m.csv:2:5: not an absolute URL (expected ")));
}

TEST(manifest, an_empty_file_is_a_fault) {
  EXPECT_THAT(read("").faults, ElementsAre(HasSubstr("m.csv:1:1: the manifest is empty")));
  EXPECT_THAT(read("", "-").faults, ElementsAre(HasSubstr("-:1:1: the manifest is empty")));
  EXPECT_THAT(read("\xEF\xBB\xBF").faults, ElementsAre(HasSubstr("m.csv:1:1: the manifest is empty")));
  EXPECT_THAT(read("\n\n\n").faults, ElementsAre(HasSubstr("m.csv:1:1: the manifest is empty")));
}

TEST(manifest, a_header_alone_is_an_empty_batch) {
  const reading all = read("url,title\n");
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_THAT(all.rows, IsEmpty());
}

TEST(manifest, names_unknown_duplicate_and_missing_columns) {
  EXPECT_THAT(
      read("url,titel\n").faults,
      ElementsAre(HasSubstr("m.csv:1:5: unknown column 'titel' (expected one of url, file, title, ")));
  EXPECT_THAT(read("url,title,\"title\"\n").faults,
              ElementsAre(HasSubstr("m.csv:1:11: the column 'title' is there twice")));
  EXPECT_THAT(read("title\nx\n").faults,
              ElementsAre(HasSubstr("m.csv:1:1: the header row has no column 'url'")));
  EXPECT_THAT(read("url,,title\n").faults, ElementsAre(HasSubstr("m.csv:1:5: unknown column ''")));
}

TEST(manifest, a_first_row_without_header_does_not_leak_its_query) {
  const reading all = read("https://u:secret@a.example/1?sig=secret,One\n");
  ASSERT_EQ(all.fault_count, 3u);
  for (const std::string& fault : all.faults) EXPECT_THAT(fault, Not(HasSubstr("secret")));
}

TEST(manifest, reports_every_fault_of_the_file_at_once) {
  const reading all = read(
      "url,title,playback_policy,video_quality\n"
      "http:/x,ok,public,basic\n"
      "https://a.example/1,ok,drm,gold\n"
      "https://a.example/2,ok,public,basic\n"
      "https://a.example/3,ok\n");
  EXPECT_THAT(
      all.faults,
      ElementsAre(HasSubstr("m.csv:2:1: not an absolute URL"),
                  HasSubstr("m.csv:3:24: playback_policy 'drm' needs a DRM configuration"),
                  HasSubstr("m.csv:3:28: video_quality is 'gold' (expected basic or plus or premium)"),
                  HasSubstr("m.csv:5:1: the row has 2 cells (expected 4, as the header row)")));
  EXPECT_EQ(all.rows.size(), 1u);
}

TEST(manifest, keeps_the_first_faults_and_counts_the_rest) {
  std::string text = "url\n";
  for (int i = 0; i < 5000; ++i) text += "x\n";
  manifest_options options;
  options.max_faults = 10;
  const reading all = read(text, "m.csv", options);
  EXPECT_EQ(all.faults.size(), 10u);
  EXPECT_EQ(all.fault_count, 5000u);
}

TEST(manifest, measures_lengths_in_code_points) {
  const auto repeat = [](const std::string& what, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += what;
    return text;
  };
  EXPECT_THAT(read(line_with("title", repeat("ü", 512))).faults, IsEmpty());
  EXPECT_THAT(read(line_with("title", repeat("ü", 513))).faults,
              ElementsAre(HasSubstr("m.csv:2:27: title has 513 characters (expected at most 512)")));
  EXPECT_THAT(read(line_with("external_id", repeat("😀", 128))).faults, IsEmpty());
  EXPECT_THAT(read(line_with("external_id", repeat("😀", 129))).fault_count, 1u);
  EXPECT_THAT(read(line_with("creator_id", repeat("x", 129))).fault_count, 1u);
  EXPECT_THAT(read(line_with("passthrough", repeat("x", 255))).faults, IsEmpty());
  EXPECT_THAT(read(line_with("passthrough", repeat("x", 256))).fault_count, 1u);
}

TEST(manifest, refuses_a_row_whose_marker_would_not_fit) {
  const auto both = [](std::size_t length) {
    return read("url,external_id,passthrough\nhttps://a.example/1,e," + std::string(length, 'x') + "\n");
  };
  EXPECT_THAT(both(224).faults, IsEmpty());
  EXPECT_THAT(both(225).faults,
              ElementsAre(HasSubstr("m.csv:2:23: passthrough has 225 characters, which leaves no room "
                                    "for the marker that finds the asset again (expected at most 224")));
}

TEST(manifest, points_at_broken_quotes) {
  EXPECT_THAT(read("url,title\nhttps://a.example/1,\"open\nhttps://a.example/2,x\n").faults,
              ElementsAre(HasSubstr("m.csv:2:21: the quote is never closed")));
  EXPECT_THAT(read("url,title\nhttps://a.example/1,a\"b\"\n").faults,
              ElementsAre(HasSubstr("m.csv:2:22: a quote inside a cell that is not quoted")));
  EXPECT_THAT(read("url,title\nhttps://a.example/1,\"a\"b\n").faults,
              ElementsAre(HasSubstr("m.csv:2:24: text after a closing quote")));
  EXPECT_THAT(read("url,title\nhttps://a.example/1,a\rb\n").faults,
              ElementsAre(HasSubstr("m.csv:2:22: a carriage return inside a row")));
}

TEST(manifest, points_at_bytes_that_are_no_text) {
  EXPECT_THAT(read(line_with("title", std::string("a\0b", 3))).faults,
              ElementsAre(HasSubstr("m.csv:2:28: a byte that is no text")));
  for (const std::string bad : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE2\x82"})
    EXPECT_THAT(read(line_with("title", "ab" + bad)).faults,
                ElementsAre(HasSubstr("m.csv:2:29: a byte that is no text")))
        << testing::PrintToString(bad);
  for (std::string title = "twenty characters ok"; const char bad : {'\x80', '\xFF', '\0'})
    for (std::size_t at = 0; at < title.size(); ++at) {
      std::string broken = title;
      broken[at] = bad;
      EXPECT_THAT(read(line_with("title", broken)).faults,
                  ElementsAre(HasSubstr("m.csv:2:" + std::to_string(27 + at) + ": a byte that is no text")));
    }
  EXPECT_THAT(read("url\nhttps://a.example/\xE2\x82").faults,
              ElementsAre(HasSubstr("m.csv:2:19: a byte that is no text")));
}

TEST(manifest, escapes_what_a_terminal_would_obey) {
  const reading all = read(line_with("video_quality", "\x1b[2J\xE2\x80\xAEx"));
  ASSERT_EQ(all.faults.size(), 1u);
  EXPECT_THAT(all.faults[0], HasSubstr("'\\x1b[2J\\xe2\\x80\\xaex'"));
}

TEST(manifest, a_cell_of_a_mebibyte_is_a_fault_and_the_rows_after_it_are_read) {
  const std::string big(1024 * 1024, 'x');
  const reading all = read("url,title\nhttps://a.example/1,\"" + big + big + "\"\nhttps://a.example/2,ok\n");
  EXPECT_THAT(all.faults, ElementsAre(HasSubstr("m.csv:2:21: the row is longer than 1 MiB")));
  ASSERT_EQ(all.rows.size(), 1u);
  EXPECT_EQ(all.rows[0].title, "ok");
}

TEST(manifest, a_row_of_very_many_cells_is_one_fault) {
  EXPECT_THAT(read("url\nhttps://a.example/1" + std::string(300'000, ',') + "\n").faults,
              ElementsAre(HasSubstr("the row has 300001 cells")));
}

TEST(manifest, reads_a_plain_list_with_comments) {
  const reading all =
      read("# mine\n\nhttps://a.example/1\r\n   https://a.example/2?x=1#f  \n#http://no\nhttp://b.example\n",
           "l.txt");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 3u);
  EXPECT_EQ(all.rows[0].url, "https://a.example/1");
  EXPECT_EQ(all.rows[1].url, "https://a.example/2?x=1#f");
  EXPECT_EQ(all.rows[1].line, 4u);
  EXPECT_EQ(all.rows[2].url, "http://b.example");
}

TEST(manifest, a_fault_of_a_list_has_its_place) {
  EXPECT_THAT(read("https://a.example/1\n  nonsense\nhttps://a b\n", "l.txt").faults,
              ElementsAre(HasSubstr("l.txt:2:3: not an absolute URL"),
                          HasSubstr("l.txt:3:10: a character that a URL cannot hold")));
}

TEST(manifest, chooses_the_format_by_name_and_first_line_unless_told) {
  EXPECT_EQ(read("url\nhttps://a.example/1\n", "anything").rows.size(), 1u) << "a header makes it CSV";
  EXPECT_EQ(read("HTTPS://a.example/1\n", "-").rows.size(), 1u) << "a URL makes it a list";
  EXPECT_EQ(read("https://a.example/1\n", "m.csv").rows.size(), 0u) << "the name says CSV";
  manifest_options list;
  list.format = manifest_format::url_list;
  EXPECT_EQ(read("https://a.example/1\n", "m.csv", list).rows.size(), 1u);
  manifest_options csv;
  csv.format = manifest_format::csv;
  EXPECT_EQ(read("url\nhttps://a.example/1\n", "l.txt", csv).rows.size(), 1u);
}

TEST(manifest, a_missing_file_is_unreadable_and_so_is_a_folder_that_must_be_csv) {
  const temporary_folder folder;
  const auto missing = manifest_reader::open(folder / "none.csv");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, errc::manifest_unreadable);
  EXPECT_THAT(missing.error().detail, HasSubstr("No such file"));
  manifest_options csv;
  csv.format = manifest_format::csv;
  const auto directory = manifest_reader::open(folder / "", csv);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, errc::manifest_unreadable);
}

TEST(manifest, a_file_is_read_in_blocks) {
  const temporary_folder folder;
  std::string text = "url,title\n";
  for (int i = 0; i < 20'000; ++i)
    text += "https://a.example/" + std::to_string(i) + ",\"t, ü " + std::to_string(i) + "\"\n";
  auto reader = manifest_reader::open(folder.write("m.csv", text));
  ASSERT_TRUE(reader);
  int rows = 0;
  for (auto row = reader->next(); row; row = reader->next(), ++rows) {
    ASSERT_EQ(row->title, "t, ü " + std::to_string(rows));
    ASSERT_EQ(row->line, static_cast<std::uint64_t>(rows + 2));
  }
  EXPECT_EQ(rows, 20'000);
  EXPECT_EQ(reader->fault_count(), 0u);
}

TEST(manifest, a_read_error_is_a_fault_and_not_the_end) {
  struct failing_disk : std::stringbuf {
    using std::stringbuf::stringbuf;
    std::streamsize xsgetn(char* to, std::streamsize most) override {
      if (in_avail() < most) throw std::ios_base::failure("the disk is gone");
      return std::stringbuf::xsgetn(to, most);
    }
  };
  std::string text;
  while (text.size() < 400'000) text += "https://a.example/1\n";
  failing_disk half(text), whole("https://a.example/1\n");
  std::istream half_input(&half), whole_input(&whole);
  manifest_reader reader(half_input, "l.txt");
  int rows = 0;
  while (reader.next()) ++rows;
  EXPECT_GT(rows, 12'000);
  ASSERT_GT(reader.fault_count(), 0u);
  EXPECT_EQ(reader.faults().back().message, "the manifest cannot be read any further");
  manifest_reader nothing(whole_input, "l.txt");
  EXPECT_FALSE(nothing.next());
  ASSERT_EQ(nothing.fault_count(), 1u);
  EXPECT_EQ(to_string(nothing.faults()[0], "l.txt"), "l.txt:1:1: the manifest cannot be read any further");
}

TEST(manifest, the_fault_error_carries_faults_and_count) {
  std::istringstream input("url\nx\ny\n");
  manifest_reader reader(input, "m.csv");
  EXPECT_FALSE(reader.next());
  const error e = reader.fault_error();
  EXPECT_EQ(e.code, errc::manifest_invalid);
  EXPECT_EQ(e.fault_count, 2u);
  EXPECT_EQ(e.message(), "manifest_invalid: m.csv has 2 faults, nothing was sent");
}

TEST(manifest, reads_tabs_with_the_quoting_of_commas) {
  const reading all = read("url\ttitle\nhttps://a.example/1\t\"a\tb, \"\"c\"\"\"\n", "m.tsv");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 1u);
  EXPECT_EQ(all.rows[0].title, "a\tb, \"c\"");
  EXPECT_EQ(read("url\ttitle\nhttps://a.example/1\tA\n", "-").rows.size(), 1u) << "a tab makes it TSV";
}

TEST(manifest, skips_records_whose_cells_are_all_empty) {
  const reading all = read("url,title\n,\nhttps://a.example/1,One\n\"\",\n,,\n");
  EXPECT_THAT(all.faults, ElementsAre(HasSubstr("m.csv:5:1: the row has 3 cells (expected 2")));
  EXPECT_EQ(all.rows.size(), 1u);
}

TEST(manifest, refuses_utf16_and_line_ends_of_cr_alone_at_once) {
  EXPECT_THAT(read(std::string("\xFF\xFEu\0r\0l\0", 8)).faults,
              ElementsAre(HasSubstr("m.csv:1:1: the manifest is in UTF-16 (expected UTF-8")));
  EXPECT_THAT(read(std::string("\xFE\xFF\0u\0r\0l", 8)).faults, ElementsAre(HasSubstr("is in UTF-16")));
  EXPECT_THAT(read("url,title\rhttps://a.example/1,One\rhttps://a.example/2,Two\r").faults,
              ElementsAre(HasSubstr("m.csv:1:10: the lines end in CR alone (expected LF or CRLF)")));
  EXPECT_THAT(read("https://a.example/1\rhttps://a.example/2", "l.txt").fault_count, 1u);
}

TEST(manifest, says_what_separates_columns_if_it_is_no_comma) {
  EXPECT_THAT(read("url;title\nhttps://a.example/1;One\n").faults[0], HasSubstr("expected commas between"));
}

TEST(manifest, ignores_a_column_with_the_reason_of_an_earlier_failure) {
  const reading all = read("url,reason\nhttps://a.example/1,\"400: no\"\n");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 1u);
  EXPECT_EQ(all.rows[0].settings, "");
}

TEST(manifest, a_record_may_stand_on_any_border_of_its_blocks) {
  // The end of the first 256 KiB on each byte of a quoted record and of the ones beside it.
  for (std::size_t blank = 262'000; blank < 262'100; ++blank) {
    const std::string text = "url,title\nhttps://a.example/1,1\n" + std::string(blank, '\n') +
                             "https://a.example/2,\"t\"\"w\r\no\"\r\nhttps://a.example/3,three\n";
    const reading all = read(text);
    ASSERT_THAT(all.faults, IsEmpty());
    ASSERT_EQ(all.rows.size(), 3u);
    ASSERT_EQ(all.rows[1].title, "t\"w\r\no") << blank;
    ASSERT_EQ(all.rows[2].title, "three");
    ASSERT_EQ(all.rows[2].line, blank + 5);
  }
}

TEST(manifest, an_overlong_row_ends_where_its_quote_ends) {
  std::string lines;
  while (lines.size() < 1'500'000) lines += "https://a.example/x,\"\"y\"\"\n";
  const reading all =
      read("url,title\nhttps://a.example/1,\"" + lines + "\"\nhttps://a.example/2,ok\nnonsense,x\n");
  const auto breaks = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  EXPECT_THAT(all.faults,
              ElementsAre(HasSubstr("m.csv:2:21: the row is longer than 1 MiB"),
                          HasSubstr("m.csv:" + std::to_string(breaks + 4) + ":1: not an absolute URL")));
  ASSERT_EQ(all.rows.size(), 1u);
  EXPECT_EQ(all.rows[0].line, breaks + 3);
}

TEST(manifest, a_line_of_a_list_longer_than_a_mebibyte_is_one_fault) {
  const reading all =
      read("https://a.example/" + std::string(3 * 1024 * 1024, 'x') + "\nhttps://a.example/2\n", "l.txt");
  EXPECT_THAT(all.faults, ElementsAre(HasSubstr("l.txt:1:1: the row is longer than 1 MiB")));
  ASSERT_EQ(all.rows.size(), 1u);
  EXPECT_EQ(all.rows[0].line, 2u);
}

TEST(manifest, takes_an_asset_of_mux_as_the_source_of_a_clip) {
  EXPECT_EQ(read("url,inputs.0.start_time\nmux://assets/abc123,5\n").fault_count, 0u);
  EXPECT_EQ(read("url\nmux://assets/\n").fault_count, 1u);
  EXPECT_EQ(read("url\nmux://streams/abc123\n").fault_count, 1u);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
