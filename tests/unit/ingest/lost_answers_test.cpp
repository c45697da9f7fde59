#include <gmock/gmock.h>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

/// The first create of each URL has this fate, later ones are answered.
std::function<fate(const manifest_row&)> first_time(fate what) {
  auto seen = std::make_shared<std::map<std::string, int>>();
  return [=](const manifest_row& row) { return (*seen)[row.url]++ == 0 ? what : fate::answered; };
}

class lost_answers_test : public engine_test {
 protected:
  void expect_exactly_once(const result<summary>& done, std::size_t rows) {
    ASSERT_TRUE(done) << done.error();
    EXPECT_TRUE(done->complete());
    EXPECT_EQ(mux.ledger.size(), rows);
    EXPECT_EQ(mux.duplicates(), 0u);
    EXPECT_EQ(done->rows.done(), rows);
  }
};

TEST_F(lost_answers_test, a_create_that_was_executed_is_found_and_not_repeated) {
  for (const fate what : {fate::lost_after, fate::error_500_after, fate::unreadable}) {
    const temporary_folder own;
    engine_options settings = options();
    settings.journal = own / "journal";
    mux.ledger.clear();
    mux.sent.clear();
    mux.decide = first_time(what);
    const result<summary> done = ingest(url_list(4), settings);
    expect_exactly_once(done, 4);
    EXPECT_EQ(done->found, 4u);
    EXPECT_EQ(done->repeated, 0u);
    EXPECT_EQ(mux.sent.size(), 4u);
  }
}

TEST_F(lost_answers_test, a_create_that_was_not_executed_is_repeated_with_its_marker_after_the_horizon) {
  mux.decide = first_time(fate::lost_before);
  const auto before = time.now();
  const result<summary> done = ingest(url_list(3));
  expect_exactly_once(done, 3);
  EXPECT_EQ(done->repeated, 3u);
  EXPECT_GE(time.now() - before, 90s);
  ASSERT_EQ(mux.sent.size(), 6u);
  std::set<std::string> markers;
  for (const manifest_row& row : mux.sent) markers.insert(row.passthrough);
  EXPECT_EQ(markers.size(), 3u);
}

TEST_F(lost_answers_test, an_asset_that_shows_up_late_is_found_by_a_later_pass) {
  mux.lag = 85s;
  mux.decide = first_time(fate::lost_after);
  const result<summary> done = ingest(url_list(3));
  expect_exactly_once(done, 3);
  EXPECT_EQ(done->found, 3u);
}

TEST_F(lost_answers_test, an_effect_within_the_horizon_is_not_repeated) {
  mux.late = 80s;
  mux.decide = first_time(fate::lost_late);
  const result<summary> done = ingest(url_list(3));
  expect_exactly_once(done, 3);
  EXPECT_EQ(done->repeated, 0u);
}

TEST_F(lost_answers_test, an_asset_that_shows_up_beyond_the_horizon_is_reported_as_duplicate) {
  mux.lag = 100s;
  mux.interval = 1s;
  mux.decide = [&](const manifest_row& row) {
    return row.url.ends_with("/0.mp4") && mux.ledger.empty() ? fate::lost_after : fate::answered;
  };
  const result<summary> done = ingest(url_list(120));
  ASSERT_TRUE(done);
  ASSERT_EQ(mux.duplicates(), 1u);
  EXPECT_FALSE(done->complete());
  ASSERT_EQ(done->duplicates.size(), 1u);
  EXPECT_EQ(done->duplicates[0].others, std::vector<std::string>{"asset1"});
}

TEST_F(lost_answers_test, the_sweep_reports_duplicates_and_keeps_the_recorded_asset) {
  mux.decide = first_time(fate::lost_after);
  engine_options settings = options();
  settings.policy = create_policy::fast;
  const result<summary> done = ingest(url_list(3), settings);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, ending::finished);
  EXPECT_FALSE(done->complete());
  ASSERT_EQ(done->duplicates.size(), 3u);
  EXPECT_EQ(done->duplicates[0].others.size(), 1u);
  EXPECT_NE(done->duplicates[0].kept, done->duplicates[0].others[0]);
  EXPECT_EQ(seen.duplicates.size(), 3u);
  EXPECT_TRUE(seen.scans.back().sweep);
}

// The first try takes effect beyond the horizon, and the run is stopped before its sweep.
TEST_F(lost_answers_test, a_sweep_that_one_run_owes_is_made_by_the_next) {
  mux.late = 200s;
  mux.decide = first_time(fate::lost_late);
  seen.on_each_row = [&](const row_event& e) {
    if (e.state == row_state::created) running->stop();
  };
  const result<summary> stopped = ingest(url_list(1));
  ASSERT_TRUE(stopped) << stopped.error();
  ASSERT_EQ(stopped->ended, ending::stopped);
  ASSERT_EQ(stopped->rows[row_state::created], 1u);
  seen.on_each_row = nullptr;
  time.jump(300s);
  const result<summary> next = ingest(url_list(1));
  ASSERT_TRUE(next) << next.error();
  EXPECT_FALSE(next->complete());
  ASSERT_EQ(next->duplicates.size(), 1u);
  EXPECT_EQ(next->duplicates[0].others.size(), 1u);
  const std::uint64_t pages = mux.pages;
  ASSERT_TRUE(ingest(url_list(1)));
  EXPECT_EQ(mux.pages, pages) << "what a sweep has told is not asked for again";
}

TEST_F(lost_answers_test, a_sweep_on_request_goes_back_to_the_first_create_whatever_became_of_it) {
  engine_options settings = options();
  settings.wait = true;
  ASSERT_TRUE(ingest(url_list(2), settings));
  const std::string marker = mux.sent.at(0).passthrough;
  ledger_entry twice = mux.ledger.at(0);
  twice.id = "twice";
  mux.ledger.insert(mux.ledger.begin() + 1, twice);
  time.jump(std::chrono::hours(5));
  settings.sweep = sweep_policy::always;
  const result<summary> done = ingest(url_list(4), settings);
  ASSERT_TRUE(done) << done.error();
  ASSERT_EQ(done->duplicates.size(), 1u);
  EXPECT_EQ(done->duplicates[0].others, std::vector<std::string>{"twice"});
}

TEST_F(lost_answers_test, at_most_once_never_repeats) {
  int calls = 0;
  mux.decide = [&](const manifest_row&) { return calls++ % 2 == 0 ? fate::lost_before : fate::lost_after; };
  engine_options settings = options();
  settings.policy = create_policy::at_most_once;
  const result<summary> done = ingest(url_list(4), settings);
  ASSERT_TRUE(done);
  EXPECT_EQ(mux.sent.size(), 4u);
  EXPECT_EQ(done->rows[row_state::created], 2u);
  EXPECT_EQ(done->rows[row_state::ambiguous], 2u);
  EXPECT_FALSE(done->complete());
  mux.decide = [](const manifest_row&) { return fate::answered; };
  expect_exactly_once(ingest(url_list(4)), 4);
}

TEST_F(lost_answers_test, other_rows_go_on_while_one_is_looked_for) {
  mux.interval = 1s;
  mux.decide = [&](const manifest_row& row) {
    return row.url.ends_with("/0.mp4") && mux.sent.empty() ? fate::lost_before : fate::answered;
  };
  const auto before = time.now();
  const result<summary> done = ingest(url_list(85));
  expect_exactly_once(done, 85);
  EXPECT_LT(time.now() - before, 93s);
}

TEST_F(lost_answers_test, a_scan_reads_only_as_far_back_as_needed) {
  ASSERT_TRUE(ingest(url_list(1000)));
  time.jump(1h);
  mux.decide = first_time(fate::lost_after);
  mux.pages = 0;
  const result<summary> done = ingest(url_list(1001));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->found, 1u);
  EXPECT_LE(mux.pages, 2u) << "one page for the scan, one for the sweep";
}

TEST_F(lost_answers_test, a_listing_in_another_order_is_read_to_its_end) {
  mux.newest_first = false;
  ASSERT_TRUE(ingest(url_list(250)));
  time.jump(1h);
  mux.decide = first_time(fate::lost_after);
  const result<summary> done = ingest(url_list(251));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->found, 1u);
  EXPECT_EQ(mux.duplicates(), 0u);
}

TEST_F(lost_answers_test, without_server_time_the_listing_is_read_to_its_end) {
  mux.knows_time = false;
  mux.decide = first_time(fate::lost_after);
  const result<summary> done = ingest(url_list(250));
  expect_exactly_once(done, 250);
}

TEST_F(lost_answers_test, a_failing_listing_decides_nothing) {
  mux.decide = first_time(fate::lost_after);
  int failures = 2;
  mux.fail_list = [&]() -> std::optional<mux::error> {
    if (failures-- <= 0) return std::nullopt;
    return fake_mux::status(mux::errc::server_error, 503, false);
  };
  expect_exactly_once(ingest(url_list(3)), 3);
}

TEST_F(lost_answers_test, a_listing_that_keeps_failing_ends_the_run_with_rows_still_ambiguous) {
  mux.decide = first_time(fate::lost_before);
  mux.fail_list = [] {
    return std::optional<mux::error>(fake_mux::status(mux::errc::server_error, 503, false));
  };
  const result<summary> done = ingest(url_list(3));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->ended, ending::given_up);
  EXPECT_EQ(done->why->code, errc::unreachable);
  EXPECT_EQ(done->rows[row_state::ambiguous], 3u);
  mux.fail_list = [] { return std::nullopt; };
  expect_exactly_once(ingest(url_list(3)), 3);
}

TEST_F(lost_answers_test, a_sick_api_is_not_fed_the_whole_manifest) {
  mux.decide = [](const manifest_row&) { return fate::error_500_before; };
  engine_options settings = options();
  settings.max_sends = 1;
  const auto before = time.now();
  seen.on_each_row = [&](const row_event&) {
    if (time.now() - before > 60s) running->abort();
  };
  const result<summary> done = ingest(url_list(1000), settings);
  ASSERT_TRUE(done);
  EXPECT_LT(mux.sent.size(), 30u);
}

TEST_F(lost_answers_test, a_row_that_is_never_answered_fails_in_the_end) {
  mux.decide = [](const manifest_row&) { return fate::lost_before; };
  engine_options settings = options();
  settings.max_sends = 3;
  const result<summary> done = ingest(url_list(1), settings);
  ASSERT_TRUE(done);
  EXPECT_EQ(mux.sent.size(), 3u);
  ASSERT_EQ(done->failed.size(), 1u);
  EXPECT_THAT(done->failed[0].reason, ::testing::HasSubstr("3 times"));
}

TEST_F(lost_answers_test, a_vanished_row_is_looked_for_but_not_repeated) {
  mux.decide = [](const manifest_row& row) {
    return row.url.ends_with("/1.mp4") ? fate::lost_before
                                       : (row.url.ends_with("/2.mp4") ? fate::lost_after : fate::answered);
  };
  seen.on_each_row = [&](const row_event& e) {
    if (e.state == row_state::ambiguous) running->stop();
  };
  ASSERT_TRUE(ingest(url_list(3)));
  seen.on_each_row = {};
  const result<summary> done = ingest(url_list(1));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->loaded.vanished, 2u);
  EXPECT_EQ(done->rows[row_state::created], 2u) << "rows 0 and 2";
  EXPECT_EQ(done->rows[row_state::skipped], 1u);
  EXPECT_EQ(mux.ledger.size(), 2u);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
