#include <gmock/gmock.h>

#include "unit/ingest/engine_fixture.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using ::testing::HasSubstr;

/// Runs that go on until the assets can be played.
class waiting_test : public engine_test {
 protected:
  engine_options waiting() {
    engine_options settings = options();
    settings.wait = true;
    return settings;
  }
};

TEST_F(waiting_test, ends_when_all_assets_are_ready) {
  const result<summary> done = ingest(url_list(5), waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->complete());
  EXPECT_EQ(done->rows[row_state::ready], 5u);
  EXPECT_EQ(seen.count(row_state::ready), 5u);
  EXPECT_GE(done->elapsed, 20s);
  EXPECT_LT(done->elapsed, 60s);
}

TEST_F(waiting_test, without_it_a_run_ends_with_the_last_create) {
  const result<summary> done = ingest(url_list(5));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->rows[row_state::created], 5u);
  EXPECT_EQ(mux.looks, 0u);
}

TEST_F(waiting_test, an_errored_asset_has_the_reason_of_the_api) {
  const result<summary> done = ingest(url_list(2) + "https://example.com/bad.mp4\n", waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_FALSE(done->complete());
  EXPECT_EQ(done->rows[row_state::errored], 1u);
  EXPECT_EQ(done->rows[row_state::ready], 2u);
  ASSERT_EQ(done->failed.size(), 1u);
  EXPECT_EQ(done->failed[0].reason, "invalid_input: no video");
  EXPECT_THAT(done->failed[0].url, HasSubstr("bad.mp4"));
}

TEST_F(waiting_test, many_assets_cost_few_calls) {
  const result<summary> done = ingest(url_list(2'000), waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->rows[row_state::ready], 2'000u);
  EXPECT_LT(mux.looks + mux.pages, 400u);
}

TEST_F(waiting_test, an_asset_that_the_listing_does_not_show_is_asked_for_by_its_id) {
  mux.lag = 10h;
  const result<summary> done = ingest(url_list(20), waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->rows[row_state::ready], 20u);
}

TEST_F(waiting_test, a_second_run_waits_for_what_the_first_one_created) {
  ASSERT_TRUE(ingest(url_list(3)));
  const result<summary> done = ingest(url_list(3), waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->rows[row_state::ready], 3u);
  EXPECT_EQ(mux.sent.size(), 3u);
}

TEST_F(waiting_test, a_listing_that_fails_for_a_while_is_asked_again) {
  int failures = 0;
  mux.fail_list = [&]() -> std::optional<mux::error> {
    if (++failures > 2) return std::nullopt;
    return mux::error(mux::errc::connect_failed, "refused");
  };
  const result<summary> done = ingest(url_list(3), waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->rows[row_state::ready], 3u);
}

TEST_F(waiting_test, a_stop_ends_the_wait) {
  mux.ready_after = std::chrono::hours(100);
  int ticks = 0;
  seen.on_each_tick = [&] {
    if (++ticks == 30) running->stop();
  };
  const result<summary> done = ingest(url_list(3), waiting());
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->ended, ending::stopped);
  EXPECT_EQ(done->rows[row_state::created], 3u);
}

TEST_F(waiting_test, no_longer_than_allowed) {
  mux.ready_after = std::chrono::hours(100);
  engine_options settings = waiting();
  settings.max_duration = 90s;
  const result<summary> done = ingest(url_list(3), settings);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->ended, ending::stopped);
  EXPECT_TRUE(done->out_of_time);
  EXPECT_GE(done->elapsed, 90s);
  EXPECT_LT(done->elapsed, 95s);
}

TEST_F(waiting_test, the_longest_time_bounds_the_creates_too) {
  mux.interval = 1s;
  engine_options settings = options();
  settings.max_duration = 10s;
  const result<summary> done = ingest(url_list(100), settings);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(done->out_of_time);
  EXPECT_LT(mux.ledger.size(), 20u);
  EXPECT_EQ(done->rows[row_state::sending] + done->rows[row_state::ambiguous], 0u);
}

TEST_F(waiting_test, the_stop_deadline_ends_a_sweep_too) {
  engine_options settings = options();
  settings.sweep = sweep_policy::always;
  settings.stop_deadline = 5s;
  mux.latency = 50ms;
  ASSERT_TRUE(ingest(url_list(1), settings));
  mux.latency = std::chrono::hours(1);
  mux.identify = [&] {
    mux.latency = std::chrono::hours(1);
    identity who;
    who.environment_id = "env001";
    return mux::result<identity>(who);
  };
  bool stopped = false;
  seen.on_each_tick = [&] {
    if (!std::exchange(stopped, true)) running->stop();
  };
  mux.latency = 50ms;
  const result<summary> done = ingest(url_list(1), settings);
  ASSERT_TRUE(done) << done.error();
  EXPECT_LT(done->elapsed, 20s);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
