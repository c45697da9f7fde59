#include "client/limit_file.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "policy/scheduler.hpp"

namespace {

using namespace std::chrono_literals;
using mux::rate_class;
using mux::client_detail::limit_file;
using mux::policy::limit_state;

limit_state at(mux::policy::instant arrival, mux::policy::instant surplus = {}) {
  limit_state s;
  s.arrival = arrival;
  s.surplus = surplus;
  return s;
}

class limit_file_test : public testing::Test {
 protected:
  limit_file_test() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mux-limits-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
  }
  ~limit_file_test() override { std::filesystem::remove_all(directory); }

  std::filesystem::path only_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) return entry.path();
    return {};
  }

  std::filesystem::path directory;
};

TEST_F(limit_file_test, keeps_what_was_stored_for_the_next_one_to_open_it) {
  {
    auto file = limit_file::open(directory, "bucket");
    ASSERT_TRUE(file) << file.error();
    ASSERT_TRUE((*file)->update(rate_class::video_post, [](const limit_state&) { return at(42s, 41s); }));
    ASSERT_TRUE((*file)->update(rate_class::data, [](const limit_state&) { return at(7s, 6s); }));
  }
  auto again = limit_file::open(directory, "bucket");
  ASSERT_TRUE(again);
  limit_state post, data, other = at(-1s);
  ASSERT_TRUE((*again)->update(rate_class::video_post, [&](const limit_state& a) { return post = a; }));
  ASSERT_TRUE((*again)->update(rate_class::data, [&](const limit_state& a) { return data = a; }));
  ASSERT_TRUE((*again)->update(rate_class::system, [&](const limit_state& a) { return other = a; }));
  EXPECT_EQ(post.arrival, 42s);
  EXPECT_EQ(post.surplus, 41s);
  EXPECT_EQ(data.arrival, 7s);
  EXPECT_EQ(data.surplus, 6s);
  EXPECT_EQ(other.arrival, 0s);
}

TEST_F(limit_file_test, buckets_have_files_of_their_own_and_only_the_user_reads_them) {
  auto one = limit_file::open(directory / "made" / "for us", "a/../b");
  auto two = limit_file::open(directory / "made" / "for us", "a_.._b");
  ASSERT_TRUE(one);
  ASSERT_TRUE(two);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "made" / "for us")) {
    struct stat info {};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    ++files;
  }
  EXPECT_EQ(files, 2);
}

TEST_F(limit_file_test, does_not_wait_for_a_lock_that_another_holds) {
  auto file = limit_file::open(directory, "bucket");
  ASSERT_TRUE(file);
  const int other = ::open(only_file().c_str(), O_RDWR);
  ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  EXPECT_FALSE((*file)->update(rate_class::data, [](const limit_state& a) {
    ADD_FAILURE() << "called without the lock";
    return a;
  }));
  ::close(other);
  EXPECT_TRUE((*file)->update(rate_class::data, [](const limit_state& a) { return a; }));
}

// After a reboot the clock begins anew: what was sent is long ago, how large the server's bucket is still
// holds.
TEST_F(limit_file_test, of_another_boot_only_the_servers_burst_counts) {
  {
    auto file = limit_file::open(directory, "bucket");
    ASSERT_TRUE((*file)->update(rate_class::data, [](const limit_state&) {
      limit_state s = at(9s, 8s);
      s.learnt.share = 0.4;
      s.learnt.edge = 17;
      s.learnt.reaction = 7s;
      return s;
    }));
  }
  {
    std::fstream damage(only_file(), std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(10);
    damage << "another-boot";
  }
  auto file = limit_file::open(directory, "bucket");
  ASSERT_TRUE(file);
  limit_state seen = at(-1s);
  ASSERT_TRUE((*file)->update(rate_class::data, [&](const limit_state& a) { return seen = a; }));
  EXPECT_EQ(seen.arrival, 0s);
  EXPECT_EQ(seen.surplus, 0s);
  EXPECT_EQ(seen.learnt.edge, 17);
  EXPECT_EQ(seen.learnt.share, 1);
  EXPECT_LT(seen.learnt.reaction, 0s);
}

TEST_F(limit_file_test, damage_is_handed_over_as_such) {
  {
    auto file = limit_file::open(directory, "bucket");
    ASSERT_TRUE((*file)->update(rate_class::data, [](const limit_state&) { return at(9s, 8s); }));
  }
  {
    std::fstream damage(only_file(), std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(2);
    damage << "?";
  }
  auto file = limit_file::open(directory, "bucket");
  ASSERT_TRUE(file);
  limit_state seen = at(-1s);
  ASSERT_TRUE((*file)->update(rate_class::data, [&](const limit_state& a) { return seen = a; }));
  EXPECT_LT(seen.arrival, 0s);
  mux::policy::scheduler who({5, 4}, 0);
  who.restore(seen, 1000s);
  EXPECT_LT(who.bucket().tokens(1000s), 1) << "an empty bucket, as nobody knows what was sent";
}

TEST_F(limit_file_test, says_which_folder_it_cannot_use) {
  std::ofstream(directory / "file") << "x";
  auto file = limit_file::open(directory / "file" / "sub", "bucket");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, mux::errc::limiter_state);
  EXPECT_NE(file.error().detail.find((directory / "file" / "sub").string()), std::string::npos);
}

// A disk without room is found when the file is opened, not in the middle of a job.
TEST_F(limit_file_test, a_disk_without_room_is_reported_at_once) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit nothing{16, 16};
    if (::setrlimit(RLIMIT_FSIZE, &nothing) != 0) ::_exit(2);
    const auto file = limit_file::open(directory, "bucket");
    const bool told = !file && file.error().code == mux::errc::limiter_state &&
                      file.error().detail.find("cannot reserve") != std::string::npos;
    ::_exit(told ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// Threads share the descriptor, which `flock` does not keep apart.
TEST_F(limit_file_test, threads_do_not_undo_each_others_changes) {
  auto file = limit_file::open(directory, "bucket");
  ASSERT_TRUE(file);
  static constexpr int rounds = 2000;
  std::vector<std::thread> threads;
  for (const rate_class c :
       {rate_class::video_post, rate_class::video_other, rate_class::data, rate_class::system})
    threads.emplace_back([&file, c] {
      for (int i = 0; i < rounds;)
        i += (*file)->update(c, [](const limit_state& s) { return at(s.arrival + 1ns); }) ? 1 : 0;
    });
  for (std::thread& t : threads) t.join();
  for (const rate_class c :
       {rate_class::video_post, rate_class::video_other, rate_class::data, rate_class::system})
    ASSERT_TRUE((*file)->update(c, [](const limit_state& s) {
      EXPECT_EQ(s.arrival, std::chrono::nanoseconds(rounds));
      return s;
    }));
}

// Eight processes take tokens as fast as they can: together they get the burst and not one more.
TEST_F(limit_file_test, processes_together_spend_one_burst) {
  constexpr int processes = 8;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int taken = 0;
      auto file = limit_file::open(directory, "bucket");
      for (int i = 0; i < 200 && file; ++i) {
        (void)(*file)->update(rate_class::video_post, [&](const limit_state& stored) {
          mux::policy::scheduler mine({1, 6}, 0);
          mine.restore(stored, 1000s);
          if (mine.try_enter(1000s) && mine.commit(1000s)) ++taken;
          return mine.state();
        });
      }
      ::_exit(taken);
    }
    children.push_back(child);
  }
  int total = 0;
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    total += WEXITSTATUS(status);
  }
  EXPECT_EQ(total, 5);
}

// A fork shares its parent's descriptor, and with it a lock that the parent holds.
TEST_F(limit_file_test, a_fork_respects_a_lock_of_its_parent) {
  auto file = limit_file::open(directory, "bucket");
  ASSERT_TRUE(file);
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) ::_exit(2);
    const bool went = (*file)->update(rate_class::data, [](const limit_state& other) { return other; });
    if (::write(done[1], "x", 1) != 1) ::_exit(2);
    ::_exit(went ? 1 : 0);
  }
  ASSERT_TRUE((*file)->update(rate_class::data, [&](const limit_state& s) {
    char byte = 0;
    EXPECT_EQ(::write(ready[1], "x", 1), 1);
    EXPECT_EQ(::read(done[0], &byte, 1), 1);
    return s;
  }));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
