// The send loop against a scripted network in virtual time: what it sends, when, and what it makes of every
// ending.

#include "codec/schema.hpp"
#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;

TEST_F(send_loop, sends_one_request_and_hands_over_the_answer) {
  network->then([] { return answer(200, "hello"); });
  const auto got = one(raw(get_row));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(*got, "hello");
  ASSERT_EQ(network->requests.size(), 1u);
  EXPECT_EQ(network->requests[0].target, "/video/v1/things");
  EXPECT_EQ(network->requests[0].host, "api.mux.com");
  EXPECT_EQ(seen_by->finished, 1);
}

TEST_F(send_loop, authenticates_by_basic_and_names_itself) {
  options.user_agent = "shop/2.0";
  (void)one(raw(get_row));
  const transport::headers expected = {{"User-Agent", "shop/2.0 mux-cpp/0.1.0"},
                                       {"Accept", "application/json"},
                                       {"Authorization", "Basic aWQ6c2VjcmV0"}};
  EXPECT_EQ(network->requests.at(0).fields, expected);
}

TEST_F(send_loop, prefers_a_bearer_token) {
  options.credentials.authorization_token = "tok";
  (void)one(raw(get_row));
  EXPECT_EQ(network->requests.at(0).fields.back(),
            (std::pair<std::string, std::string>("Authorization", "Bearer tok")));
}

TEST_F(send_loop, credentials_never_go_to_another_host) {
  (void)one(raw(stream_row));
  EXPECT_EQ(network->requests.at(0).host, "stream.mux.com");
  for (const auto& [name, value] : network->requests[0].fields) EXPECT_NE(name, "Authorization");
}

TEST_F(send_loop, adds_the_callers_headers_and_refuses_broken_ones) {
  ASSERT_TRUE(one(raw(get_row).header("X-Trace", "abc")));
  EXPECT_EQ(network->requests.at(0).fields.back(), (std::pair<std::string, std::string>("X-Trace", "abc")));
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"X-A", "one\r\nX-B: two"},
                                                        {"", "v"},
                                                        {"X A", "v"},
                                                        {"X:A", "v"},
                                                        {"X-A", std::string("a\0b", 3)}}) {
    const auto got = one(raw(get_row).header(name, value));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, errc::invalid_argument);
  }
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(send_loop, a_fault_of_the_request_is_reported_and_nothing_is_sent) {
  mux::detail::request_base base;
  base.op = &get_row;
  base.fault = mux::error(errc::invalid_argument, "ID is empty");
  const auto got = one(mux::request<std::string>(std::move(base)));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::invalid_argument);
  EXPECT_EQ(got.error().attempts, 0);
  EXPECT_TRUE(network->requests.empty());
}

TEST_F(send_loop, keeps_the_documented_rate_for_creates) {
  for (int i = 0; i < 10; ++i) start(raw(post_row, "{}"));
  const auto begun = time->now();
  time->run(io);
  ASSERT_EQ(network->requests.size(), 10u);
  // An unknown bucket: three at once, then one a second, a hair more.
  for (std::size_t i = 0; i < 10; ++i) {
    const auto due = begun + std::chrono::seconds(i < 3 ? 0 : i - 2);
    EXPECT_GE(network->requests[i].at, due) << i;
    EXPECT_LE(network->requests[i].at, due + 20ms) << i;
  }
}

TEST_F(send_loop, classes_do_not_block_each_other) {
  for (int i = 0; i < 20; ++i) start(raw(post_row, "{}"));
  start(raw(get_row));
  time->run(io, time->now());
  ASSERT_FALSE(network->requests.empty());
  EXPECT_EQ(network->requests.back().method, mux::http_method::get);
}

TEST_F(send_loop, repeats_a_read_after_a_server_error) {
  network->then([] { return answer(503, ""); }, 2);
  network->then([] { return answer(200, "ok"); });
  const auto got = one(raw(get_row));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(network->requests.size(), 3u);
  EXPECT_EQ(seen_by->retried, 2);
}

TEST_F(send_loop, gives_up_a_read_after_four_tries_and_says_so) {
  network->then([] { return answer(502, "<html>"); });
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::server_error);
  EXPECT_EQ(got.error().http_status, 502);
  EXPECT_EQ(got.error().attempts, 4);
  EXPECT_EQ(got.error().stopped, mux::stop_reason::exhausted);
  EXPECT_EQ(network->requests.size(), 4u);
}

TEST_F(send_loop, a_create_whose_answer_was_lost_is_never_sent_again) {
  network->then([] { return broken(errc::connection_lost_unanswered, true); });
  const auto got = one(raw(post_row, "{}"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::ambiguous);
  EXPECT_EQ(got.error().cause, errc::connection_lost_unanswered);
  EXPECT_TRUE(got.error().ambiguous);
  EXPECT_TRUE(got.error().bytes_sent);
  EXPECT_EQ(got.error().stopped, mux::stop_reason::ambiguous);
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(send_loop, a_create_that_never_left_is_sent_again) {
  network->then_unreachable(errc::connect_failed);
  network->then([] { return answer(201, "made"); });
  const auto got = one(raw(post_row, "{}"));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(send_loop, a_call_that_never_left_does_not_use_up_the_limiter) {
  options.retry.tries = 1;
  network->then_unreachable(errc::connect_failed);
  ASSERT_FALSE(one(raw(post_row, "{}")));
  EXPECT_DOUBLE_EQ(core().stats().classes[0].tokens, 3);
}

TEST_F(send_loop, an_override_makes_a_create_repeatable) {
  network->then([] { return broken(errc::connection_lost_unanswered, true); });
  network->then([] { return answer(201, "made"); });
  EXPECT_TRUE(one(raw(post_row, "{}").repeat(mux::idempotency::harmless_repeat)));
  EXPECT_EQ(network->requests.size(), 2u);
}

TEST_F(send_loop, a_429_waits_and_goes_on_without_using_up_a_try) {
  network->then([] { return answer(429, R"({"errors":["Too many requests, retry later."]})"); }, 6);
  network->then([] { return answer(201, "made"); });
  const auto got = one(raw(post_row, "{}").tries(1));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(network->requests.size(), 7u);
  EXPECT_EQ(seen_by->throttled, 6);
  for (std::size_t i = 1; i < network->requests.size(); ++i)
    EXPECT_GE(network->requests[i].at - network->requests[i - 1].at, 1s);
}

TEST_F(send_loop, a_429_that_the_deadline_does_not_allow_to_wait_for_is_reported_as_such) {
  network->then([] {
    return answer(429, R"({"errors":["Too many requests, retry later."]})", {{"Retry-After", "30"}});
  });
  const auto got = one(raw(post_row, "{}").deadline(5s));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::rate_limited);
  EXPECT_EQ(got.error().api_messages, std::vector<std::string>{"Too many requests, retry later."});
  EXPECT_GE(got.error().predicted_wait, 29s);
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(send_loop, a_429_goes_back_to_the_head_of_the_queue) {
  network->then([] { return answer(201, "x"); }, 3);
  network->then([] { return answer(429, "{}"); });
  network->then([] { return answer(201, "x"); });
  for (int i = 0; i < 6; ++i) start(raw(post_row, std::to_string(i)));
  time->run(io);
  std::string order;
  for (const seen& request : network->requests) order += request.body;
  EXPECT_EQ(order, "0123345") << "the fourth, refused, goes again before those that wait behind it";
}

TEST_F(send_loop, a_call_that_failed_queues_up_anew) {
  options.retry.base_pause = options.retry.max_pause = 1ns;
  options.limits[mux::rate_class::video_other].rate = 1;
  network->then([] { return answer(200, "x"); }, 3);
  network->then([] { return answer(500, ""); });
  network->then([] { return answer(200, "x"); });
  for (int i = 0; i < 6; ++i) start(raw(get_row, std::to_string(i)));
  time->run(io);
  std::string order;
  for (const seen& request : network->requests) order += request.body;
  EXPECT_EQ(order, "0123453") << "the fourth, failed, goes again behind those that waited behind it";
}

TEST_F(send_loop, refuses_at_once_what_the_queue_cannot_serve_in_time) {
  for (int i = 0; i < 10; ++i) start(raw(post_row, "{}"));
  start(raw(post_row, "{}").deadline(2s));
  time->run(io);
  ASSERT_FALSE(*results.back());
  EXPECT_EQ(results.back()->error().code, errc::would_exceed_deadline);
  EXPECT_GE(results.back()->error().predicted_wait, 7s);
  EXPECT_EQ(results.back()->error().attempts, 0);
  EXPECT_EQ(network->requests.size(), 10u);
}

TEST_F(send_loop, a_deadline_ends_the_retries) {
  network->then([] { return answer(503, ""); });
  const auto got = one(raw(get_row).deadline(1ms).tries(50));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::server_error);
  EXPECT_EQ(got.error().stopped, mux::stop_reason::deadline);
}

TEST_F(send_loop, maps_statuses_to_codes_with_the_apis_words_and_request_id) {
  const std::vector<std::pair<int, errc>> cases = {
      {400, errc::bad_request},       {401, errc::unauthorized},     {403, errc::permission_denied},
      {404, errc::not_found},         {409, errc::conflict},         {422, errc::unprocessable},
      {418, errc::unexpected_status}, {301, errc::unexpected_status}};
  for (const auto& [status, code] : cases) {
    network = std::make_shared<scripted_network>(*time);
    core_.reset();
    network->then([status = status] {
      return answer(status, R"({"error":{"type":"some_type","messages":["one","two"]}})",
                    {{"X-Request-Id", "rq1"}});
    });
    const auto got = one(raw(get_row));
    ASSERT_FALSE(got) << status;
    EXPECT_EQ(got.error().code, code) << status;
    EXPECT_EQ(got.error().http_status, status);
    EXPECT_EQ(got.error().request_id, "rq1");
    EXPECT_EQ(network->requests.size(), 1u) << "definite answers are not repeated";
    if (status != 301) {
      EXPECT_EQ(got.error().api_type, "some_type");
      EXPECT_EQ(got.error().api_messages.size(), 2u);
    }
  }
}

TEST_F(send_loop, hints_at_permission_and_environment_on_404) {
  network->then([] { return answer(404, "{}"); });
  EXPECT_NE(one(raw(get_row)).error().hint.find("whoami"), std::string::npos);
}

TEST_F(send_loop, a_delete_that_is_gone_after_a_lost_answer_succeeded) {
  network->then([] { return broken(errc::connection_lost_unanswered, true); });
  network->then([] { return answer(404, "{}"); });
  EXPECT_TRUE(one(raw(delete_row)));
}

TEST_F(send_loop, a_delete_of_what_was_never_there_is_not_found) {
  network->then([] { return answer(404, "{}"); });
  EXPECT_EQ(one(raw(delete_row)).error().code, errc::not_found);
}

TEST_F(send_loop, the_bound_on_bodies_is_the_decoders_too) {
  options.response.body = 100;
  mux::detail::request_base base;
  base.op = &get_row;
  base.target = "/";
  base.answer = &mux::codec::type_of<std::string>;
  for (const std::size_t length : {98u, 99u}) {
    network->then([length] { return answer(200, '"' + std::string(length, 'x') + '"'); });
    const auto got = one(mux::request<std::string>(base));
    EXPECT_EQ(got ? errc::none : got.error().code, length == 98 ? errc::none : errc::response_too_large);
    network = std::make_shared<scripted_network>(*time);
    core_.reset();
  }
}

TEST_F(send_loop, knows_the_servers_time_from_its_answers) {
  network->then([] { return answer(200, "x", {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}); });
  (void)one(raw(get_row));
  time->advance(90s);
  const auto read = core().server_time().read(time->now());
  ASSERT_TRUE(read);
  EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(*read).time_since_epoch(), 784111777s + 90s);
}

TEST_F(send_loop, a_slow_handshake_does_not_make_requests_leave_together) {
  // Each connection takes 900 ms: without care the grants of several seconds would leave in one burst.
  network->connect_time = 900ms;
  for (int i = 0; i < 8; ++i) start(raw(post_row, "{}"));
  time->run(io);
  ASSERT_EQ(network->requests.size(), 8u);
  for (std::size_t a = 0; a < 8; ++a)
    for (std::size_t b = a; b < 8; ++b) {
      const double length =
          std::chrono::duration<double>(network->requests[b].at - network->requests[a].at).count();
      EXPECT_LE(static_cast<double>(b - a + 1), 4 + length + 1e-6);
    }
}

// The first call has a connection and is refused; the other two have their turns too, and still shake hands.
TEST_F(send_loop, who_still_shakes_hands_when_another_is_refused_keeps_the_pause_and_no_connection) {
  network->then([] { return answer(429, "{}", {{"Retry-After", "600"}}); });
  network->then([] { return answer(201, "x"); });
  network->latency = 100ms;
  network->handshake = 200ms;
  network->ready_connections = 1;
  for (int i = 0; i < 3; ++i) start(raw(post_row, std::to_string(i)));
  time->run(io, time->now() + 300s);
  EXPECT_EQ(network->acquired, 3);
  EXPECT_EQ(network->requests.size(), 1u);
  EXPECT_EQ(network->held, 0) << "connections of calls that only wait";
  time->run(io);
  ASSERT_EQ(network->requests.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_GE(network->requests[i].at - network->requests[0].at, 600s) << i;
}

TEST_F(send_loop, a_cancellation_while_the_answer_comes_does_not_wait_for_the_next_try) {
  options.retry.base_pause = options.retry.max_pause = 1h;
  network->then([this] {
    cancel.emit(asio::cancellation_type::terminal);
    return answer(503, "");
  });
  mux::result<std::string> got = mux::error(errc::none);
  start_cancellable(raw(get_row), got);
  time->run(io, time->now() + 1s);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
}

TEST_F(send_loop, a_cancelled_call_leaves_the_queue_and_the_others_are_served) {
  for (int i = 0; i < 4; ++i) start(raw(post_row, std::to_string(i)));
  mux::result<std::string> got = mux::error(errc::none);
  start_cancellable(raw(post_row, "cancelled"), got);
  start(raw(post_row, "after"));
  time->run(io, time->now());
  cancel.emit(asio::cancellation_type::terminal);
  time->run(io);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
  EXPECT_EQ(got.error().attempts, 0);
  EXPECT_FALSE(got.error().ambiguous);
  ASSERT_EQ(network->requests.size(), 5u);
  EXPECT_EQ(network->requests.back().body, "after");
  EXPECT_EQ(core().stats().classes[0].queued, 0u);
}

TEST_F(send_loop, cancelling_the_pause_before_a_retry_ends_the_call) {
  network->then([] { return answer(503, ""); });
  options.retry.base_pause = 1h;
  options.retry.max_pause = 1h;
  mux::result<std::string> got = mux::error(errc::none);
  start_cancellable(raw(get_row), got);
  time->run(io, time->now());
  cancel.emit(asio::cancellation_type::terminal);
  time->run(io, time->now());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
}

TEST_F(send_loop, a_cancellation_at_the_moment_of_a_grant_is_not_lost_and_the_token_goes_back) {
  seen_by->at_grant = [this] { cancel.emit(asio::cancellation_type::terminal); };
  mux::result<std::string> got = mux::error(errc::none);
  start_cancellable(raw(post_row, "{}"), got);
  time->run(io);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
  EXPECT_FALSE(got.error().ambiguous);
  EXPECT_TRUE(network->requests.empty());
  EXPECT_DOUBLE_EQ(core().stats().classes[0].tokens, 3);
}

TEST_F(send_loop, a_cancellation_while_the_connection_comes_sends_nothing) {
  network->on_acquire = [this] { cancel.emit(asio::cancellation_type::terminal); };
  mux::result<std::string> got = mux::error(errc::none);
  start_cancellable(raw(post_row, "{}"), got);
  time->run(io);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
  EXPECT_TRUE(network->requests.empty());
}

TEST_F(send_loop, closing_the_client_ends_queued_calls_with_shut_down) {
  for (int i = 0; i < 5; ++i) start(raw(post_row, "{}"));
  time->run(io, time->now());
  EXPECT_EQ(ended.size(), 3u);
  core().close();
  time->run(io, time->now());
  ASSERT_EQ(ended.size(), 5u);
  EXPECT_EQ(results[4]->error().code, errc::shut_down);
  EXPECT_TRUE(network->closed);
  EXPECT_EQ(one(raw(get_row)).error().code, errc::shut_down);
}

TEST_F(send_loop, an_execution_context_that_goes_first_leaks_nothing) {
  // AddressSanitizer's leak check is the assertion.
  auto other = std::make_unique<asio::io_context>();
  auto made = mux::detail::client_core::make(other->get_executor(), options, network, time);
  ASSERT_TRUE(made);
  for (int i = 0; i < 10; ++i)
    asio::co_spawn(
        *other,
        [](std::shared_ptr<mux::detail::client_core> c) -> asio::awaitable<void> {
          mux::request<std::string> call = raw(post_row, "{}");
          mux::result<std::string> r =
              co_await mux::detail::try_send<std::string>(std::move(c), std::move(call).base());
          ADD_FAILURE() << "ended: " << (r ? "well" : r.error().message());
        }(*made),
        asio::detached);
  network->then([] { return answer(429, "{}"); });
  other->poll();
  other.reset();
}

TEST_F(send_loop, refuses_settings_that_cannot_work) {
  const auto code = [&](auto change) {
    mux::client_options o = options;
    change(o);
    auto made = mux::detail::client_core::make(io.get_executor(), o, network, time);
    return made ? errc::none : made.error().code;
  };
  EXPECT_EQ(code([](auto&) {}), errc::none);
  EXPECT_EQ(code([](auto& o) { o.credentials = {}; }), errc::missing_credentials);
  EXPECT_EQ(code([](auto& o) { o.credentials.token_secret = ""; }), errc::missing_credentials);
  EXPECT_EQ(code([](auto& o) { o.credentials.token_secret = "a\r\nb"; }), errc::invalid_argument);
  EXPECT_EQ(code([](auto& o) { o.base_url = "http://api.mux.com"; }), errc::insecure_base_url);
  EXPECT_EQ(code([](auto& o) { o.limits[mux::rate_class::video_post].rate = 0; }), errc::invalid_argument);
  EXPECT_EQ(code([](auto& o) { o.limits[mux::rate_class::data].burst = 0; }), errc::invalid_argument);
  EXPECT_EQ(code([](auto& o) { o.pool.per_host = 0; }), errc::invalid_argument);
  EXPECT_EQ(code([](auto& o) { o.limits.state_directory = "/proc/nowhere"; }), errc::limiter_state);
}

TEST_F(send_loop, an_error_never_holds_a_credential) {
  options.credentials.token_secret = "canary-secret";
  network->then(
      [] { return answer(401, R"({"error":{"type":"unauthorized","messages":["Unauthorized request"]}})"); });
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message().find("canary"), std::string::npos);
  EXPECT_EQ(got.error().message().find("Basic"), std::string::npos);
}

}  // namespace
