#include <algorithm>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <mux/ingest/journal.hpp>
#include <mux/ingest/journal_view.hpp>

#include "ingest/journal_store.hpp"
#include "ingest/owner_lock.hpp"
#include "unit/ingest/temporary_folder.hpp"
#include "unit/ingest/virtual_world.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::HasSubstr;

/// Another process that looks at a journal when it is told to. It is made before this one opens the journal:
/// SQLite's knowledge of its own locks must not come with the fork.
class neighbour {
 public:
  explicit neighbour(std::filesystem::path file) {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0);
    child_ = ::fork();
    if (child_ != 0) return;
    char word = 0;
    if (::read(ends_[1], &word, 1) == 1) {
      sqlite3* other = nullptr;
      sqlite3_open(file.c_str(), &other);
      sqlite3_exec(other, "SELECT count(*) FROM rows", nullptr, nullptr, nullptr);
      sqlite3_close(other);
      static_cast<void>(::write(ends_[1], &word, 1));
    }
    ::_exit(0);
  }
  neighbour(const neighbour&) = delete;
  neighbour& operator=(const neighbour&) = delete;
  ~neighbour() {
    ::shutdown(ends_[0], SHUT_RDWR);
    ::close(ends_[0]);
    ::close(ends_[1]);
    ::waitpid(child_, nullptr, 0);
  }
  void look() {
    char word = 'l';
    EXPECT_EQ(::write(ends_[0], &word, 1), 1);
    EXPECT_EQ(::read(ends_[0], &word, 1), 1);
  }

 private:
  int ends_[2] = {-1, -1};
  pid_t child_ = -1;
};

/// What lies on the disk beside a journal, and when a run may begin with it. Owners are `journal_store`s, so
/// that a forked process can be one.
class journal_files_test : public ::testing::Test {
 protected:
  void fill(journal_store& owner, int rows) {
    std::istringstream input(url_list(rows));
    manifest_reader reader(input, "list.txt");
    ASSERT_TRUE(owner.open());
    ASSERT_TRUE(owner.load(reader, false, {}));
  }
  static void step(journal_store& owner, std::int64_t row) {
    owner.begin();
    EXPECT_TRUE(owner.record(row_change(row, row_state::sending)));
    owner.commit();
  }
  static void die() { ::kill(::getpid(), SIGKILL); }
  /// Runs `work` in a process of its own; it ends with `die`, before anything is destroyed.
  template <class Work>
  void in_killed_process(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  error open_error() {
    journal_store again(file);
    const result<void> opened = again.open();
    EXPECT_FALSE(opened);
    return opened ? error() : opened.error();
  }
  [[nodiscard]] bool has(const std::string& suffix) const {
    return std::filesystem::exists(file.string() + suffix);
  }
  void remove(const std::string& suffix) { std::filesystem::remove(file.string() + suffix); }

  temporary_folder folder;
  std::filesystem::path file = folder / "journal";
};

TEST_F(journal_files_test, looking_and_trying_in_the_owners_process_costs_no_row) {
  neighbour other(file);
  in_killed_process([&] {
    journal_store owner(file);
    fill(owner, 3);
    owner.begin_run({});
    step(owner, 1);
    EXPECT_TRUE(is_owned(file));
    journal_store second(file);
    EXPECT_FALSE(second.open());
    other.look();
    step(owner, 2);
    die();
  });
  journal_store next(file);
  ASSERT_TRUE(next.open());
  EXPECT_EQ(next.totals().rows[row_state::sending], 2u);
}

TEST_F(journal_files_test, the_lock_goes_with_its_owner_and_survives_a_look) {
  EXPECT_FALSE(is_owned(file));
  {
    owner_lock first(file), second(file);
    ASSERT_TRUE(first.take());
    EXPECT_TRUE(is_owned(file));
    EXPECT_FALSE(second.take());
    first.release();
    EXPECT_FALSE(has("-lock"));
    EXPECT_TRUE(second.take());
  }
  EXPECT_FALSE(has("-lock"));
  in_killed_process([&] {
    owner_lock killed(file);
    EXPECT_TRUE(killed.take());
    die();
  });
  EXPECT_TRUE(has("-lock"));
  EXPECT_FALSE(is_owned(file));
  owner_lock next(file);
  EXPECT_TRUE(next.take());
}

TEST_F(journal_files_test, never_has_two_owners_however_often_it_changes_hands) {
  std::atomic<int> owners = 0, most = 0, times = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 8; ++t)
      all.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) {
          owner_lock mine(file);
          if (!mine.take()) continue;
          most = std::max<int>(most, ++owners);
          ++times;
          std::this_thread::yield();
          --owners;
        }
      });
  }
  EXPECT_EQ(most, 1);
  EXPECT_GT(times, 8);
}

TEST_F(journal_files_test, those_who_only_look_for_a_moment_keep_no_owner_out) {
  static int looking;
  looking = ::open((file.string() + "-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(looking, LOCK_SH), 0);
  // A signal ends the look while this thread tries; a slow machine cannot make it come too late.
  struct sigaction ending {
  }, before{};
  ending.sa_handler = [](int) { ::close(looking); };
  ::sigaction(SIGALRM, &ending, &before);
  itimerval soon{};
  soon.it_value.tv_usec = 10'000;
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  owner_lock mine(file);
  EXPECT_TRUE(mine.take());
  ::sigaction(SIGALRM, &before, nullptr);
}

TEST_F(journal_files_test, a_link_to_the_journal_has_the_same_lock) {
  journal_store owner(file);
  fill(owner, 1);
  std::filesystem::create_symlink(file, folder / "link");
  EXPECT_TRUE(is_owned(folder / "link"));
  journal_store other(folder / "link");
  const auto refused = other.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::journal_locked);
}

TEST_F(journal_files_test, a_killed_run_leaves_both_halves_and_the_one_alone_is_refused) {
  in_killed_process([&] {
    journal_store owner(file);
    fill(owner, 3);
    owner.begin_run({});
    step(owner, 1);
    die();
  });
  ASSERT_TRUE(has("-wal"));
  {
    auto look = journal_view::open(file);
    ASSERT_TRUE(look) << look.error();
    EXPECT_EQ((*look->counts())[row_state::sending], 1u);
  }
  ASSERT_TRUE(has("-wal")) << "a look left it";
  std::filesystem::rename(file.string() + "-wal", folder / "other half");
  remove("-shm");
  for (int i = 0; i < 2; ++i) {
    const auto look = journal_view::open(file);
    ASSERT_FALSE(look);
    EXPECT_EQ(look.error().code, errc::journal_corrupt);
    const error e = open_error();
    EXPECT_EQ(e.code, errc::journal_corrupt);
    EXPECT_THAT(e.detail, HasSubstr("journal-wal"));
    EXPECT_THAT(e.detail, HasSubstr("bring it back"));
    EXPECT_FALSE(has("-wal")) << "trying makes no other half";
  }
  std::filesystem::rename(folder / "other half", file.string() + "-wal");
  journal_store again(file);
  ASSERT_TRUE(again.open());
  EXPECT_EQ(again.totals().rows[row_state::sending], 1u);
}

TEST_F(journal_files_test, a_run_that_gave_up_does_not_lock_its_user_out) {
  {
    journal_store owner(file);
    fill(owner, 3);
    owner.begin_run({});
    step(owner, 1);
  }
  EXPECT_TRUE(has("-wal"));
  {
    journal_store owner(file);
    ASSERT_TRUE(owner.open());
  }
  EXPECT_TRUE(has("-wal")) << "no run has ended since";
  journal_store next(file);
  ASSERT_TRUE(next.open());
  EXPECT_EQ(next.totals().rows[row_state::sending], 1u);
}

TEST_F(journal_files_test, a_run_that_ended_leaves_one_file) {
  {
    journal_store owner(file);
    fill(owner, 3);
    owner.begin_run({});
    step(owner, 1);
    owner.end_run(0);
  }
  ASSERT_TRUE(journal_view::open(file));
  for (const char* suffix : {"-wal", "-shm", "-lock"}) EXPECT_FALSE(has(suffix)) << suffix;
  journal_store again(file);
  ASSERT_TRUE(again.open());
  EXPECT_EQ(again.totals().rows[row_state::sending], 1u);
}

TEST_F(journal_files_test, the_file_itself_holds_the_rows_and_the_beginning_of_the_run) {
  journal_store owner(file);
  fill(owner, 3);
  owner.begin_run({});
  EXPECT_EQ(std::filesystem::file_size(file.string() + "-wal"), 0u);
}

TEST_F(journal_files_test, half_a_journal_without_its_name_is_not_begun_anew) {
  in_killed_process([&] {
    journal_store owner(file);
    fill(owner, 3);
    owner.begin_run({});
    step(owner, 1);
    die();
  });
  std::filesystem::rename(file, folder / "moved");
  const error e = open_error();
  EXPECT_EQ(e.code, errc::journal_corrupt);
  EXPECT_THAT(e.detail, HasSubstr("without its other half"));
  EXPECT_FALSE(has(""));
  remove("-wal");
  remove("-shm");
  journal_store fresh(file);
  EXPECT_TRUE(fresh.open());
}

TEST_F(journal_files_test, a_folder_that_cannot_be_written_is_named) {
  if (::geteuid() == 0) {
    std::filesystem::create_directory(file.string() + "-lock");
  } else {
    std::filesystem::permissions(file.parent_path(), std::filesystem::perms(0500));
  }
  const error e = open_error();
  std::filesystem::permissions(file.parent_path(), std::filesystem::perms(0700));
  EXPECT_EQ(e.code, errc::journal_unavailable);
  EXPECT_THAT(e.detail, HasSubstr("must be writable"));
}

/// While it is on, no connection that was opened in its lifetime can begin a transaction.
class refused_transactions {
 public:
  refused_transactions() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  refused_transactions(const refused_transactions&) = delete;
  refused_transactions& operator=(const refused_transactions&) = delete;
  ~refused_transactions() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  static inline bool on = false;

 private:
  static int attach(sqlite3* db, const char**, const sqlite3_api_routines*) {
    return sqlite3_set_authorizer(db, &judge, nullptr);
  }
  static int judge(void*, int action, const char*, const char*, const char*, const char*) {
    return on && action == SQLITE_TRANSACTION ? SQLITE_DENY : SQLITE_OK;
  }
};

TEST_F(journal_files_test, a_group_that_cannot_begin_leaves_the_counts_alone) {
  const refused_transactions refused;
  journal_store owner(file);
  fill(owner, 3);
  step(owner, 1);
  refused_transactions::on = true;
  EXPECT_THROW(owner.begin(), sqlite_failure);
  refused_transactions::on = false;
  owner.roll_back();
  EXPECT_EQ(owner.totals().rows[row_state::sending], 1u);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
