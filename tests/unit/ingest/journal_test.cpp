#include <csignal>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <mux/ingest/journal.hpp>

#include "unit/ingest/temporary_folder.hpp"
#include "unit/ingest/virtual_world.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class journal_test : public ::testing::Test {
 protected:
  result<load_report> load(journal& to, const std::string& manifest, bool retry_failed = false) {
    std::istringstream input(manifest);
    manifest_reader reader(input, "list.txt");
    return run(to.load(reader, retry_failed));
  }
  /// A journal with these rows, open.
  std::unique_ptr<journal> make(const std::string& manifest) {
    auto made = std::make_unique<journal>(file);
    const auto opened = run(made->open());
    EXPECT_TRUE(opened) << opened.error();
    const auto loaded = load(*made, manifest);
    EXPECT_TRUE(loaded) << loaded.error();
    return made;
  }
  error open_error() {
    journal again(file);
    const auto opened = run(again.open());
    EXPECT_FALSE(opened);
    return opened ? error() : opened.error();
  }
  std::vector<journal_row> rows(journal& from, row_state state) {
    const auto got = run(from.rows(state, 0, 1000));
    EXPECT_TRUE(got) << got.error();
    return *got;
  }
  void sql(const std::string& statement) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  row_change created(std::int64_t row, const std::string& id) {
    row_change change(row, row_state::created);
    change.asset_id = id;
    return change;
  }

  /// Row `row` is sent at second `sent`, and its answer is lost at second `lost`.
  void lose(journal& of, std::int64_t row, std::optional<int> sent, std::optional<int> lost) {
    row_change intent(row, row_state::sending), end(row, row_state::ambiguous);
    if (sent) intent.at = second(*sent);
    if (lost) end.at = second(*lost);
    EXPECT_TRUE(run(of.record(intent)));
    EXPECT_TRUE(run(of.record(end)));
  }
  static server_instant second(int count) { return server_instant(std::chrono::seconds(count)); }

  temporary_folder folder;
  std::filesystem::path file = folder / "list.txt.mux-journal";
};

TEST_F(journal_test, remembers_rows_and_steps_across_processes) {
  {
    const auto first = make(url_list(3));
    row_change intent(2, row_state::sending);
    intent.at = server_instant(std::chrono::milliseconds(1'800'000'000'123));
    EXPECT_TRUE(run(first->record(intent)));
    EXPECT_TRUE(run(first->record(created(2, "asset2"))));
    EXPECT_TRUE(run(first->record(row_change(3, row_state::sending))));
  }
  journal again(file);
  ASSERT_TRUE(run(again.open()));
  EXPECT_EQ(again.counts()[row_state::planned], 1u);
  EXPECT_EQ(again.counts()[row_state::created], 1u);
  EXPECT_EQ(again.counts()[row_state::sending], 1u);
  const std::vector<journal_row> done = rows(again, row_state::created);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].asset_id, "asset2");
  EXPECT_EQ(done[0].content.url, "https://example.com/1.mp4");
  EXPECT_EQ(done[0].content.line, 2u);
  EXPECT_EQ(done[0].sends, 1);
  EXPECT_EQ(done[0].first_intent->time_since_epoch().count(), 1'800'000'000'123);
}

TEST_F(journal_test, gives_every_row_a_marker_that_stays) {
  std::string marker;
  {
    const auto first = make(url_list(2));
    const auto planned = rows(*first, row_state::planned);
    EXPECT_NE(planned[0].marker, planned[1].marker);
    EXPECT_TRUE(is_ulid(planned[0].marker));
    marker = planned[0].marker;
  }
  const auto again = make(url_list(2));
  EXPECT_EQ(rows(*again, row_state::planned)[0].marker, marker);
  const auto found = run(again->find({marker, "01ARZ3NDEKTSV4RRFFQ69G5FAV"}));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().id, 1);
}

TEST_F(journal_test, a_created_row_never_goes_back) {
  const auto all = make(url_list(1));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::sending))));
  EXPECT_TRUE(run(all->record(created(1, "a"))));
  for (const row_state back : {row_state::planned, row_state::sending, row_state::ambiguous,
                               row_state::failed, row_state::skipped, row_state::created}) {
    const auto refused = run(all->record(row_change(1, back)));
    ASSERT_FALSE(refused) << to_string(back);
    EXPECT_EQ(refused.error().code, errc::journal_corrupt);
  }
  EXPECT_EQ(all->counts()[row_state::created], 1u);
  EXPECT_EQ(rows(*all, row_state::created)[0].asset_id, "a");
}

TEST_F(journal_test, a_row_that_was_not_sent_does_not_count_as_sent) {
  const auto all = make(url_list(1));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::sending))));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::planned))));
  EXPECT_EQ(rows(*all, row_state::planned)[0].sends, 0);
  EXPECT_TRUE(run(all->record(row_change(1, row_state::sending))));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::ambiguous))));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::planned))));
  EXPECT_EQ(rows(*all, row_state::planned)[0].sends, 1);
}

TEST_F(journal_test, skips_exact_duplicates_and_says_where) {
  journal all(file);
  ASSERT_TRUE(run(all.open()));
  const auto report =
      load(all, "https://a.example/1\nhttps://a.example/2\nhttps://a.example/1\n\nhttps://a.example/1\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rows, 2u);
  EXPECT_EQ(report->duplicates, 2u);
  EXPECT_THAT(report->duplicate_lines, ElementsAre(3, 5));
  EXPECT_EQ(all.counts().total(), 2u);
}

TEST_F(journal_test, accepts_appended_rows_and_follows_moved_ones) {
  make(url_list(2)).reset();
  journal again(file);
  ASSERT_TRUE(run(again.open()));
  const auto report = load(again, "# a comment\n" + url_list(3));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->resumed);
  EXPECT_EQ(report->added, 1u);
  EXPECT_EQ(report->vanished, 0u);
  const auto planned = rows(again, row_state::planned);
  ASSERT_EQ(planned.size(), 3u);
  EXPECT_EQ(planned[0].content.line, 2u);
}

TEST_F(journal_test, skips_vanished_rows_until_they_come_back) {
  make(url_list(3)).reset();
  {
    journal again(file);
    ASSERT_TRUE(run(again.open()));
    const auto report = load(again, url_list(2));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->vanished, 1u);
    EXPECT_EQ(again.counts()[row_state::planned], 2u);
    EXPECT_EQ(again.counts()[row_state::skipped], 1u);
    EXPECT_EQ(again.counts().total(), 2u);
  }
  journal third(file);
  ASSERT_TRUE(run(third.open()));
  ASSERT_TRUE(load(third, url_list(3)));
  EXPECT_EQ(third.counts()[row_state::planned], 3u);
}

TEST_F(journal_test, refuses_a_manifest_that_has_nothing_in_common) {
  make(url_list(3)).reset();
  {
    journal again(file);
    ASSERT_TRUE(run(again.open()));
    const auto report = load(again, url_list(3, 100));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, errc::journal_foreign);
    EXPECT_THAT(report.error().detail, HasSubstr("belongs to another manifest"));
  }
  EXPECT_EQ(make(url_list(3))->counts().total(), 3u) << "nothing of the other manifest was kept";
}

TEST_F(journal_test, an_invalid_manifest_leaves_no_file_behind_and_changes_none) {
  {
    journal fresh(file);
    ASSERT_TRUE(run(fresh.open()));
    const auto report = load(fresh, "https://a.example/1\nnonsense\n");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, errc::manifest_invalid);
    EXPECT_EQ(report.error().fault_count, 1u);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
  make(url_list(2)).reset();
  {
    journal again(file);
    ASSERT_TRUE(run(again.open()));
    EXPECT_FALSE(load(again, url_list(4) + "nonsense\n"));
  }
  EXPECT_EQ(make(url_list(2))->counts().total(), 2u);
}

TEST_F(journal_test, retries_failed_rows_only_when_asked) {
  {
    const auto all = make(url_list(1));
    EXPECT_TRUE(run(all->record(row_change(1, row_state::sending))));
    row_change failed(1, row_state::failed);
    failed.reason = "invalid input";
    EXPECT_TRUE(run(all->record(failed)));
    EXPECT_EQ(rows(*all, row_state::failed)[0].reason, "invalid input");
  }
  EXPECT_EQ(make(url_list(1))->counts()[row_state::failed], 1u);
  journal again(file);
  ASSERT_TRUE(run(again.open()));
  ASSERT_TRUE(load(again, url_list(1), true));
  EXPECT_EQ(again.counts()[row_state::planned], 1u);
}

TEST_F(journal_test, a_lost_create_stays_suspect_until_its_asset_is_found_or_a_sweep_looked) {
  auto all = make(url_list(4));
  EXPECT_FALSE(run(all->oldest_suspect())->any);
  EXPECT_FALSE(*run(all->first_intent()));
  EXPECT_TRUE(run(all->record(row_change(4, row_state::sending))));
  EXPECT_TRUE(run(all->record(created(4, "answered"))));
  EXPECT_FALSE(run(all->oldest_suspect())->any);
  lose(*all, 1, 100, 110);
  lose(*all, 2, 50, 60);
  lose(*all, 3, 200, 210);
  EXPECT_EQ(run(all->oldest_suspect())->oldest, second(50));
  EXPECT_EQ(*run(all->first_intent()), second(50));
  EXPECT_TRUE(run(all->record(created(2, "found"))));
  EXPECT_EQ(run(all->oldest_suspect())->oldest, second(100));

  // Sent again and answered: what became of the first time is as open as before.
  EXPECT_TRUE(run(all->record(row_change(1, row_state::planned))));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::sending))));
  EXPECT_TRUE(run(all->record(created(1, "second"))));
  all.reset();
  all = make(url_list(4));
  EXPECT_EQ(run(all->oldest_suspect())->oldest, second(100));

  EXPECT_TRUE(run(all->note_sweep(second(150))));
  EXPECT_EQ(run(all->oldest_suspect())->oldest, second(200));
  EXPECT_TRUE(run(all->note_sweep(second(300))));
  EXPECT_FALSE(run(all->oldest_suspect())->any);
  EXPECT_EQ(*run(all->first_intent()), second(50));
}

TEST_F(journal_test, a_suspect_without_a_time_asks_for_the_whole_listing) {
  const auto all = make(url_list(2));
  lose(*all, 1, 100, 110);
  lose(*all, 2, std::nullopt, std::nullopt);
  const auto found = run(all->oldest_suspect());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->any);
  EXPECT_FALSE(found->oldest);
  EXPECT_TRUE(run(all->note_sweep(second(300))));
  EXPECT_FALSE(run(all->oldest_suspect())->any);
}

TEST_F(journal_test, giving_up_a_lost_create_does_not_clear_it) {
  const auto all = make(url_list(2));
  lose(*all, 1, 100, 110);
  EXPECT_TRUE(run(all->record(row_change(1, row_state::failed))));
  EXPECT_EQ(run(all->oldest_suspect())->oldest, second(100));
  lose(*all, 2, 50, 60);
  EXPECT_TRUE(run(all->record(row_change(2, row_state::planned))));
  EXPECT_TRUE(run(all->record(row_change(2, row_state::skipped))));
  EXPECT_EQ(run(all->oldest_suspect())->oldest, second(50));
}

TEST_F(journal_test, a_signature_made_anew_is_the_same_row_and_the_present_one_is_sent) {
  const std::string first = "https://b.example/v.mp4?X-Amz-Date=1&id=5&X-Amz-Signature=aa\n";
  make(first + "https://b.example/v.mp4?id=6\n").reset();
  journal again(file);
  ASSERT_TRUE(run(again.open()));
  const auto report = load(
      again, "https://b.example/v.mp4?x-amz-date=2&id=5&X-Amz-Signature=bb\nhttps://b.example/v.mp4?id=7\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->added, 1u) << "id=7";
  EXPECT_EQ(report->vanished, 1u) << "id=6";
  EXPECT_EQ(rows(again, row_state::planned)[0].content.url,
            "https://b.example/v.mp4?x-amz-date=2&id=5&X-Amz-Signature=bb");
}

TEST_F(journal_test, hints_at_changed_queries_when_the_addresses_agree) {
  make("https://b.example/v.mp4?token=1\nhttps://b.example/w.mp4?token=1\n").reset();
  journal again(file);
  ASSERT_TRUE(run(again.open()));
  const auto report = load(again, "https://b.example/v.mp4?token=2\nhttps://b.example/x.mp4\n");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, errc::journal_foreign);
  EXPECT_THAT(report.error().detail, HasSubstr("1 of its addresses"));
}

TEST_F(journal_test, a_manifest_that_throws_fails_the_load_alone) {
  class broken : public std::streambuf {
    int_type underflow() override { throw std::runtime_error("the pipe broke"); }
  } buffer;
  std::istream input(&buffer);
  input.exceptions(std::ios::badbit);
  journal all(file);
  ASSERT_TRUE(run(all.open()));
  const auto report = [&]() -> result<load_report> {
    manifest_reader reader(input, "list.txt");
    return run(all.load(reader));
  }();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, errc::journal_unavailable);
  EXPECT_THAT(report.error().detail, HasSubstr("the pipe broke"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(journal_test, a_hook_that_throws_fails_the_steps_of_its_commit) {
  bool broken = false;
  journal_options options;
  options.committed = [&] {
    if (broken) throw 7;
  };
  journal all(file, options);
  ASSERT_TRUE(run(all.open()));
  ASSERT_TRUE(load(all, url_list(1)));
  broken = true;
  const auto refused = run(all.record(row_change(1, row_state::sending)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::journal_unavailable);
}

TEST_F(journal_test, belongs_to_one_environment_and_host) {
  {
    const auto all = make(url_list(1));
    EXPECT_TRUE(run(all->bind("env001", "api.mux.com")));
    EXPECT_TRUE(run(all->bind("env001", "api.mux.com")));
  }
  const auto again = make(url_list(1));
  const auto other = run(again->bind("env002", "api.mux.com"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, errc::other_environment);
  EXPECT_THAT(other.error().detail, HasSubstr("env001"));
  EXPECT_THAT(other.error().detail, HasSubstr("env002"));
  const auto host = run(again->bind("env001", "127.0.0.1:8443"));
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, errc::other_environment);
}

TEST_F(journal_test, has_one_owner_at_a_time) {
  auto owner = make(url_list(1));
  const error e = open_error();
  EXPECT_EQ(e.code, errc::journal_locked);
  EXPECT_THAT(e.detail, HasSubstr("in use by another process"));
  owner.reset();
  journal next(file);
  EXPECT_TRUE(run(next.open()));
}

TEST_F(journal_test, is_readable_by_its_owner_alone) {
  const auto mode = [&] {
    struct stat about {};
    ::stat(file.c_str(), &about);
    return about.st_mode & 0777;
  };
  make(url_list(1)).reset();
  EXPECT_EQ(mode(), 0600u);
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  make(url_list(1)).reset();
  EXPECT_EQ(mode(), 0600u);
}

TEST_F(journal_test, stores_no_secret_of_a_url) {
  const std::string manifest =
      "https://u:passw0rd@a.example/1\nhttps://a.example/2?Signature=S3CRET\nhttps://a.example/3\n";
  const auto all = make(manifest);
  const auto planned = rows(*all, row_state::planned);
  EXPECT_EQ(planned[0].content.url, "https://u:passw0rd@a.example/1");
  EXPECT_EQ(planned[1].content.url, "https://a.example/2?Signature=S3CRET");
  EXPECT_EQ(planned[1].shown_url, "https://a.example/2?…");
  for (const std::string suffix : {"", "-wal"}) {
    const std::string bytes = read_all(file.string() + suffix);
    EXPECT_THAT(bytes, Not(HasSubstr("passw0rd")));
    EXPECT_THAT(bytes, Not(HasSubstr("S3CRET")));
  }
}

TEST_F(journal_test, refuses_damage_with_advice) {
  const std::string whole = [&] {
    make(url_list(200)).reset();
    return read_all(file);
  }();
  const auto expect_corrupt = [&](const std::string& bytes, const std::string& what) {
    folder.write("list.txt.mux-journal", bytes);
    const error e = open_error();
    EXPECT_EQ(e.code, errc::journal_corrupt) << what << ": " << e;
    EXPECT_THAT(e.detail, HasSubstr(file.string())) << what;
  };
  expect_corrupt("", "empty");
  expect_corrupt("url,title\nhttps://a.example/1,x\n", "a text file");
  expect_corrupt(whole.substr(0, 60), "cut in the header");
  expect_corrupt(whole.substr(0, whole.size() / 2), "cut in the middle");
  std::string flipped = whole;
  for (std::size_t at = 4096 * 2; at < 4096 * 2 + 64; ++at)
    flipped[at] = static_cast<char>(flipped[at] ^ 0x5A);
  expect_corrupt(flipped, "flipped bits");
}

TEST_F(journal_test, refuses_other_programs_databases_and_newer_versions) {
  sql("CREATE TABLE t (x)");
  EXPECT_EQ(open_error().code, errc::journal_corrupt);
  std::filesystem::remove(file);
  make(url_list(1)).reset();
  sql("PRAGMA user_version = 99");
  const error e = open_error();
  EXPECT_EQ(e.code, errc::journal_newer);
  EXPECT_THAT(e.detail, HasSubstr("version 99"));
}

TEST_F(journal_test, says_what_is_wrong_with_its_place) {
  journal nowhere(folder / "no" / "such" / "journal");
  const auto opened = run(nowhere.open());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, errc::journal_unavailable);
  EXPECT_THAT(opened.error().detail, HasSubstr("No such file"));
  journal directory(folder / "");
  const auto also = run(directory.open());
  ASSERT_FALSE(also);
  EXPECT_EQ(also.error().code, errc::journal_unavailable);
}

TEST_F(journal_test, reports_a_disk_without_room_and_keeps_what_was_recorded) {
  const auto all = make(url_list(50));
  EXPECT_TRUE(run(all->record(row_change(1, row_state::sending))));
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit tight = before;
  tight.rlim_cur = std::filesystem::file_size(file.string() + "-wal");
  setrlimit(RLIMIT_FSIZE, &tight);
  const auto refused = run(all->record(created(1, "asset")));
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().code, ::testing::AnyOf(errc::disk_full, errc::journal_unavailable))
      << refused.error();
  EXPECT_EQ(all->counts()[row_state::sending], 1u);
  EXPECT_TRUE(run(all->record(created(1, "asset")))) << "it goes on once there is room";
}

TEST_F(journal_test, steps_that_come_together_share_commits) {
  std::atomic<int> commits = 0;
  journal_options options;
  options.committed = [&] { ++commits; };
  journal all(file, options);
  ASSERT_TRUE(run(all.open()));
  ASSERT_TRUE(load(all, url_list(500)));
  commits = 0;
  asio::io_context io;
  int good = 0;
  for (int row = 1; row <= 500; ++row)
    asio::co_spawn(io, all.record(row_change(row, row_state::sending)),
                   [&](std::exception_ptr, result<void> done) { good += done.has_value(); });
  io.run();
  EXPECT_EQ(good, 500);
  EXPECT_LT(commits, 250);
  EXPECT_EQ(all.counts()[row_state::sending], 500u);
}

TEST_F(journal_test, one_wrong_step_does_not_harm_those_beside_it) {
  const auto all = make(url_list(3));
  asio::io_context io;
  std::vector<bool> good(5);
  int at = 0;
  for (const std::int64_t row : {1, 77, 2, 2, 3}) {
    asio::co_spawn(io, all->record(row_change(row, row_state::sending)),
                   [&good, at](std::exception_ptr, result<void> done) {
                     good[static_cast<std::size_t>(at)] = done.has_value();
                   });
    ++at;
  }
  io.run();
  EXPECT_THAT(good, ElementsAre(true, false, true, false, true));
  EXPECT_EQ(all->counts()[row_state::sending], 3u);
}

TEST_F(journal_test, serves_coroutines_of_many_threads) {
  asio::thread_pool pool(4);  // outlives the journal, whose thread may still be posting the last one
  const auto all = make(url_list(400));
  std::vector<std::future<result<void>>> done;
  for (int row = 1; row <= 400; ++row)
    done.push_back(asio::co_spawn(pool, all->record(row_change(row, row_state::sending)), asio::use_future));
  for (auto& each : done) EXPECT_TRUE(each.get());
  EXPECT_EQ(all->counts()[row_state::sending], 400u);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
