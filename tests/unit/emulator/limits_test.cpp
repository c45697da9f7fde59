#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using namespace std::chrono_literals;

TEST(limits, a_full_bucket_lets_a_burst_through_and_then_the_rate) {
  time_point now{};
  token_bucket bucket({1, 5}, now);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(bucket.take(now).granted);
  EXPECT_FALSE(bucket.take(now).granted);
  EXPECT_FALSE(bucket.take(now + 999ms).granted);
  EXPECT_TRUE(bucket.take(now + 1000ms).granted);
  EXPECT_FALSE(bucket.take(now + 1999ms).granted);
  EXPECT_TRUE(bucket.take(now + 2000ms).granted);
}

TEST(limits, a_refused_request_takes_nothing) {
  time_point now{};
  token_bucket bucket({1, 1}, now);
  EXPECT_TRUE(bucket.take(now).granted);
  for (int i = 1; i < 100; ++i) EXPECT_FALSE(bucket.take(now + i * 10ms).granted);
  EXPECT_TRUE(bucket.take(now + 1s).granted);
}

TEST(limits, a_request_a_token_is_never_refused_however_long_it_goes_on) {
  time_point now{};
  token_bucket bucket({3, 1}, now);
  // 1/3 s is no whole number of nanoseconds: rounded up, as a client would.
  for (int i = 0; i < 100'000; ++i, now += 333'333'334ns) ASSERT_TRUE(bucket.take(now).granted) << i;
}

TEST(limits, a_long_rest_fills_the_bucket_no_further_than_its_size) {
  time_point now{};
  token_bucket bucket({5, 3}, now);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(now + 24h).granted);
  EXPECT_FALSE(bucket.take(now + 24h).granted);
}

TEST(limits, the_verdict_tells_size_rest_and_wait) {
  time_point now{};
  token_bucket bucket({2, 2}, now);
  auto verdict = bucket.take(now);
  EXPECT_EQ(verdict.limit, 2);
  EXPECT_EQ(verdict.remaining, 1);
  EXPECT_EQ(verdict.next_token, 0ns);
  verdict = bucket.take(now);
  EXPECT_EQ(verdict.remaining, 0);
  EXPECT_EQ(verdict.next_token, 500ms);
}

TEST(limits, classes_follow_method_and_path) {
  EXPECT_EQ(classify("POST", "/video/v1/assets"), rate_class::video_post);
  EXPECT_EQ(classify("POST", "/video/v1/anything/new"), rate_class::video_post);
  for (const auto* method : {"GET", "PUT", "PATCH", "DELETE"})
    EXPECT_EQ(classify(method, "/video/v1/assets"), rate_class::video_other);
  EXPECT_EQ(classify("GET", "/data/v1/monitoring/metrics"), rate_class::monitoring);
  EXPECT_EQ(classify("GET", "/data/v1/realtime/metrics"), rate_class::monitoring);
  EXPECT_EQ(classify("GET", "/data/v1/metrics"), rate_class::data);
  EXPECT_EQ(classify("GET", "/system/v1/whoami"), rate_class::system);
  EXPECT_EQ(classify("POST", "/robots/v0/jobs"), rate_class::robots);
  EXPECT_EQ(classify("GET", "/elsewhere"), rate_class::unlimited);
}

TEST(limits, the_documented_rates_are_the_default) {
  auto options = quiet_options();
  options.limits = server_options().limits;
  harness h(options);
  const auto granted = [&h](std::string_view method, std::string_view target) {
    int count = 0;
    while (count < 50 && h.call(method, target, "{}").status != 429) ++count;
    return count;
  };
  EXPECT_EQ(granted("POST", "/video/v1/assets"), 5);
  EXPECT_EQ(granted("GET", "/video/v1/assets"), 5);
  EXPECT_EQ(granted("GET", "/data/v1/monitoring/metrics"), 5);
  EXPECT_EQ(granted("GET", "/data/v1/metrics"), 5);
  EXPECT_EQ(granted("GET", "/system/v1/whoami"), 50);
  h.advance(1s);
  EXPECT_EQ(granted("POST", "/video/v1/assets"), 1);
  EXPECT_EQ(granted("GET", "/video/v1/assets"), 5);
  EXPECT_EQ(granted("GET", "/data/v1/monitoring/metrics"), 1);
  EXPECT_EQ(granted("GET", "/data/v1/metrics"), 5);
}

TEST(limits, unauthorized_requests_are_not_charged) {
  auto options = quiet_options();
  options.limit(rate_class::video_other) = {1, 1};
  harness h(options);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(h.send("GET", "/video/v1/assets", "", "").status, 401);
  EXPECT_EQ(h.call("GET", "/video/v1/assets").status, 200);
}

server_options two_environments() {
  auto options = quiet_options();
  options.limit(rate_class::video_other) = {1, 1};
  options.tokens.resize(3);
  for (const int i : {1, 2}) {
    options.tokens[i].id = "id" + std::to_string(i);
    options.tokens[i].secret = "secret";
    options.tokens[i].authorization = "bearer" + std::to_string(i);
  }
  options.tokens[2].environment_id = "other1";
  return options;
}

TEST(limits, tokens_of_one_environment_share_a_bucket_others_do_not) {
  harness h(two_environments());
  EXPECT_EQ(h.call("GET", "/video/v1/assets").status, 200);
  EXPECT_EQ(h.send("GET", "/video/v1/assets", "", "Bearer bearer1").status, 429);
  EXPECT_EQ(h.send("GET", "/video/v1/assets", "", "Bearer bearer2").status, 200);
}

TEST(limits, an_account_wide_bucket_is_shared_by_all_environments) {
  auto options = two_environments();
  options.limit_scope = limit_scope::account;
  harness h(options);
  EXPECT_EQ(h.call("GET", "/video/v1/assets").status, 200);
  EXPECT_EQ(h.send("GET", "/video/v1/assets", "", "Bearer bearer2").status, 429);
}

TEST(limits, environments_do_not_see_each_others_assets) {
  auto options = two_environments();
  options.limits.fill(no_limit);
  harness h(options);
  const auto id = h.create();
  EXPECT_EQ(h.send("GET", harness::path(id), "", "Bearer bearer1").status, 200);
  EXPECT_EQ(h.send("GET", harness::path(id), "", "Bearer bearer2").status, 404);
}

TEST(limits, a_new_limit_starts_with_a_full_bucket) {
  auto options = quiet_options();
  options.limit(rate_class::video_other) = {1, 1};
  harness h(options);
  (void)h.call("GET", "/video/v1/assets");
  h.api.with_world([](world& w) { w.limits.set(rate_class::video_other, {1, 3}); });
  for (const int status : {200, 200, 200, 429}) EXPECT_EQ(h.call("GET", "/video/v1/assets").status, status);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
