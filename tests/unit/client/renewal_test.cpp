// A connection that the server closes just when it is used again, and other endings that cost no try.

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;
using mux::policy::freshness;

class renewal : public send_loop {};

TEST_F(renewal, a_read_on_a_stale_connection_goes_out_again_at_once_on_a_new_one) {
  network->then([] { return stale(); });
  network->then([] { return answer(200, "hello"); });
  const auto begun = time->now();
  const auto got = one(raw(get_row).tries(1));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(*got, "hello");
  EXPECT_EQ(network->asked, (std::vector{freshness::any, freshness::unused}));
  EXPECT_EQ(time->now(), begun) << "no pause";
  EXPECT_EQ(core().stats().renewed, 1u);
  EXPECT_EQ(core().stats().retried, 0u);
}

TEST_F(renewal, happens_once_and_then_tries_count) {
  network->then([] { return stale(); }, 2);
  network->then([] { return answer(200); });
  const auto got = one(raw(get_row).tries(1));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::connection_lost_unanswered);
  EXPECT_EQ(got.error().stopped, mux::stop_reason::exhausted);
  EXPECT_EQ(network->requests.size(), 2u);
}

TEST_F(renewal, a_create_of_which_bytes_were_sent_is_ambiguous_and_never_sent_again) {
  network->then([] { return stale(); });
  const auto got = one(raw(post_row, "{}"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::ambiguous);
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(renewal, a_create_of_which_nothing_left_the_machine_goes_out_again) {
  network->then([] { return stale(false); });
  network->then([] { return answer(201); });
  ASSERT_TRUE(one(raw(post_row, "{}").tries(1)));
  EXPECT_EQ(network->asked, (std::vector{freshness::recent, freshness::unused}));
}

TEST_F(renewal, is_not_for_an_answer_that_had_begun_or_a_new_connection) {
  network->then([] {
    transport::outcome o = stale();
    o.failure->answer_started = true;
    return o;
  });
  EXPECT_FALSE(one(raw(get_row).tries(1)));
  network->then([] { return broken(errc::connection_lost_unanswered, true); });
  EXPECT_FALSE(one(raw(get_row).tries(1)));
  EXPECT_EQ(core().stats().renewed, 0u);
}

TEST_F(renewal, a_body_of_which_a_sink_has_seen_a_part_is_not_fetched_again) {
  network->then([] {
    transport::outcome o = broken(errc::truncated_body, true);
    o.failure->answer_started = o.failure->delivered = true;
    return o;
  });
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::truncated_body);
  EXPECT_EQ(network->requests.size(), 1u);
}

}  // namespace
