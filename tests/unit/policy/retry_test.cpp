#include "policy/retry.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using mux::errc;
using mux::idempotency;
using mux::stop_reason;
using mux::policy::ending;
using mux::policy::judge;
using mux::policy::retry_budget;
using mux::policy::retry_limits;
using mux::policy::verdict;
using action = verdict::action;

verdict decide(ending e, idempotency repeat, int attempt = 1, double u = 0.5) {
  retry_budget budget;
  return judge(e, repeat, attempt, retry_limits{}, budget, u);
}

ending status(int code) {
  ending e;
  e.status = code;
  e.bytes_sent = true;
  return e;
}

ending broken(errc why, bool bytes_sent) {
  ending e;
  e.failure = why;
  e.bytes_sent = bytes_sent;
  return e;
}

TEST(retry, a_usable_answer_ends_it) {
  EXPECT_EQ(decide(status(201), idempotency::create).what, action::succeed);
}

TEST(retry, a_create_is_repeated_only_if_nothing_was_sent) {
  for (const errc why : {errc::resolve_failed, errc::connect_failed, errc::tls_failed, errc::timed_out,
                         errc::connection_lost}) {
    const verdict v = decide(broken(why, false), idempotency::create);
    EXPECT_EQ(v.what, action::retry) << mux::to_string(why);
    EXPECT_FALSE(v.ambiguous);
  }
  for (const errc why : {errc::timed_out, errc::connection_lost_unanswered, errc::truncated_body}) {
    const verdict v = decide(broken(why, true), idempotency::create);
    EXPECT_EQ(v.what, action::give_up) << mux::to_string(why);
    EXPECT_TRUE(v.ambiguous);
    EXPECT_EQ(v.why, stop_reason::ambiguous);
  }
}

TEST(retry, a_create_with_an_answer_that_says_nothing_is_ambiguous) {
  for (const int code : {408, 500, 502, 503, 504, 507, 520, 522, 524, 599}) {
    const verdict v = decide(status(code), idempotency::create);
    EXPECT_EQ(v.what, action::give_up) << code;
    EXPECT_TRUE(v.ambiguous) << code;
    EXPECT_EQ(v.why, stop_reason::ambiguous) << code;
  }
  ending unreadable = status(201);
  unreadable.failure = errc::not_json;
  const verdict v = decide(unreadable, idempotency::create);
  EXPECT_EQ(v.what, action::give_up);
  EXPECT_TRUE(v.ambiguous);
}

TEST(retry, definite_refusals_are_reported_and_not_ambiguous) {
  for (const int code : {400, 401, 403, 404, 409, 422, 501, 505, 307}) {
    for (const idempotency repeat : {idempotency::create, idempotency::safe, idempotency::idempotent}) {
      const verdict v = decide(status(code), repeat);
      EXPECT_EQ(v.what, action::give_up) << code;
      EXPECT_FALSE(v.ambiguous) << code;
      EXPECT_EQ(v.why, stop_reason::not_retryable) << code;
    }
  }
}

TEST(retry, reads_and_absolute_writes_are_repeated_after_any_transient_failure) {
  for (const idempotency repeat :
       {idempotency::safe, idempotency::idempotent, idempotency::harmless_repeat}) {
    EXPECT_EQ(decide(broken(errc::connection_lost_unanswered, true), repeat).what, action::retry);
    EXPECT_EQ(decide(broken(errc::timed_out, true), repeat).what, action::retry);
    for (const int code : {408, 500, 502, 503, 504})
      EXPECT_EQ(decide(status(code), repeat).what, action::retry) << code;
  }
  EXPECT_FALSE(decide(broken(errc::timed_out, true), idempotency::safe).ambiguous);
  EXPECT_TRUE(decide(broken(errc::timed_out, true), idempotency::idempotent).ambiguous);
}

TEST(retry, a_change_of_state_is_never_repeated_after_bytes_went_out) {
  EXPECT_EQ(decide(broken(errc::timed_out, true), idempotency::once).what, action::give_up);
  EXPECT_EQ(decide(broken(errc::connect_failed, false), idempotency::once).what, action::retry);
}

TEST(retry, certificates_and_cancellation_are_final) {
  EXPECT_EQ(decide(broken(errc::certificate_untrusted, false), idempotency::safe).what, action::give_up);
  EXPECT_EQ(decide(broken(errc::certificate_wrong_host, false), idempotency::safe).what, action::give_up);
  const verdict v = decide(broken(errc::cancelled, true), idempotency::create);
  EXPECT_EQ(v.what, action::give_up);
  EXPECT_EQ(v.why, stop_reason::cancelled);
  EXPECT_TRUE(v.ambiguous);
}

TEST(retry, a_429_goes_back_to_the_queue_whatever_the_call_and_the_try) {
  for (const idempotency repeat : {idempotency::create, idempotency::once, idempotency::safe})
    EXPECT_EQ(decide(status(429), repeat, 99).what, action::requeue);
}

TEST(retry, stops_when_the_tries_are_used_up) {
  EXPECT_EQ(decide(status(503), idempotency::safe, 3).what, action::retry);
  const verdict v = decide(status(503), idempotency::safe, 4);
  EXPECT_EQ(v.what, action::give_up);
  EXPECT_EQ(v.why, stop_reason::exhausted);
}

TEST(retry, the_pause_has_full_jitter_under_a_doubling_ceiling) {
  EXPECT_EQ(decide(status(503), idempotency::safe, 1, 0.0).pause, 0ns);
  EXPECT_EQ(decide(status(503), idempotency::safe, 1, 0.5).pause, 125ms);
  EXPECT_EQ(decide(status(503), idempotency::safe, 3, 0.5).pause, 500ms);
  retry_budget budget;
  retry_limits many;
  many.tries = 100;
  EXPECT_EQ(judge(status(503), idempotency::safe, 60, many, budget, 0.5).pause, 4s);
}

TEST(retry, the_server_can_forbid_but_not_command_a_retry) {
  ending e = status(503);
  e.forbidden = true;
  EXPECT_EQ(decide(e, idempotency::safe).what, action::give_up);
}

TEST(retry, a_sick_server_uses_up_the_budget_and_successes_refill_it) {
  retry_budget budget;
  int retries = 0;
  while (judge(status(503), idempotency::safe, 1, retry_limits{}, budget, 0).what == action::retry) ++retries;
  EXPECT_EQ(retries, 100);
  EXPECT_EQ(judge(status(503), idempotency::safe, 1, retry_limits{}, budget, 0).why, stop_reason::budget);
  for (int i = 0; i < 5; ++i) (void)judge(status(200), idempotency::safe, 1, retry_limits{}, budget, 0);
  EXPECT_EQ(judge(status(503), idempotency::safe, 1, retry_limits{}, budget, 0).what, action::retry);
}

}  // namespace
