#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/forecast.hpp"
#include "ingest/outcome.hpp"
#include "ingest/watch_list.hpp"

namespace mux::inline v0::ingest::test {
namespace {

using namespace std::chrono_literals;
using instant = std::chrono::steady_clock::time_point;

mux::error failure(mux::errc code, int status, bool bytes_sent, bool ambiguous = false) {
  mux::error e(code);
  e.http_status = status;
  e.bytes_sent = bytes_sent;
  e.ambiguous = ambiguous;
  return e;
}

TEST(outcome, whatever_may_have_been_executed_is_ambiguous) {
  using enum mux::errc;
  for (const mux::error& e :
       {failure(connection_lost_unanswered, 0, true), failure(timed_out, 0, true),
        failure(cancelled, 0, true), failure(server_error, 500, true), failure(server_error, 502, true),
        failure(server_error, 503, true), failure(server_error, 504, true), failure(server_error, 522, true),
        failure(unexpected_status, 408, true), failure(not_json, 201, true), failure(truncated_body, 0, true),
        failure(truncated_body, 201, true), failure(bad_response, 200, true),
        failure(response_too_large, 201, true), failure(rate_limited, 429, true, true)})
    EXPECT_EQ(judge_create(e), verdict::ambiguous) << e << ' ' << e.http_status;
}

TEST(outcome, nothing_else_is) {
  using enum mux::errc;
  for (const mux::error& e : {failure(bad_request, 400, true), failure(conflict, 409, true),
                              failure(unprocessable, 422, true), failure(invalid_argument, 0, false)})
    EXPECT_EQ(judge_create(e), verdict::refused) << e;
  for (const mux::error& e : {failure(connect_failed, 0, false), failure(resolve_failed, 0, false),
                              failure(timed_out, 0, false), failure(connection_lost, 0, false),
                              failure(pool_exhausted, 0, false), failure(rate_limited, 429, true)})
    EXPECT_EQ(judge_create(e), verdict::later) << e;
  for (const mux::error& e : {failure(unauthorized, 401, true), failure(permission_denied, 403, true),
                              failure(not_found, 404, true), failure(unexpected_status, 302, true),
                              failure(server_error, 501, true), failure(certificate_untrusted, 0, false),
                              failure(certificate_wrong_host, 0, false)})
    EXPECT_EQ(judge_create(e), verdict::hopeless) << e;
  EXPECT_EQ(judge_create(failure(cancelled, 0, false)), verdict::unsent);
  EXPECT_EQ(judge_create(failure(shut_down, 0, false)), verdict::unsent);
}

TEST(outcome, reasons_to_end_have_their_own_codes) {
  using enum mux::errc;
  EXPECT_EQ(to_error(failure(unauthorized, 401, true)).code, errc::credentials_refused);
  EXPECT_EQ(to_error(failure(permission_denied, 403, true)).code, errc::credentials_refused);
  EXPECT_EQ(to_error(failure(connect_failed, 0, false)).code, errc::unreachable);
  EXPECT_EQ(to_error(failure(server_error, 503, true)).code, errc::unreachable);
  EXPECT_EQ(to_error(failure(not_found, 404, true)).code, errc::api_failed);
  EXPECT_EQ(to_error(failure(not_json, 200, true)).code, errc::api_failed);
  EXPECT_EQ(to_error(failure(not_found, 404, true)).cause->http_status, 404);
}

class watch_test : public ::testing::Test {
 protected:
  static journal_row row(const std::string& marker, std::optional<int> intent = 1000) {
    journal_row made;
    made.marker = marker;
    if (intent) made.first_intent = server_instant(std::chrono::seconds(*intent));
    return made;
  }
  watch_list list{90s};
  const instant start{1h};
};

TEST_F(watch_test, looks_after_2_10_30_and_90_seconds) {
  list.add(row("a"), start);
  for (const auto pass : {2s, 10s, 30s}) {
    EXPECT_EQ(list.due(), start + pass);
    EXPECT_TRUE(list.take_absent(start + pass).empty());
  }
  EXPECT_EQ(list.due(), start + 90s);
  EXPECT_EQ(list.take_absent(start + 90s).size(), 1u);
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(list.due());
}

TEST_F(watch_test, scales_the_passes_with_the_horizon) {
  watch_list quick(900ms);
  quick.add(row("a"), start);
  EXPECT_EQ(quick.due(), start + 20ms);
  EXPECT_TRUE(quick.take_absent(start + 899ms).empty());
  EXPECT_EQ(quick.take_absent(start + 900ms).size(), 1u);
}

TEST_F(watch_test, one_scan_serves_all_and_decides_each_at_its_own_horizon) {
  list.add(row("a"), start);
  list.add(row("b"), start + 5s);
  EXPECT_EQ(list.due(), start + 2s);
  EXPECT_TRUE(list.take_absent(start + 2s).empty());
  EXPECT_EQ(list.due(), start + 7s) << "b's first pass";
  EXPECT_TRUE(list.take_absent(start + 10s).empty()) << "serves both";
  EXPECT_EQ(list.due(), start + 15s) << "b's second pass";
  const auto absent = list.take_absent(start + 92s);
  ASSERT_EQ(absent.size(), 1u);
  EXPECT_EQ(absent[0].marker, "a");
  EXPECT_EQ(list.due(), start + 95s);
  EXPECT_EQ(list.last_horizon(), start + 95s);
}

TEST_F(watch_test, looks_for_left_over_rows_at_once_but_decides_at_the_horizon) {
  list.add(row("a"), start, true);
  EXPECT_EQ(list.due(), start);
  EXPECT_TRUE(list.take_absent(start).empty());
  EXPECT_EQ(list.due(), start + 2s);
}

TEST_F(watch_test, goes_back_to_the_oldest_intent_less_two_minutes) {
  list.add(row("a", 5000), start);
  list.add(row("b", 4000), start);
  EXPECT_EQ(list.floor(), server_instant(std::chrono::seconds(4000 - 120)));
  list.add(row("c", std::nullopt), start);
  EXPECT_FALSE(list.floor()) << "an unknown time means to the end";
  EXPECT_TRUE(list.take("c"));
  EXPECT_TRUE(list.floor());
  EXPECT_FALSE(list.take("c"));
}

work_left rows_at(std::uint64_t rows, double rate, double tokens = 0) {
  work_left left;
  left.rows = rows;
  left.rate = rate;
  left.tokens = tokens;
  return left;
}

TEST(forecast, knows_the_limit) {
  const instant start{1h};
  const forecast plain;
  EXPECT_EQ(plain.eta(start, rows_at(103, 1, 3)), 100s);
  EXPECT_EQ(plain.eta(start, rows_at(100, 50)), 2s);
  EXPECT_EQ(plain.eta(start, rows_at(2, 1, 3)), 0s);
  work_left waiting = rows_at(0, 1);
  waiting.not_before = start + 42s;
  EXPECT_EQ(plain.eta(start, waiting), 42s);
}

TEST(forecast, believes_a_slower_measurement_after_ten_seconds) {
  const instant start{1h};
  forecast slow;
  for (unsigned i = 0; i <= 10; ++i) {
    slow.note_allowed(start + i * 2s, 1);
    slow.note_created(start + i * 2s, i);
    if (i == 4) {
      EXPECT_EQ(slow.measured_rate(start + 9s), 0);
    }
  }
  EXPECT_NEAR(slow.measured_rate(start + 20s), 0.5, 0.01);
  EXPECT_EQ(slow.eta(start + 20s, rows_at(100, 1)), 200s);
}

TEST(forecast, a_rate_that_was_cut_comes_half_way_back_on_the_whole) {
  const instant start{1h};
  forecast shared;
  shared.note_allowed(start, 10);
  shared.note_allowed(start + 1s, 8);
  EXPECT_EQ(shared.eta(start + 1s, rows_at(9000, 8)), 1000s);
  shared.note_allowed(start + 2s, 10);
  EXPECT_EQ(shared.eta(start + 2s, rows_at(9000, 10)), 900s);
}

TEST(forecast, a_change_that_lasts_a_minute_is_believed) {
  const instant start{1h};
  forecast halved;
  std::uint64_t created = 0;
  for (int i = 0; i < 600; ++i) {
    halved.note_allowed(start + i * 1s, 10);
    halved.note_created(start + i * 1s, created += i < 530 ? 10 : 5);
  }
  const std::chrono::duration<double> eta = halved.eta(start + 600s, rows_at(5000, 10));
  EXPECT_NEAR(eta.count(), 1000, 30);
}

TEST(forecast, what_happened_while_the_job_was_young_is_soon_over) {
  const instant start{1h};
  forecast slow_at_first;
  std::uint64_t created = 0;
  for (int i = 0; i < 300; ++i) {
    slow_at_first.note_allowed(start + i * 1s, 10);
    slow_at_first.note_created(start + i * 1s, created += i < 140 ? 8 : 10);
  }
  const std::chrono::duration<double> eta = slow_at_first.eta(start + 300s, rows_at(9000, 10));
  EXPECT_NEAR(eta.count(), 900, 10);
}

TEST(forecast, rows_that_will_be_repeated_last_take_their_horizon_too) {
  const instant start{1h};
  work_left left = rows_at(1000, 10);
  left.horizon = 90s;
  EXPECT_EQ(forecast().eta(start, left), 100s);
  left.created = 1000;
  left.repeated = 100;  // one a second: the last one about a second before the end
  const std::chrono::duration<double> eta = forecast().eta(start, left);
  EXPECT_NEAR(eta.count(), 189, 0.1);
}

TEST(forecast, the_sweep_takes_as_long_as_earlier_scans) {
  const instant start{1h};
  forecast plain;
  work_left left = rows_at(100, 1);
  left.pages = 50;
  EXPECT_EQ(plain.eta(start, left), 110s);
  plain.note_pages(4, 2s);
  EXPECT_EQ(plain.eta(start, left), 125s);
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
