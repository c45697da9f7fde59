#include "emulator/faults.hpp"

#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

TEST(faults, are_read_from_text) {
  auto f = parse_fault("delay:1500@video_other=0.25*3");
  ASSERT_TRUE(f);
  EXPECT_EQ(f->kind, fault_kind::delay);
  EXPECT_EQ(f->delay, std::chrono::milliseconds(1500));
  EXPECT_EQ(f->match, "video_other");
  EXPECT_EQ(f->probability, 0.25);
  EXPECT_EQ(f->count, 3u);

  f = parse_fault("create_answer_lost=0.05");
  ASSERT_TRUE(f);
  EXPECT_EQ(f->kind, fault_kind::drop_after);
  EXPECT_EQ(f->match, "video.assets.create");
  EXPECT_EQ(f->probability, 0.05);
  EXPECT_FALSE(f->count);

  f = parse_fault("upload_answer_lost*1");
  ASSERT_TRUE(f);
  EXPECT_EQ(f->kind, fault_kind::drop_after);
  EXPECT_EQ(f->match, "storage.finish");
  EXPECT_EQ(parse_fault("partial")->kind, fault_kind::partial);
  EXPECT_EQ(parse_fault("cut")->kind, fault_kind::cut);
  EXPECT_EQ(parse_fault("expire_session")->kind, fault_kind::expire_session);
  EXPECT_EQ(parse_fault("upload_errored")->kind, fault_kind::upload_errored);

  for (const auto* text : {"", "drop", "drop_after=2", "drop_after=-1", "drop_after=nan", "drop_after*x",
                           "drop_after@", "delay:-1", "delay:x", "create_answer_lost@data"})
    EXPECT_FALSE(parse_fault(text)) << text;
}

reply create_with(std::string_view fault, std::uint64_t& creates) {
  auto options = quiet_options();
  options.faults.push_back(*parse_fault(fault));
  harness h(options);
  auto answer = h.call("POST", "/video/v1/assets", R"({"input":"https://example.com/a"})");
  creates = h.ledger().creates;
  EXPECT_EQ(h.ledger().faults, 1u);
  return answer;
}

TEST(faults, strike_before_or_after_the_commit) {
  std::uint64_t creates = 0;
  EXPECT_EQ(create_with("drop_before", creates).delivery, delivery::dropped);
  EXPECT_EQ(creates, 0u);
  EXPECT_EQ(create_with("drop_after", creates).delivery, delivery::dropped);
  EXPECT_EQ(creates, 1u);
  EXPECT_EQ(create_with("reset_before", creates).delivery, delivery::reset);
  EXPECT_EQ(creates, 0u);
  EXPECT_EQ(create_with("reset_after", creates).delivery, delivery::reset);
  EXPECT_EQ(creates, 1u);
  EXPECT_EQ(create_with("truncate", creates).delivery, delivery::truncated);
  EXPECT_EQ(creates, 1u);
  EXPECT_EQ(create_with("delay:70000", creates).delay, std::chrono::seconds(70));
  EXPECT_EQ(creates, 1u);
}

TEST(faults, put_html_where_json_was_expected) {
  std::uint64_t creates = 0;
  for (const auto& [name, status, committed] : {std::tuple("http_500_before", 500, 0u),
                                                {"http_500_after", 500, 1u},
                                                {"http_502_before", 502, 0u},
                                                {"http_502_after", 502, 1u},
                                                {"http_503_before", 503, 0u},
                                                {"http_503_after", 503, 1u},
                                                {"html_before", 200, 0u},
                                                {"html_after", 200, 1u}}) {
    const auto answer = create_with(name, creates);
    EXPECT_EQ(answer.status, status) << name;
    EXPECT_EQ(answer.content_type, "text/html");
    EXPECT_TRUE(answer.body.starts_with("<html>"));
    EXPECT_EQ(creates, committed) << name;
  }
}

TEST(faults, match_operations_and_classes) {
  fault_plan plan({*parse_fault("drop_after@video.assets.create")}, 1);
  EXPECT_TRUE(plan.draw("video.assets.create", "video_post"));
  EXPECT_FALSE(plan.draw("video.assets.create_playback_id", "video_post"));
  plan.set({*parse_fault("drop_after@video_post")});
  EXPECT_TRUE(plan.draw("video.assets.create_playback_id", "video_post"));
  EXPECT_FALSE(plan.draw("video.assets.list", "video_other"));
  plan.set({});
  EXPECT_FALSE(plan.draw("video.assets.create", "video_post"));
}

TEST(faults, a_count_is_used_up_and_the_next_fault_follows) {
  fault_plan plan({*parse_fault("drop_after*2"), *parse_fault("truncate*1")}, 1);
  EXPECT_EQ(plan.draw("", "")->kind, fault_kind::drop_after);
  EXPECT_EQ(plan.draw("", "")->kind, fault_kind::drop_after);
  EXPECT_EQ(plan.draw("", "")->kind, fault_kind::truncate);
  EXPECT_FALSE(plan.draw("", ""));
}

TEST(faults, a_probability_is_kept_and_repeats_with_the_seed) {
  const auto strikes = [](std::uint64_t seed) {
    fault_plan plan({*parse_fault("drop_after=0.05")}, seed);
    std::vector<int> at;
    for (int i = 0; i < 10'000; ++i)
      if (plan.draw("", "")) at.push_back(i);
    return at;
  };
  EXPECT_NEAR(static_cast<double>(strikes(1).size()), 500, 100);
  EXPECT_EQ(strikes(1), strikes(1));
  EXPECT_NE(strikes(1), strikes(2));
}

TEST(faults, spare_refused_and_unauthorized_requests) {
  auto options = quiet_options();
  options.faults.push_back(*parse_fault("drop_after"));
  options.limit(rate_class::video_other) = {1, 1};
  harness h(options);
  EXPECT_EQ(h.send("GET", "/video/v1/assets", "", "").delivery, delivery::whole);
  EXPECT_EQ(h.call("GET", "/video/v1/assets").delivery, delivery::dropped);
  const auto refused = h.call("GET", "/video/v1/assets");
  EXPECT_EQ(refused.delivery, delivery::whole);
  EXPECT_EQ(refused.status, 429);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
