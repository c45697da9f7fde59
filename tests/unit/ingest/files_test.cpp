#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::HasSubstr;

/// Local files go to direct uploads; the fake's ledger says what came of them.
class files_test : public engine_test {
 protected:
  std::filesystem::path write_file(const std::string& name, std::uint64_t size) {
    const auto file = folder / name;
    std::ofstream(file, std::ios::binary);
    std::filesystem::resize_file(file, size);
    return file;
  }
  std::string manifest(int files, std::uint64_t size) {
    std::string text = "file\n";
    for (int i = 0; i < files; ++i)
      text += write_file("clip" + std::to_string(i) + ".mp4", size).string() + '\n';
    return text;
  }
  result<summary> ingest_csv(const std::string& text, const engine_options& settings) {
    std::istringstream input(text);
    manifest_options how;
    how.format = manifest_format::csv;
    engine all(mux, time, settings, &seen);
    running = &all;
    result<summary> outcome = run(io, time, all.run(manifest_source(input, "list.csv", how)));
    running = nullptr;
    return outcome;
  }
  result<summary> ingest_csv(const std::string& text) { return ingest_csv(text, options()); }

  std::map<std::string, int> assets_by_file() const {
    std::map<std::string, int> count;
    for (const ledger_entry& entry : mux.ledger) ++count[entry.file];
    return count;
  }
  void expect_one_asset_each(int files) {
    const auto made = assets_by_file();
    EXPECT_EQ(made.size(), static_cast<std::size_t>(files));
    for (const auto& [file, count] : made) EXPECT_EQ(count, 1) << file;
  }
};

constexpr std::uint64_t megabyte = 1024 * 1024;

TEST_F(files_test, each_file_becomes_one_asset) {
  const result<summary> done = ingest_csv(manifest(10, 3 * megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(done->created_now, 10u);
  EXPECT_EQ(done->bytes.total, 30 * megabyte);
  EXPECT_EQ(done->bytes.done, 30 * megabyte);
  expect_one_asset_each(10);
  EXPECT_EQ(seen.count(row_state::uploading), 10u);
  EXPECT_EQ(mux.uploads.size(), 10u);
}

TEST_F(files_test, no_more_are_on_their_way_than_allowed) {
  engine_options settings = options();
  settings.uploads = 3;
  mux.bytes_a_second = megabyte;
  settings.progress_interval = 100ms;
  ASSERT_TRUE(ingest_csv(manifest(12, 2 * megabyte), settings));
  std::uint64_t most = 0;
  for (const progress& p : seen.progresses) most = std::max(most, p.uploads);
  EXPECT_EQ(most, 3u);
  expect_one_asset_each(12);
}

TEST_F(files_test, a_cut_transfer_goes_on_where_it_was) {
  int cuts = 0;
  mux.cut = [&](const manifest_row&, std::uint64_t bytes) { return bytes == megabyte && ++cuts <= 2; };
  const result<summary> done = ingest_csv(manifest(2, 4 * megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(cuts, 2);
  EXPECT_EQ(mux.bytes_received, 8 * megabyte) << "nothing was sent twice";
  expect_one_asset_each(2);
}

TEST_F(files_test, an_answer_lost_after_the_last_byte_makes_no_second_asset) {
  int cuts = 0;
  mux.cut = [&](const manifest_row&, std::uint64_t bytes) { return bytes == megabyte && ++cuts == 1; };
  const result<summary> done = ingest_csv(manifest(1, megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(cuts, 1);
  expect_one_asset_each(1);
}

TEST_F(files_test, a_lost_upload_create_is_simply_repeated) {
  int asked = 0;
  mux.decide = [&](const manifest_row&) { return ++asked == 1 ? fate::lost_after : fate::answered; };
  const result<summary> done = ingest_csv(manifest(1, megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.uploads.size(), 2u) << "one without bytes, which makes no asset";
  EXPECT_EQ(mux.pages, 0u) << "nothing had to be looked for";
  expect_one_asset_each(1);
}

TEST_F(files_test, a_stopped_run_goes_on_with_the_same_upload) {
  mux.bytes_a_second = megabyte;
  const std::string rows = manifest(1, 8 * megabyte);
  mux.changed = [&] {
    if (mux.bytes_received == 3 * megabyte) running->stop();
  };
  const result<summary> stopped = ingest_csv(rows);
  ASSERT_TRUE(stopped) << stopped.error();
  EXPECT_EQ(stopped->ended, ending::stopped);
  EXPECT_EQ(stopped->rows[row_state::uploading], 1u);
  mux.changed = [] {};
  const result<summary> done = ingest_csv(rows);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.uploads.size(), 1u);
  EXPECT_LE(mux.bytes_received, 8 * megabyte + 262'144);
  expect_one_asset_each(1);
}

TEST_F(files_test, a_file_that_changed_between_runs_gets_a_new_upload) {
  mux.bytes_a_second = megabyte;
  const std::string rows = manifest(1, 8 * megabyte);
  mux.changed = [&] {
    if (mux.bytes_received == 3 * megabyte) running->stop();
  };
  ASSERT_TRUE(ingest_csv(rows));
  mux.changed = [] {};
  write_file("clip0.mp4", 5 * megabyte);
  const result<summary> done = ingest_csv(rows);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(done->bytes.total, 5 * megabyte);
  ASSERT_EQ(mux.uploads.size(), 2u);
  EXPECT_TRUE(mux.uploads.at("upload1").over) << "the old one is withdrawn";
  expect_one_asset_each(1);
}

TEST_F(files_test, what_is_complete_stays_so_whatever_became_of_its_file) {
  for (const bool gone : {false, true}) {
    mux.uploads.clear();
    mux.ledger.clear();
    mux.bytes_received = 0;
    const std::string name = gone ? "gone" : "touched";
    const std::string rows = "file\n" + write_file(name, megabyte).string() + '\n';
    engine_options settings = options();
    settings.journal = folder / (name + "-journal");
    mux.changed = [&] {
      if (mux.bytes_received == megabyte) running->stop();
    };
    const result<summary> stopped = ingest_csv(rows, settings);
    ASSERT_TRUE(stopped) << stopped.error();
    ASSERT_EQ(stopped->rows[row_state::uploading], 1u);
    mux.changed = [] {};
    const auto identify = mux.identify;
    mux.identify = [&] {
      if (gone)
        std::filesystem::remove(folder / name);
      else
        write_file(name, 2 * megabyte);
      return identify();
    };
    const result<summary> done = ingest_csv(rows, settings);
    mux.identify = identify;
    ASSERT_TRUE(done) << done.error();
    EXPECT_TRUE(done->complete()) << name;
    EXPECT_EQ(mux.ledger.size(), 1u) << name;
    EXPECT_EQ(mux.uploads.size(), 1u) << name;
  }
}

TEST_F(files_test, a_withdrawal_that_got_lost_is_repeated) {
  mux.bytes_a_second = megabyte;
  const std::string rows = manifest(1, 4 * megabyte);
  mux.changed = [&] {
    if (mux.bytes_received == megabyte) running->stop();
  };
  ASSERT_TRUE(ingest_csv(rows));
  mux.changed = [] {};
  write_file("clip0.mp4", 3 * megabyte);
  int lost = 0;
  mux.lose_cancel = [&] { return ++lost <= 2; };
  const result<summary> done = ingest_csv(rows);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_TRUE(mux.uploads.at("upload1").over);
  expect_one_asset_each(1);
}

TEST_F(files_test, a_token_that_may_not_look_at_uploads_ends_the_run_and_costs_nothing) {
  mux.hide_uploads = true;
  const std::string rows = manifest(1, megabyte);
  for (int run = 0; run < 3; ++run) {
    const result<summary> given_up = ingest_csv(rows);
    ASSERT_TRUE(given_up) << given_up.error();
    EXPECT_EQ(given_up->ended, ending::given_up);
  }
  EXPECT_EQ(mux.uploads.size(), 1u);
  mux.hide_uploads = false;
  const result<summary> done = ingest_csv(rows);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.uploads.size(), 1u);
  expect_one_asset_each(1);
}

TEST_F(files_test, a_session_that_is_gone_after_the_last_byte_makes_no_second_asset) {
  mux.upload_lag = 30s;
  mux.cut = [&](const manifest_row&, std::uint64_t bytes) {
    mux.uploads.at("upload1").session_gone = bytes == megabyte;
    return bytes == megabyte;
  };
  const result<summary> done = ingest_csv(manifest(1, megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.uploads.size(), 1u);
  expect_one_asset_each(1);
}

TEST_F(files_test, one_that_the_storage_refuses_costs_the_others_nothing) {
  mux.storage_refuses = [](const manifest_row& row) { return row.file.ends_with("clip1.mp4"); };
  const result<summary> done = ingest_csv(manifest(4, megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->ended, ending::finished);
  EXPECT_EQ(done->rows.done(), 3u);
  ASSERT_EQ(done->failed.size(), 1u);
  EXPECT_THAT(done->failed[0].reason, HasSubstr("given up after 5 uploads"));
}

TEST_F(files_test, a_line_that_breaks_again_and_again_does_not_end_the_run_as_long_as_bytes_get_through) {
  mux.cut = [](const manifest_row&, std::uint64_t bytes) { return bytes % megabyte == 0; };
  const result<summary> done = ingest_csv(manifest(1, 20 * megabyte));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.bytes_received, 20 * megabyte);
}

TEST_F(files_test, a_file_that_left_the_manifest_is_not_sent_any_further) {
  mux.bytes_a_second = megabyte;
  const std::string both = manifest(2, 8 * megabyte);
  mux.changed = [&] {
    if (mux.bytes_received == 3 * megabyte) running->stop();
  };
  ASSERT_TRUE(ingest_csv(both));
  mux.changed = [] {};
  const result<summary> done = ingest_csv(both.substr(0, both.find('\n', 6) + 1));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(done->rows[row_state::skipped], 1u);
  EXPECT_EQ(done->bytes.total, 8 * megabyte);
  EXPECT_EQ(mux.ledger.size(), 1u);
}

TEST_F(files_test, an_expired_upload_is_replaced) {
  mux.bytes_a_second = megabyte;
  const std::string rows = manifest(1, 4 * megabyte);
  mux.changed = [&] {
    if (mux.bytes_received == megabyte) running->stop();
  };
  ASSERT_TRUE(ingest_csv(rows));
  mux.changed = [] {};
  mux.uploads.at("upload1").over = true;
  const result<summary> done = ingest_csv(rows);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.uploads.size(), 2u);
  expect_one_asset_each(1);
}

TEST_F(files_test, a_file_may_go_once_it_is_uploaded) {
  const std::string rows = manifest(2, megabyte);
  ASSERT_TRUE(ingest_csv(rows));
  std::filesystem::remove(folder / "clip0.mp4");
  const result<summary> again = ingest_csv(rows);
  ASSERT_TRUE(again) << again.error();
  EXPECT_TRUE(again->complete());
}

TEST_F(files_test, a_vanished_file_fails_its_row_alone) {
  const std::string rows = manifest(2, megabyte);
  const auto identify = mux.identify;
  mux.identify = [&] {
    std::filesystem::remove(folder / "clip0.mp4");
    return identify();
  };
  const result<summary> done = ingest_csv(rows);
  ASSERT_TRUE(done) << done.error();
  EXPECT_FALSE(done->complete());
  EXPECT_EQ(done->rows[row_state::failed], 1u);
  EXPECT_EQ(done->rows.done(), 1u);
  ASSERT_EQ(done->failed.size(), 1u);
  EXPECT_THAT(done->failed[0].reason, HasSubstr("clip0.mp4"));
}

TEST_F(files_test, files_and_urls_of_one_manifest_do_not_wait_for_each_other) {
  mux.bytes_a_second = 10'000;
  std::string rows = "file,url\n";
  for (int i = 0; i < 6; ++i) rows += write_file(std::to_string(i), megabyte).string() + ",\n";
  for (int i = 0; i < 6; ++i) rows += ",https://a.example/" + std::to_string(i) + '\n';
  engine_options settings = options();
  settings.uploads = 2;
  const result<summary> done = ingest_csv(rows, settings);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  ASSERT_EQ(mux.ledger.size(), 12u);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(mux.ledger[static_cast<std::size_t>(i)].file, "") << i;
}

TEST_F(files_test, progress_counts_the_bytes_under_way) {
  mux.bytes_a_second = megabyte;
  engine_options settings = options();
  settings.progress_interval = 1s;
  ASSERT_TRUE(ingest_csv(manifest(1, 60 * megabyte), settings));
  ASSERT_GT(seen.progresses.size(), 40u);
  const progress& half = seen.progresses[30];
  EXPECT_NEAR(static_cast<double>(half.bytes.done), 30.0 * megabyte, 2.0 * megabyte);
  EXPECT_NEAR(half.bytes_rate, static_cast<double>(megabyte), megabyte / 10.0);
  EXPECT_NEAR(std::chrono::duration<double>(half.eta).count(), 30, 4);
}

/// Wherever the process is killed: at each commit and at each piece that arrives.
TEST_F(files_test, killed_at_any_moment_each_file_still_becomes_one_asset) {
  struct snapshot {
    std::string journal, wal;
    std::vector<ledger_entry> ledger;
    std::map<std::string, fake_mux::stored_upload> uploads;
    std::chrono::steady_clock::time_point at;
  };
  std::vector<snapshot> kills;
  const std::string rows = manifest(3, megabyte);
  engine_options settings = options();
  const auto take = [&] {
    kills.push_back({read_all(folder / "journal"), read_all(folder / "journal-wal"), mux.ledger, mux.uploads,
                     time.now()});
  };
  settings.journal_settings.committed = take;
  mux.changed = take;
  int lost = 0;
  mux.decide = [&](const manifest_row&) { return ++lost == 2 ? fate::lost_after : fate::answered; };
  mux.cut = [](const manifest_row&, std::uint64_t bytes) { return bytes == 524'288; };
  ASSERT_TRUE(ingest_csv(rows, settings));
  ASSERT_GT(kills.size(), 20u);
  for (std::size_t k = 0; k < kills.size(); ++k) {
    const snapshot& kill = kills[k];
    const temporary_folder other;
    other.write("journal", kill.journal);
    other.write("journal-wal", kill.wal);
    virtual_time later;
    later.jump(kill.at - later.now());
    fake_mux again(later);
    again.ledger = kill.ledger;
    again.uploads = kill.uploads;
    engine_options resumed;
    resumed.journal = other / "journal";
    resumed.journal_settings.executor = io.get_executor();
    std::istringstream input(rows);
    engine all(again, later, resumed);
    const result<summary> done = run(io, later, all.run(manifest_source(input, "list.csv")));
    ASSERT_TRUE(done) << "kill " << k << ": " << done.error();
    EXPECT_TRUE(done->complete()) << "kill " << k;
    EXPECT_EQ(again.ledger.size(), 3u) << "kill " << k;
    EXPECT_EQ(again.duplicates(), 0u) << "kill " << k;
  }
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
