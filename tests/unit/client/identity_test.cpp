// What a refused call says about its credentials.

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;

const char* const whoami = R"({"data":{"access_token_name":"ingest","environment_name":"Production",
  "environment_id":"env1","organization_id":"o","permissions":["video:read","data:read"]}})";

class explained : public send_loop {
 public:
  explained() { options.explain_refusals = true; }
  std::string hint_of_one() {
    const auto got = one(raw(get_row));
    EXPECT_FALSE(got);
    return got ? "" : got.error().hint;
  }
};

TEST_F(explained, a_refusal_names_environment_and_permissions_and_asks_once) {
  network->then([] { return answer(403, "{}"); });
  network->then([] { return answer(200, whoami); });
  network->then([] { return answer(404, "{}"); });
  EXPECT_EQ(hint_of_one(),
            R"(the token "ingest" belongs to the environment "Production" (env1) and may video:read, )"
            "data:read");
  EXPECT_EQ(network->requests.at(1).target, "/system/v1/whoami");
  EXPECT_NE(hint_of_one().find("another environment is not found"), std::string::npos);
  EXPECT_EQ(network->requests.size(), 3u);
}

TEST_F(explained, a_token_that_whoami_refuses_too_is_wrong) {
  network->then([] { return answer(401, "{}"); });
  EXPECT_EQ(hint_of_one(), "whoami is refused too: the token itself is wrong or revoked");
  EXPECT_EQ(network->requests.size(), 2u) << "the explanation is not explained";
}

TEST_F(explained, without_an_explanation_the_general_hint_stays_and_the_error_is_the_calls_own) {
  network->then([] { return answer(404, "{}"); });
  network->then([] { return broken(errc::connection_lost, false); });
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::not_found);
  EXPECT_NE(got.error().hint.find("whoami shows both"), std::string::npos);
}

TEST_F(explained, waits_no_longer_than_a_few_seconds_for_it) {
  options.limits[mux::rate_class::system].rate = 0.001;
  options.limits[mux::rate_class::system].burst = 2;  // one is kept in reserve
  mux::operation busy = get_row;
  busy.limit = mux::rate_class::system;
  ASSERT_TRUE(one(raw(busy)));
  network->then([] { return answer(403, "{}"); });
  const auto begun = time->now();
  EXPECT_NE(hint_of_one(), "");
  EXPECT_LE(time->now() - begun, 5s);
  EXPECT_EQ(network->requests.size(), 2u);
}

TEST_F(send_loop, refusals_are_not_explained_unasked) {
  network->then([] { return answer(404, "{}"); });
  EXPECT_FALSE(one(raw(get_row)));
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(explained, keeps_to_the_deadline_of_the_call) {
  options.limits[mux::rate_class::system].rate = 1;
  options.limits[mux::rate_class::system].burst = 2;  // one is kept in reserve
  mux::operation busy = get_row;
  busy.limit = mux::rate_class::system;
  ASSERT_TRUE(one(raw(busy)));  // the next of its class waits for a second
  network->then([] { return answer(404, "{}"); });
  const auto begun = time->now();
  const auto got = one(raw(get_row).deadline(500ms));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::not_found);
  EXPECT_LE(time->now() - begun, 500ms);
}

}  // namespace
