#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

constexpr std::string_view not_found_body =
    R"({"error":{"type":"not_found","messages":["The requested resource either doesn't exist or you don't have access to it."]}})";
constexpr std::string_view unauthorized_body =
    R"({"error":{"type":"unauthorized","messages":["Unauthorized request"]}})";
constexpr std::string_view unparsable_body =
    R"({"error":{"type":"invalid_parameters","messages":["Failed to parse ID"]}})";

TEST(answers, whoami_names_token_environment_organization_and_permissions) {
  harness h;
  const auto answer = h.call("GET", "/system/v1/whoami");
  EXPECT_EQ(answer.status, 200);
  const auto me = harness::data(answer);
  EXPECT_EQ(me.at("access_token_name"), "emulator");
  EXPECT_EQ(me.at("environment_id"), "emulat");
  EXPECT_EQ(me.at("environment_name"), "Emulator");
  EXPECT_EQ(me.at("environment_type"), "development");
  EXPECT_EQ(me.at("organization_id"), "emulatororg");
  EXPECT_EQ(me.at("organization_name"), "Emulator");
  EXPECT_EQ(me.at("permissions").as_array().size(), 4u);
}

TEST(answers, wrong_missing_or_malformed_credentials_are_answered_401) {
  harness h;
  for (const auto* authorization :
       {"", "Basic", "Basic ", "Basic aWQ6d3Jvbmc=", "Basic !!!!", "Bearer secret", "aWQ6c2VjcmV0"}) {
    const auto answer = h.send("GET", "/system/v1/whoami", "", authorization);
    EXPECT_EQ(answer.status, 401) << authorization;
    EXPECT_EQ(answer.body, unauthorized_body);
  }
  EXPECT_EQ(h.ledger().unauthorized, 7u);
}

TEST(answers, a_bearer_token_counts_as_its_token) {
  auto options = quiet_options();
  options.tokens.front().authorization = "bearer-token";
  harness h(options);
  EXPECT_EQ(h.send("GET", "/system/v1/whoami", "", "Bearer bearer-token").status, 200);
  EXPECT_EQ(h.send("GET", "/system/v1/whoami", "", "bearer bearer-token").status, 200);
  EXPECT_EQ(h.send("GET", "/system/v1/whoami", "", "Bearer bearer-tokem").status, 401);
}

TEST(answers, unknown_routes_and_methods_are_answered_404_and_counted) {
  harness h;
  for (const auto* target :
       {"/", "/video/v1", "/video/v1/assets/", "/video/v1/uploads/", "/video/v1/assets//playback-ids"})
    EXPECT_EQ(h.call("GET", target).body, not_found_body) << target;
  EXPECT_EQ(h.call("PUT", "/video/v1/assets").status, 404);
  EXPECT_EQ(h.ledger().unknown_routes, 6u);
}

TEST(answers, an_unknown_id_is_404_and_a_malformed_one_400) {
  harness h;
  for (const auto* method : {"GET", "PATCH", "DELETE"}) {
    const auto unknown = h.call(method, harness::path(unknown_id));
    EXPECT_EQ(unknown.status, 404) << method;
    EXPECT_EQ(unknown.body, not_found_body);
    for (const auto* id :
         {"abc", "..%2F..%2Fsystem%2Fv1%2Fwhoami", "%00", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-x"}) {
      const auto malformed = h.call(method, harness::path(id));
      EXPECT_EQ(malformed.status, 400) << method << ' ' << id;
      EXPECT_EQ(malformed.body, unparsable_body);
    }
  }
}

TEST(answers, a_refused_request_gets_the_46_bytes_that_were_observed) {
  auto options = quiet_options();
  options.limit(rate_class::video_other) = {1, 1};
  harness h(options);
  EXPECT_EQ(h.call("GET", "/video/v1/assets").status, 200);
  const auto refused = h.call("GET", "/video/v1/assets");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, R"({"errors":["Too many requests, retry later."]})");
  EXPECT_EQ(refused.body.size(), 46u);
  EXPECT_EQ(refused.content_type, "application/json; charset=utf-8");
  EXPECT_TRUE(refused.fields.empty());
}

TEST(answers, limit_headers_and_retry_after_come_when_asked_for) {
  auto options = quiet_options();
  options.limit(rate_class::video_other) = {0.4, 2};
  options.rate_limit_headers = options.retry_after = true;
  harness h(options);
  using field = std::pair<std::string_view, std::string>;
  EXPECT_THAT(h.call("GET", "/video/v1/assets").fields,
              testing::ElementsAre(field("X-RateLimit-Limit", "2"), field("X-RateLimit-Remaining", "1")));
  (void)h.call("GET", "/video/v1/assets");
  EXPECT_THAT(h.call("GET", "/video/v1/assets").fields,
              testing::ElementsAre(field("Retry-After", "3"), field("X-RateLimit-Limit", "2"),
                                   field("X-RateLimit-Remaining", "0")));
}

TEST(answers, latency_is_added_to_every_answer) {
  auto options = quiet_options();
  options.latency = std::chrono::milliseconds(30);
  harness h(options);
  EXPECT_EQ(h.call("GET", "/system/v1/whoami").delay, std::chrono::milliseconds(30));
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
