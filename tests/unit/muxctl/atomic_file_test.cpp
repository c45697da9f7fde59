#include "muxctl/atomic_file.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "muxctl/failure.hpp"

using namespace mux::muxctl;
namespace fs = std::filesystem;

namespace {

class atomic_file_test : public testing::Test {
 protected:
  atomic_file_test() {
    std::string name = (fs::temp_directory_path() / "muxctl-file-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~atomic_file_test() override { fs::remove_all(folder_); }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  static std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
};

}  // namespace

TEST_F(atomic_file_test, is_there_with_all_its_text_once_committed_and_for_the_owner_alone) {
  const fs::path place = folder_ / "report";
  atomic_file file(place);
  const std::string large(200'000, 'x');
  file.write(large);
  file.write("end");
  EXPECT_FALSE(fs::exists(place));
  file.commit();
  EXPECT_EQ(text_of(place), large + "end");
  EXPECT_EQ(fs::status(place).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files(), 1U);
}

TEST_F(atomic_file_test, leaves_what_was_there_if_it_is_given_up) {
  const fs::path place = folder_ / "report";
  std::ofstream(place) << "old";
  {
    atomic_file file(place);
    file.write("new");
  }
  EXPECT_EQ(text_of(place), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(atomic_file_test, replaces_what_a_link_points_to_and_keeps_the_link) {
  std::ofstream(folder_ / "real") << "old";
  fs::create_symlink("real", folder_ / "link");
  atomic_file file(folder_ / "link");
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(text_of(folder_ / "real"), "new");
}

TEST_F(atomic_file_test, writes_a_pipe_or_device_as_it_comes) {
  atomic_file file("/dev/null");
  file.write("text");
  file.commit();
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(atomic_file_test, says_beforehand_that_a_place_cannot_be_written) {
  EXPECT_NO_THROW(expect_writable(folder_ / "report"));
  EXPECT_THROW(expect_writable(folder_ / "none" / "report"), failure);
  EXPECT_THROW(expect_writable(folder_), failure);
  EXPECT_THROW(atomic_file(folder_ / "none" / "report"), failure);
}
