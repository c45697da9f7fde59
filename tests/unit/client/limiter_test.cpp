// The limiter as callers of a client see it, in virtual time: who goes when, what is learnt from answers, and
// who shares it.

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;
using mux::rate_class;

constexpr auto post_class = static_cast<std::size_t>(rate_class::video_post);

class limits_watcher final : public mux::observer {
 public:
  void on_limit_changed(rate_class c, double rate, int burst) override {
    ++changes;
    last_class = c;
    last_rate = rate;
    last_burst = burst;
  }
  int changes = 0;
  rate_class last_class = rate_class::unlimited;
  double last_rate = 0;
  int last_burst = 0;
};

class limiter : public send_loop {
 protected:
  limiter() { options.observer = changes; }
  ~limiter() override {
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }

  /// A server's bucket of this size that fills at one a second.
  void serve_bucket(double size) {
    auto tokens = std::make_shared<double>(size);
    auto at = std::make_shared<mux::policy::instant>(time->now());
    network->then([this, size, tokens, at] {
      *tokens = std::min(size, *tokens + std::chrono::duration<double>(time->now() - *at).count());
      *at = time->now();
      if (*tokens < 1) {
        ++server_refused;
        return answer(429, R"({"errors":["Too many requests, retry later."]})");
      }
      *tokens -= 1;
      return answer(201, "x");
    });
  }

  void share_state() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mux-limiter-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    options.limits.state_directory = folder;
  }

  /// Forgets this client, as the end of a process does.
  void end_process() {
    core_->close();
    core_.reset();
  }

  void expect_conforms(double burst, double rate) {
    const auto& sent = network->requests;
    for (std::size_t a = 0; a < sent.size(); ++a)
      for (std::size_t b = a; b < sent.size(); ++b) {
        const double length = std::chrono::duration<double>(sent[b].at - sent[a].at).count();
        ASSERT_LE(static_cast<double>(b - a + 1), burst + rate * length + 1e-5) << a << " to " << b;
      }
  }

  std::string order() const {
    std::string bodies;
    for (const seen& request : network->requests) bodies += request.body;
    return bodies;
  }

  std::shared_ptr<limits_watcher> changes = std::make_shared<limits_watcher>();
  std::filesystem::path folder;
  int server_refused = 0;
};

TEST_F(limiter, one_big_batch_does_not_hold_up_another_of_the_same_priority) {
  for (int i = 0; i < 9; ++i) start(raw(post_row, "a").flow(1));
  for (int i = 0; i < 3; ++i) start(raw(post_row, "b").flow(2));
  time->run(io);
  EXPECT_EQ(order(), "aaaabababaaa") << "three at once, then in turn";
}

TEST_F(limiter, an_interactive_call_goes_ahead_of_a_batch) {
  for (int i = 0; i < 9; ++i) start(raw(post_row, "b").priority(mux::priority::batch));
  time->run(io, time->now());
  start(raw(post_row, "i").priority(mux::priority::interactive));
  time->run(io);
  EXPECT_LE(order().find('i'), 4u);
}

TEST_F(limiter, says_what_is_going_on) {
  options.limits[rate_class::video_post].burst = 5;
  for (int i = 0; i < 10; ++i) start(raw(post_row, "{}"));
  time->run(io, time->now());
  const mux::class_stats now = core().stats().classes[post_class];
  EXPECT_EQ(now.queued, 6u);
  EXPECT_EQ(now.granted, 4u);
  EXPECT_EQ(now.in_flight, 0u);
  EXPECT_EQ(now.burst, 4);
  EXPECT_TRUE(now.burst_known);
  EXPECT_LT(now.tokens, 1);
  EXPECT_GE(now.wait, 7s);
  EXPECT_LE(now.wait, 7100ms);
  EXPECT_EQ(now.full_rate, 1);
  EXPECT_GT(now.rate, 0.99);
  EXPECT_FALSE(now.since_refusal);
  time->run(io);
  EXPECT_EQ(core().stats().classes[post_class].queued, 0u);
}

TEST_F(limiter, a_refusal_at_the_edge_teaches_the_burst_and_costs_nothing_of_the_rate) {
  options.limits[rate_class::video_post].burst = 20;  // more than there is
  serve_bucket(5);
  for (int i = 0; i < 30; ++i) start(raw(post_row, "{}"));
  const auto begun = time->now();
  time->run(io);
  const mux::class_stats then = core().stats().classes[post_class];
  EXPECT_LE(then.burst, 4);
  EXPECT_GT(then.rate, 0.99);
  EXPECT_GE(changes->changes, 1);
  EXPECT_EQ(changes->last_class, rate_class::video_post);
  EXPECT_EQ(changes->last_burst, then.burst);
  EXPECT_LT(time->now() - begun, 30s) << "25 seconds are needed";
}

TEST_F(limiter, refusals_that_come_from_others_cost_share_and_the_share_comes_back) {
  // A server without any burst that another client keeps busy every third time.
  int count = 0;
  network->then([&count] { return ++count % 3 == 0 && count < 60 ? answer(429) : answer(201, "x"); });
  for (int i = 0; i < 40; ++i) start(raw(post_row, "{}"));
  time->run(io);
  EXPECT_LT(core().stats().classes[post_class].rate, 0.9);
  EXPECT_TRUE(core().stats().classes[post_class].since_refusal);
  for (int i = 0; i < 1000; ++i) start(raw(post_row, "{}"));
  time->run(io);
  EXPECT_GT(core().stats().classes[post_class].rate, 0.99);
  EXPECT_GT(changes->last_rate, 0.99) << "the observer was told that the full rate is back";
}

TEST_F(limiter, discovery_finds_the_burst_with_one_refusal) {
  options.limits[rate_class::video_post].discover_burst = true;
  serve_bucket(10);
  for (int i = 0; i < 60; ++i) start(raw(post_row, "{}"));
  const auto begun = time->now();
  time->run(io);
  EXPECT_EQ(server_refused, 1);
  EXPECT_EQ(results.size(), 60u);
  const mux::class_stats then = core().stats().classes[post_class];
  EXPECT_TRUE(then.burst_known);
  EXPECT_GE(then.burst, 8);
  EXPECT_LE(then.burst, 9);
  EXPECT_LE(time->now() - begun, 55s) << "50 seconds are needed";
}

TEST_F(limiter, a_discovery_is_made_once_for_all_processes) {
  share_state();
  options.limits[rate_class::video_post].discover_burst = true;
  serve_bucket(10);
  for (int i = 0; i < 20; ++i) start(raw(post_row, "{}"));
  time->run(io);
  ASSERT_EQ(server_refused, 1);
  for (const bool again : {true, false}) {
    end_process();
    options.limits[rate_class::video_post].discover_burst = again;
    EXPECT_TRUE(core().stats().classes[post_class].burst_known);
    EXPECT_GE(core().stats().classes[post_class].burst, 8);
    for (int i = 0; i < 20; ++i) start(raw(post_row, "{}"));
    time->run(io);
    EXPECT_EQ(server_refused, 1);
  }
}

TEST_F(limiter, processes_that_share_a_bucket_spend_its_burst_once) {
  share_state();
  serve_bucket(3);
  for (int i = 0; i < 12; ++i) {
    start(raw(post_row, "{}"));
    time->run(io);
    end_process();
  }
  EXPECT_EQ(server_refused, 0);
  expect_conforms(3, 1);
}

TEST_F(limiter, clients_that_share_a_bucket_at_the_same_time_keep_it_together) {
  share_state();
  serve_bucket(4);
  std::vector<std::shared_ptr<mux::detail::client_core>> others;
  for (int client = 0; client < 4; ++client) {
    for (int i = 0; i < 5; ++i) start(raw(post_row, "{}"));
    others.push_back(core_);
    time->run(io, time->now());
    core_.reset();
  }
  time->run(io);
  EXPECT_EQ(ended.size(), 20u);
  EXPECT_EQ(server_refused, 0);
  expect_conforms(3, 1);
}

TEST_F(limiter, a_pause_outlives_the_process_that_was_refused) {
  share_state();
  network->then([] { return answer(429, "{}", {{"Retry-After", "40"}}); });
  network->then([] { return answer(201, "x"); });
  start(raw(post_row, "{}").deadline(10s));
  time->run(io);
  const auto refused_at = network->requests.at(0).at;
  end_process();
  start(raw(post_row, "{}"));
  time->run(io);
  ASSERT_EQ(network->requests.size(), 2u);
  EXPECT_GE(network->requests[1].at - refused_at, 40s);
}

TEST_F(limiter, a_503_that_names_a_time_silences_the_class_and_no_other) {
  network->then([] { return answer(503, "", {{"Retry-After", "30"}}); });
  network->then([] { return answer(200, "x"); });
  ASSERT_FALSE(one(raw(post_row, "{}")));
  const auto since = network->requests.back().at;
  start(raw(post_row, "{}"));
  start(raw(get_row));
  time->run(io);
  ASSERT_EQ(network->requests.size(), 3u);
  EXPECT_EQ(network->requests[1].method, mux::http_method::get);
  EXPECT_LT(network->requests[1].at - since, 1s);
  EXPECT_GE(network->requests[2].at - since, 30s);
}

TEST_F(limiter, the_servers_own_numbers_open_a_larger_burst) {
  double left = 100;
  network->then([&left] {
    left -= 1;
    return answer(200, "x",
                  {{"X-RateLimit-Limit", "100"}, {"X-RateLimit-Remaining", std::to_string(int(left))}});
  });
  for (int i = 0; i < 60; ++i) start(raw(get_row));
  const auto begun = time->now();
  time->run(io);
  EXPECT_LT(time->now() - begun, 8s) << "at 5 a second 60 would take 11 seconds";
  const mux::class_stats then = core().stats().classes[static_cast<std::size_t>(rate_class::video_other)];
  EXPECT_EQ(then.server_limit, 100);
  EXPECT_LE(then.server_remaining.value_or(1000), 100);
}

TEST_F(limiter, numbers_that_are_none_change_nothing) {
  network->then([] {
    return answer(200, "x", {{"X-RateLimit-Limit", "lots"}, {"X-RateLimit-Remaining", "-7"}});
  });
  for (int i = 0; i < 23; ++i) start(raw(get_row));
  const auto begun = time->now();
  time->run(io);
  EXPECT_GE(time->now() - begun, 4s);
  EXPECT_FALSE(core().stats().classes[static_cast<std::size_t>(rate_class::video_other)].server_limit);
}

TEST_F(limiter, after_the_machine_slept_the_bucket_counts_as_empty) {
  ASSERT_TRUE(one(raw(post_row, "{}")));
  time->advance(60s);
  time->sleep();
  for (int i = 0; i < 3; ++i) start(raw(post_row, "{}"));
  const auto woke = time->now();
  time->run(io);
  // The first one may go before the sleep is noticed, the others may not.
  EXPECT_GE(network->requests.back().at - woke, 1s);
}

}  // namespace
