#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(engine_test, creates_one_asset_per_row) {
  const result<summary> done = ingest(url_list(40));
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(done->created_now, 40u);
  EXPECT_EQ(mux.ledger.size(), 40u);
  EXPECT_EQ(mux.duplicates(), 0u);
  std::set<std::string> urls;
  for (const ledger_entry& entry : mux.ledger) urls.insert(entry.url);
  EXPECT_EQ(urls.size(), 40u);
  EXPECT_EQ(mux.pages, 0u) << "nothing was ambiguous, nothing had to be looked for";
}

TEST_F(engine_test, a_second_run_sends_nothing) {
  ASSERT_TRUE(ingest(url_list(5)));
  const result<summary> again = ingest(url_list(5));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->complete());
  EXPECT_EQ(again->created_now, 0u);
  EXPECT_EQ(mux.sent.size(), 5u);
}

TEST_F(engine_test, appended_rows_alone_are_sent) {
  ASSERT_TRUE(ingest(url_list(5)));
  const result<summary> again = ingest(url_list(8));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->loaded.added, 3u);
  EXPECT_EQ(again->created_now, 3u);
  EXPECT_EQ(again->rows.done(), 8u);
  EXPECT_EQ(mux.ledger.size(), 8u);
}

TEST_F(engine_test, sends_what_the_manifest_says_with_the_marker_in_its_place) {
  const result<summary> done = ingest(
      "url,title,external_id,creator_id,passthrough,playback_policy,video_quality\n"
      "https://a.example/1?s=1,T,e,c,p,signed,plus\n");
  ASSERT_TRUE(done) << done.error();
  ASSERT_EQ(mux.sent.size(), 1u);
  const manifest_row& sent = mux.sent[0];
  EXPECT_EQ(sent.url, "https://a.example/1?s=1");
  EXPECT_EQ(sent.title, "T");
  EXPECT_EQ(sent.external_id, "e");
  EXPECT_THAT(sent.passthrough, ::testing::MatchesRegex("mm1:[0-9A-Z]{26}:p"));
  EXPECT_EQ(sent.playback_policy, "signed");
  EXPECT_EQ(sent.video_quality, "plus");
}

TEST_F(engine_test, a_faulty_manifest_sends_nothing_and_leaves_no_journal) {
  const result<summary> done = ingest("url,title\nhttps://a.example/1,ok\nnonsense,x\n,y\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::manifest_invalid);
  EXPECT_EQ(done.error().fault_count, 2u);
  EXPECT_TRUE(mux.sent.empty());
  EXPECT_FALSE(std::filesystem::exists(folder / "journal"));
}

TEST_F(engine_test, reads_a_manifest_file) {
  const auto file = folder.write("m.csv", "url\nhttps://a.example/1\n");
  engine all(mux, time, options(), &seen);
  const result<summary> done = run(io, time, all.run(manifest_source(file)));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->created_now, 1u);
  EXPECT_EQ(default_journal(file), folder / "m.csv.mux-journal");
}

TEST_F(engine_test, a_missing_manifest_leaves_no_journal) {
  engine all(mux, time, options(), &seen);
  const result<summary> done = run(io, time, all.run(manifest_source(folder / "none.csv")));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::manifest_unreadable);
  EXPECT_FALSE(std::filesystem::exists(folder / "journal"));
}

TEST_F(engine_test, a_row_is_durable_before_it_is_shown) {
  mux.latency = 10ms;
  seen.on_each_row = [&](const row_event& e) {
    if (e.state != row_state::created) return;
    // What a killed process would leave behind at this very moment.
    const temporary_folder copy;
    std::ofstream(copy / "journal", std::ios::binary) << read_all(folder / "journal");
    std::ofstream(copy / "journal-wal", std::ios::binary) << read_all(folder / "journal-wal");
    asio::io_context other;
    journal_options settings;
    settings.executor = other.get_executor();
    journal left(copy / "journal", settings);
    ASSERT_TRUE(run(other, time, left.open()));
    const auto found = run(other, time, left.find({std::string(e.marker)}));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->at(0).asset_id, e.asset_id);
  };
  ASSERT_TRUE(ingest(url_list(3)));
  EXPECT_EQ(seen.count(row_state::created), 3u);
}

TEST_F(engine_test, a_row_that_the_api_refuses_fails_and_the_rest_goes_on) {
  mux.decide = [](const manifest_row& row) {
    return row.url.ends_with("/3.mp4?sig=S3CRET") ? fate::refused_400 : fate::answered;
  };
  const result<summary> done =
      ingest(url_list(3) + "https://example.com/3.mp4?sig=S3CRET\n" + url_list(2, 4));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, ending::finished);
  EXPECT_FALSE(done->complete());
  EXPECT_EQ(done->created_now, 5u);
  ASSERT_EQ(done->failed.size(), 1u);
  EXPECT_EQ(done->failed[0].line, 4u);
  EXPECT_THAT(done->failed[0].reason, HasSubstr("invalid input"));
  EXPECT_THAT(done->failed[0].reason, Not(HasSubstr("S3CRET")));
  EXPECT_THAT(read_all(folder / "journal"), Not(HasSubstr("S3CRET")));
  const result<summary> again =
      ingest(url_list(3) + "https://example.com/3.mp4?sig=S3CRET\n" + url_list(2, 4));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->failed.size(), 1u) << "still reported";
  EXPECT_EQ(mux.sent.size(), 6u) << "but not sent again";
}

TEST_F(engine_test, refused_rows_are_sent_again_when_asked) {
  mux.decide = [](const manifest_row&) { return fate::refused_400; };
  ASSERT_TRUE(ingest(url_list(2)));
  mux.decide = [](const manifest_row&) { return fate::answered; };
  engine_options settings = options();
  settings.retry_failed = true;
  const result<summary> again = ingest(url_list(2), settings);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->complete());
}

TEST_F(engine_test, refused_credentials_end_the_run_and_leave_rows_planned) {
  mux.identify = [] { return mux::result<identity>(fake_mux::status(mux::errc::unauthorized, 401, false)); };
  const result<summary> begun = ingest(url_list(5));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, errc::credentials_refused);
  EXPECT_EQ(begun.error().cause->http_status, 401);
  EXPECT_TRUE(mux.sent.empty());

  mux.identify = fake_mux(time).identify;
  mux.decide = [](const manifest_row&) { return fate::refused_401; };
  const result<summary> done = ingest(url_list(50));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->ended, ending::given_up);
  EXPECT_EQ(done->why->code, errc::credentials_refused);
  EXPECT_EQ(done->rows[row_state::planned], 50u);
  EXPECT_LT(mux.sent.size(), 50u);
}

TEST_F(engine_test, a_404_on_create_ends_the_run) {
  mux.decide = [](const manifest_row&) { return fate::refused_404; };
  const result<summary> done = ingest(url_list(50));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->why->code, errc::api_failed);
  EXPECT_EQ(done->rows[row_state::planned], 50u);
}

TEST_F(engine_test, an_unreachable_api_ends_the_run_after_some_tries) {
  mux.decide = [](const manifest_row&) { return fate::unreachable; };
  const result<summary> done = ingest(url_list(50));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, ending::given_up);
  EXPECT_EQ(done->why->code, errc::unreachable);
  EXPECT_EQ(done->rows[row_state::planned], 50u);
  EXPECT_TRUE(mux.sent.empty());
}

TEST_F(engine_test, a_short_outage_costs_nothing) {
  int calls = 0;
  mux.decide = [&](const manifest_row&) { return calls++ % 3 == 1 ? fate::unreachable : fate::answered; };
  engine_options settings = options();
  settings.concurrency = 1;
  const result<summary> done = ingest(url_list(20), settings);
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(mux.ledger.size(), 20u);
}

TEST_F(engine_test, a_journal_of_another_environment_is_refused_before_anything_is_sent) {
  ASSERT_TRUE(ingest(url_list(2)));
  mux.identify = [] {
    identity other;
    other.environment_id = "env002";
    return mux::result<identity>(other);
  };
  const result<summary> done = ingest(url_list(4));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::other_environment);
  EXPECT_EQ(mux.sent.size(), 2u);
}

TEST_F(engine_test, a_graceful_stop_finishes_calls_under_way_and_resumes) {
  mux.interval = 1s;
  seen.on_each_row = [&](const row_event&) {
    if (mux.ledger.size() == 5) running->stop();
  };
  const result<summary> stopped = ingest(url_list(20));
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->ended, ending::stopped);
  EXPECT_EQ(stopped->rows[row_state::sending], 0u);
  EXPECT_EQ(stopped->rows[row_state::ambiguous], 0u);
  EXPECT_EQ(stopped->rows.done(), mux.ledger.size()) << "no id was lost";
  EXPECT_LT(mux.ledger.size(), 20u);
  seen.on_each_row = {};
  const result<summary> resumed = ingest(url_list(20));
  ASSERT_TRUE(resumed);
  EXPECT_TRUE(resumed->complete());
  EXPECT_EQ(resumed->loaded.added, 0u);
  EXPECT_EQ(mux.ledger.size(), 20u);
  EXPECT_EQ(mux.sent.size(), 20u);
}

TEST_F(engine_test, a_stop_has_a_deadline) {
  mux.latency = 10min;
  std::optional<std::chrono::steady_clock::time_point> stopped_at;
  seen.on_each_tick = [&] {
    if (mux.sent.empty() || stopped_at) return;
    stopped_at = time.now();
    running->stop();
  };
  const result<summary> done = ingest(url_list(9));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, ending::aborted);
  EXPECT_EQ(time.now() - *stopped_at, 30s);
  EXPECT_EQ(done->rows[row_state::ambiguous], mux.sent.size()) << "what was sent may still take effect";
  EXPECT_EQ(done->rows[row_state::sending], 0u);
}

TEST_F(engine_test, an_abort_ends_at_once_and_the_next_run_finds_what_was_under_way) {
  mux.latency = 5s;
  engine_options settings = options();
  settings.concurrency = 4;
  std::optional<std::chrono::steady_clock::time_point> aborted_at;
  seen.on_each_tick = [&] {
    if (mux.ledger.size() < 4 || mux.sent.size() == mux.ledger.size() || aborted_at) return;
    aborted_at = time.now();
    running->abort();
  };
  const result<summary> aborted = ingest(url_list(12), settings);
  ASSERT_TRUE(aborted);
  EXPECT_EQ(aborted->ended, ending::aborted);
  EXPECT_EQ(time.now(), *aborted_at);
  EXPECT_EQ(aborted->rows[row_state::ambiguous], 4u);
  const result<summary> resumed = ingest(url_list(12));
  ASSERT_TRUE(resumed);
  EXPECT_TRUE(resumed->complete());
  EXPECT_EQ(mux.ledger.size(), 12u);
  EXPECT_EQ(mux.duplicates(), 0u);
}

TEST_F(engine_test, stop_before_run_sends_nothing) {
  std::istringstream input(url_list(3));
  engine all(mux, time, options());
  all.stop();
  const result<summary> done = run(io, time, all.run(manifest_source(input, "list.txt")));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, ending::stopped);
  EXPECT_TRUE(mux.sent.empty());
}

TEST_F(engine_test, keeps_to_its_concurrency) {
  std::size_t most = 0, now = 0;
  seen.on_each_row = [&](const row_event& e) {
    now += e.state == row_state::sending ? 1 : 0;
    now -= e.state == row_state::created ? 1 : 0;
    most = std::max(most, now);
  };
  engine_options settings = options();
  settings.concurrency = 7;
  ASSERT_TRUE(ingest(url_list(100), settings));
  EXPECT_EQ(most, 7u);
}

TEST_F(engine_test, progress_knows_the_limit) {
  mux.interval = 1s;
  ASSERT_TRUE(ingest(url_list(61)));
  ASSERT_GT(seen.progresses.size(), 60u);
  EXPECT_EQ(seen.progresses.front().rows.total(), 61u);
  EXPECT_NEAR(static_cast<double>(seen.progresses.front().eta.count()), 61'000, 1'000);
  const progress& half = seen.progresses[30];
  EXPECT_NEAR(static_cast<double>(half.eta.count() + half.elapsed.count()), 61'000, 5'000);
  EXPECT_EQ(seen.progresses.back().rows.done(), 61u);
  EXPECT_EQ(seen.progresses.back().eta, 0ms);
}

TEST_F(engine_test, counters_hold_across_runs) {
  mux.interval = 1s;
  seen.on_each_row = [&](const row_event&) {
    if (mux.ledger.size() == 10) running->stop();
  };
  ASSERT_TRUE(ingest(url_list(20)));
  seen.progresses.clear();
  seen.on_each_row = {};
  ASSERT_TRUE(ingest(url_list(20)));
  EXPECT_GE(seen.progresses.front().rows.done(), 10u);
  EXPECT_EQ(seen.progresses.front().rows.total(), 20u);
  EXPECT_EQ(seen.progresses.back().rows.done(), 20u);
}

TEST_F(engine_test, a_client_that_was_shut_down_ends_the_run) {
  mux.decide = [](const manifest_row&) { return fate::shut_down; };
  const result<summary> done = ingest(url_list(3));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->ended, ending::given_up);
  EXPECT_EQ(done->rows[row_state::planned], 3u);
  EXPECT_LT(seen.count(row_state::sending), 20u);
}

TEST_F(engine_test, may_outlive_its_execution_context) {
  std::istringstream input(url_list(1));
  engine_options settings;
  settings.journal = folder / "journal";
  std::optional<engine> all;
  {
    asio::io_context brief;
    settings.journal_settings.executor = brief.get_executor();
    all.emplace(mux, time, settings, &seen);
    ASSERT_TRUE(run(brief, time, all->run(manifest_source(input, "list.txt"))));
  }
  all->stop();
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
