#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/ingest/manifest_reading.hpp"
#include "unit/ingest/temporary_folder.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

reading open_and_read(const fs::path& file, manifest_options options = {}) {
  result<manifest_reader> reader = manifest_reader::open(file, std::move(options));
  if (!reader) {
    ADD_FAILURE() << reader.error().message();
    return {};
  }
  return read_all_of(std::move(*reader));
}

/// Paths of the rows, without `folder`.
std::vector<std::string> files(const reading& all, const fs::path& folder) {
  const std::string front = fs::canonical(folder).string() + "/";
  std::vector<std::string> names;
  for (const manifest_row& row : all.rows)
    names.push_back(row.file.starts_with(front) ? row.file.substr(front.size()) : row.file);
  return names;
}

struct films : temporary_folder {
  films() {
    for (const char* name : {"b", "b/deep", ".hidden"}) fs::create_directory(*this / name);
    for (const char* name : {"c.mp4", "a.mov", "b.mp4", "b/2.mp4", "b/deep/1.mp4", "b/10.mp4",
                             ".hidden/x.mp4", ".secret.mp4", "old.mux-journal", "old.mux-journal-wal"})
      write(name, "bytes");
  }
};

TEST(local_files, a_folder_is_all_that_is_in_it_sorted_by_the_bytes_of_the_paths) {
  const films folder;
  const reading all = open_and_read(folder / "");
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_THAT(files(all, folder / ""),
              ElementsAre("a.mov", "b.mp4", "b/10.mp4", "b/2.mp4", "b/deep/1.mp4", "c.mp4"));
  EXPECT_EQ(all.rows[2].line, 3u);
  EXPECT_EQ(all.rows[2].url, "");
}

TEST(local_files, links_to_folders_are_not_followed_and_only_regular_files_are_taken) {
  const films folder;
  fs::create_directory_symlink(folder / "", folder / "b/loop");
  fs::create_directory_symlink(folder / "b", folder / "again");
  fs::create_symlink("nowhere", folder / "dangling.mp4");
  fs::create_symlink(folder / "c.mp4", folder / "link.mp4");
  ASSERT_EQ(::mkfifo((folder / "pipe.mp4").c_str(), 0600), 0);
  const reading all = open_and_read(folder / "");
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_THAT(files(all, folder / ""),
              ElementsAre("a.mov", "b.mp4", "b/10.mp4", "b/2.mp4", "b/deep/1.mp4", "c.mp4", "link.mp4"));
  // The folder itself may be named by a link, and then has the same files as without.
  EXPECT_THAT(files(open_and_read(folder / "again"), folder / "b"),
              ElementsAre("10.mp4", "2.mp4", "deep/1.mp4"));
}

TEST(local_files, patterns_and_several_arguments_name_files_and_folders) {
  const films folder;
  EXPECT_THAT(files(open_and_read(folder / "*.mp4"), folder / ""), ElementsAre("b.mp4", "c.mp4"));
  EXPECT_THAT(files(open_and_read(folder / "[ab].m??"), folder / ""), ElementsAre("a.mov", "b.mp4"));
  EXPECT_THAT(open_and_read(folder / "*.avi").faults[0], HasSubstr("no file matches"));
  manifest_options several;
  several.more = {folder / "b", folder / "a.mov"};
  EXPECT_THAT(files(open_and_read(folder / "c.mp4", several), folder / ""),
              ElementsAre("a.mov", "b/10.mp4", "b/2.mp4", "b/deep/1.mp4", "c.mp4"));
  several.more = {folder / "gone.mp4", folder / "gone too.mp4"};
  EXPECT_THAT(open_and_read(folder / "c.mp4", several).faults,
              ElementsAre(HasSubstr("gone too.mp4': No such file"), HasSubstr("gone.mp4': No such file")));
  folder.write("*.mkv", "bytes");
  folder.write("x.mkv", "bytes");
  EXPECT_THAT(files(open_and_read(folder / "*.mkv"), folder / ""), ElementsAre("*.mkv"))
      << "a file of that name";
}

TEST(local_files, a_single_video_is_no_manifest_and_a_list_of_any_name_may_be_one) {
  const films folder;
  EXPECT_THAT(files(open_and_read(folder / "a.mov"), folder / ""), ElementsAre("a.mov"));
  folder.write("videos", "https://a.example/1\n");
  EXPECT_EQ(open_and_read(folder / "videos").rows.at(0).url, "https://a.example/1");
  manifest_options as_file;
  as_file.format = manifest_format::files;
  EXPECT_THAT(files(open_and_read(folder / "videos", as_file), folder / ""), ElementsAre("videos"));
}

TEST(local_files, names_of_any_bytes_are_files_like_others) {
  const temporary_folder folder;
  const std::vector<std::string> names = {"-rf.mp4", "a\nb.mp4", "caf\xE9.mp4", "sp ace.mp4", "\xC3\xBC.mp4"};
  for (const std::string& name : names) folder.write(name, "bytes");
  const reading all = open_and_read(folder / "");
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_THAT(files(all, folder / ""), testing::ElementsAreArray(names));
  folder.write("caf\xE9\n\x1b[2J.mp4", "");
  const reading empty = open_and_read(folder / "");
  ASSERT_EQ(empty.faults.size(), 1u);
  EXPECT_THAT(empty.faults[0], HasSubstr("caf\\xe9\\x0a\\x1b[2J.mp4' is empty (expected a video)"));
}

TEST(local_files, a_folder_without_files_and_one_that_cannot_be_read_are_faults) {
  const temporary_folder folder;
  EXPECT_THAT(open_and_read(folder / "").faults, ElementsAre(HasSubstr("there is no file to upload")));
  folder.write("a.mp4", "bytes");
  fs::create_directory(folder / "closed");
  ::chmod((folder / "closed").c_str(), 0);
  if (::access((folder / "closed").c_str(), R_OK) != 0) {
    EXPECT_THAT(open_and_read(folder / "").faults,
                ElementsAre(HasSubstr("cannot be read: Permission denied")));
  }
  ::chmod((folder / "closed").c_str(), 0700);
}

TEST(local_files, paths_in_a_manifest_start_from_its_folder) {
  const films folder;
  const std::string top = fs::canonical(folder / "").string();
  folder.write("b/m.csv", "file,title\n2.mp4,T\n./deep//1.mp4,\n../c.mp4,\n" + top + "/a.mov,\n");
  const reading all = open_and_read(folder / "b/m.csv");
  EXPECT_THAT(all.faults, IsEmpty());
  ASSERT_EQ(all.rows.size(), 4u);
  EXPECT_EQ(all.rows[0].file, top + "/b/2.mp4");
  EXPECT_EQ(all.rows[0].title, "T");
  EXPECT_EQ(all.rows[1].file, top + "/b/deep/1.mp4");
  EXPECT_EQ(all.rows[2].file, top + "/b/../c.mp4");
  EXPECT_EQ(all.rows[3].file, top + "/a.mov");
  fs::create_directory_symlink(folder / "b", folder / "link");
  EXPECT_EQ(open_and_read(folder / "link/m.csv").rows.at(0).file, top + "/b/2.mp4")
      << "the same row by another way";
}

TEST(local_files, a_file_that_cannot_be_uploaded_is_a_fault_of_its_row_unless_told_otherwise) {
  const films folder;
  folder.write("empty.mp4", "");
  folder.write("m.jsonl",
               "{\"file\":\"gone.mp4\"}\n{\"title\":\"T\", "
               "\"file\":\"b\"}\n{\"file\":\"empty.mp4\"}\n{\"file\":\"c.mp4\"}\n");
  EXPECT_THAT(
      open_and_read(folder / "m.jsonl").faults,
      ElementsAre(HasSubstr("m.jsonl:1:9: "), HasSubstr("m.jsonl:2:22: "), HasSubstr("m.jsonl:3:9: ")));
  manifest_options trusting;
  trusting.check_files = false;
  const reading all = open_and_read(folder / "m.jsonl", trusting);
  EXPECT_THAT(all.faults, IsEmpty());
  EXPECT_EQ(all.rows.size(), 4u);
}

TEST(local_files, a_stream_of_paths_ends_them_in_line_breaks_or_in_nul) {
  const films folder;
  manifest_options paths;
  paths.format = manifest_format::files;
  const std::string top = fs::canonical(folder / "").string();
  EXPECT_THAT(files(read(top + "/c.mp4\n\n" + top + "/a.mov", "-", paths), folder / ""),
              ElementsAre("c.mp4", "a.mov"));
  folder.write("two\nlines.mp4", "bytes");
  const std::string nul(1, '\0');
  EXPECT_THAT(files(read(top + "/two\nlines.mp4" + nul + top + "/a.mov" + nul, "-", paths), folder / ""),
              ElementsAre("two\nlines.mp4", "a.mov"));
  EXPECT_THAT(read(top + "/b\n", "-", paths).faults, ElementsAre(HasSubstr("-:1:1: "))) << "a folder";
}

TEST(local_files, a_batch_of_files_is_called_after_the_folder_that_holds_them) {
  const films folder;
  const fs::path top = fs::canonical(folder / "");
  manifest_options options;
  EXPECT_EQ(batch_path(folder / "m.csv", options), folder / "m.csv");
  EXPECT_EQ(batch_path(folder / "b/", options), top / "b");
  EXPECT_EQ(batch_path(folder / "b/*.mp4", options), top / "b");
  EXPECT_EQ(batch_path(folder / "b/2.mp4", options), top / "b");
  options.more = {folder / "b/10.mp4"};
  EXPECT_EQ(batch_path(folder / "b/2.mp4", options), top / "b");
  options.more = {folder / "b.mp4"};
  EXPECT_EQ(batch_path(folder / "b/2.mp4", options), top);
  fs::create_directory(folder / "bc");
  options.more = {folder / "bc"};
  EXPECT_EQ(batch_path(folder / "b/2.mp4", options), top) << "not 'b', which both begin with";
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
