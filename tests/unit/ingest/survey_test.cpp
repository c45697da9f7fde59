#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mux/ingest/survey.hpp>

#include "ingest/key_sorter.hpp"
#include "unit/ingest/temporary_folder.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::ElementsAre;

result<manifest_survey> survey_of(const std::string& text, const std::string& name = "m.csv") {
  std::istringstream input(text);
  manifest_reader reader(input, name);
  return survey(reader);
}

TEST(survey, counts_rows_and_their_repetitions) {
  const auto found = survey_of(
      "https://a.example/1\nhttps://a.example/2\nhttps://a.example/1\nhttps://a.example/3\nhttps://a.example/"
      "1\n"
      "https://a.example/3\n",
      "l.txt");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rows, 3u);
  EXPECT_EQ(found->creates, 3u);
  EXPECT_EQ(found->duplicates, 3u);
  EXPECT_THAT(found->duplicate_lines, ElementsAre(3, 5, 6));
  EXPECT_EQ(found->known.total(), 0u);
}

TEST(survey, a_manifest_with_faults_has_no_survey) {
  const auto found = survey_of("url\nhttps://a.example/1\nx\ny\n");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, errc::manifest_invalid);
  EXPECT_EQ(found.error().fault_count, 2u);
}

TEST(survey, adds_up_the_bytes_of_different_files) {
  const temporary_folder folder;
  folder.write("a.mp4", std::string(100, 'x'));
  folder.write("b.mp4", std::string(23, 'x'));
  const auto manifest = folder.write("m.csv", "file\na.mp4\nb.mp4\n./a.mp4\n");
  auto reader = manifest_reader::open(manifest);
  ASSERT_TRUE(reader);
  const auto found = survey(*reader);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->files, 2u);
  EXPECT_EQ(found->bytes, 123u);
  EXPECT_EQ(found->duplicates, 1u);
}

TEST(survey, keeps_the_first_hundred_lines_of_repetitions) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "https://a.example/1\n";
  const auto found = survey_of(text, "l.txt");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->duplicates, 499u);
  ASSERT_EQ(found->duplicate_lines.size(), 100u);
  EXPECT_EQ(found->duplicate_lines.front(), 2u);
  EXPECT_EQ(found->duplicate_lines.back(), 101u);
}

TEST(key_sorter, gives_all_keys_in_order_however_many_blocks_they_fill) {
  std::mt19937_64 random(1);
  for (const std::size_t count : {0u, 1u, 6u, 7u, 8u, 70u, 1000u}) {
    key_sorter sorter(7);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted, got;
    for (std::size_t i = 0; i < count; ++i) {
      keyed_row row;
      row.high = random() % 50;
      row.low = random() % 2;
      row.line = count - i;
      row.bytes = row.high * 3;
      wanted.emplace_back(row.high * 2 + row.low, count - i);
      ASSERT_TRUE(sorter.add(row));
    }
    std::sort(wanted.begin(), wanted.end());
    ASSERT_TRUE(sorter.for_each([&](const keyed_row& row) {
      EXPECT_EQ(row.bytes, row.high * 3);
      got.emplace_back(row.high * 2 + row.low, std::uint64_t{row.line});
    }));
    EXPECT_EQ(got, wanted) << count;
  }
}

TEST(key_sorter, says_why_nothing_can_be_put_aside) {
  const temporary_folder folder;
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before ? before : "";
  ::setenv("TMPDIR", (folder / "gone").c_str(), 1);
  key_sorter sorter(1);
  EXPECT_TRUE(sorter.add(keyed_row()));
  EXPECT_FALSE(sorter.add(keyed_row()));
  EXPECT_EQ(sorter.fault(), std::errc::no_such_file_or_directory);
  before ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
