
#include <chrono>

#include "unit/transport/full_backlog.hpp"
#include "unit/transport/slow_name.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using namespace std::chrono_literals;
using transport::outcome;
using clock = transport::clock;

// Short enough for a test, long enough that nothing but the stall can be the reason.
constexpr auto brief = 150ms;
// What a slow machine may take, and far below the limits that are not tested.
constexpr auto patient = 30s;

/// Options with all limits far away but the one that `change` brings near.
template <class Change>
transport::network_options hurried(Change change) {
  transport::network_options options = trusting();
  timeout_options& t = options.timeouts;
  t.resolve = t.connect = t.tls = t.write = t.first_byte = t.body_idle = 90s;
  change(t);
  return options;
}

void expect_timeout(const outcome& got, call_phase phase, clock::time_point since) {
  EXPECT_EQ(code_of(got), errc::timed_out) << (got.failure ? got.failure->what.message() : "answered");
  EXPECT_EQ(phase_of(got), phase) << to_string(phase_of(got));
  EXPECT_GE(clock::now() - since, brief - 1ms);
  EXPECT_LT(clock::now() - since, patient);
}

TEST(timeout, of_a_name_that_is_resolved_too_slowly) {
  certificate_wish wish;
  wish.names = "DNS:" + slow_name::text;
  loopback_server server(server_tls(identity(wish, trusted_authority::instance().self())), answering(ok()));
  wire_client client(hurried([](auto& t) { t.resolve = brief; }));
  slow_name slow;
  const auto start = clock::now();
  const outcome late = client.fetch(server.at(true, slow_name::text));
  expect_timeout(late, call_phase::resolve, start);
  EXPECT_FALSE(late.failure->what.bytes_sent);
  const outcome by_deadline = client.fetch(server.at(true, slow_name::text), {}, clock::now() + 1ms);
  EXPECT_EQ(phase_of(by_deadline), call_phase::resolve);
  EXPECT_NE(by_deadline.failure->what.detail.find("deadline"), std::string::npos);
  EXPECT_EQ(client.net->stats().open, 0U);
  // What the resolver says too late is heard by nobody; who asks then is answered.
  slow.answer();
  outcome then = client.fetch(server.at(true, slow_name::text));
  while (code_of(then) == errc::timed_out && clock::now() < start + patient)
    then = client.fetch(server.at(true, slow_name::text));
  EXPECT_TRUE(then.response) << then.failure->what.message();
}

TEST(timeout, of_connecting_when_nobody_accepts) {
  const full_backlog deaf;
  wire_client client(hurried([](auto& t) { t.connect = brief; }));
  const auto start = clock::now();
  const outcome got = client.fetch(deaf.at());
  expect_timeout(got, call_phase::connect, start);
  EXPECT_FALSE(got.failure->what.bytes_sent);
}

TEST(timeout, of_a_handshake_that_stalls_at_once_or_midway) {
  for (const bool midway : {false, true}) {
    loopback_server server([midway](peer& client) {
      if (midway) client.first_byte(), client.send("\x16\x03\x03");
      client.hold();
    });
    wire_client client(hurried([](auto& t) { t.tls = brief; }));
    const auto start = clock::now();
    const outcome got = client.fetch(server.at(true));
    expect_timeout(got, call_phase::tls, start);
    EXPECT_FALSE(got.failure->what.bytes_sent);
  }
}

class stall : public testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<loopback_server> serve(loopback_server::script each) {
    if (GetParam()) return std::make_unique<loopback_server>(good_tls(), std::move(each));
    return std::make_unique<loopback_server>(std::move(each));
  }
};

INSTANTIATE_TEST_SUITE_P(over, stall, testing::Bool(),
                         [](const auto& c) { return c.param ? "tls" : "plain"; });

TEST_P(stall, of_writing_to_a_server_that_does_not_read) {
  const auto server = serve([](peer& client) { client.hold(); });
  wire_client client(hurried([](auto& t) { t.write = brief; }));
  const std::string body(30'000'000, 'x');
  const auto start = clock::now();
  const outcome got = client.fetch(server->at(GetParam()), post(body));
  expect_timeout(got, call_phase::write, start);
  EXPECT_TRUE(got.failure->what.bytes_sent);
  EXPECT_FALSE(got.failure->answer_started);
}

TEST_P(stall, before_the_first_byte_of_the_answer) {
  const auto server = serve([](peer& client) {
    client.request();
    client.hold();
  });
  wire_client client(hurried([](auto& t) { t.first_byte = brief; }));
  const auto start = clock::now();
  const outcome got = client.fetch(server->at(GetParam()), post("{}"));
  expect_timeout(got, call_phase::first_byte, start);
  EXPECT_TRUE(got.failure->what.bytes_sent);
  EXPECT_FALSE(got.failure->answer_started);
  EXPECT_EQ(client.net->stats().open, 0U);
}

TEST_P(stall, within_the_answer) {
  for (const std::string part :
       {"HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "HTTP/1.1 200 OK\r\n\r\n{"}) {
    const auto server = serve([&](peer& client) {
      client.request();
      client.send(part);
      client.hold();
    });
    wire_client client(hurried([](auto& t) { t.body_idle = brief; }));
    const auto start = clock::now();
    const outcome got = client.fetch(server->at(GetParam()));
    expect_timeout(got, call_phase::body, start);
    EXPECT_TRUE(got.failure->answer_started);
  }
}

TEST_P(stall, is_cut_by_the_deadline_that_covers_all_phases) {
  const auto server = serve([](peer& client) {
    client.request();
    client.hold();
  });
  wire_client client;
  const auto start = clock::now();
  const outcome got = client.fetch(server->at(GetParam()), post("{}"), start + 500ms);
  EXPECT_EQ(code_of(got), errc::timed_out);
  EXPECT_NE(got.failure->what.detail.find("deadline"), std::string::npos) << got.failure->what.detail;
  EXPECT_LT(clock::now() - start, patient);
}

TEST(timeout, starts_anew_with_every_byte_of_the_answer) {
  // 38 bytes that come 60 ms apart take longer in all than the limit between two of them.
  loopback_server server([](peer& client) {
    client.request();
    for (const char byte : std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
      client.send(std::string_view(&byte, 1));
      client.pause(60ms);
    }
    client.hold();
  });
  wire_client client(hurried([](auto& t) { t.body_idle = 2s; }));
  const outcome got = client.fetch(server.at(false));
  EXPECT_TRUE(got.response) << got.failure->what.message();
}

TEST_P(stall, does_not_write_once_the_deadline_has_passed) {
  const auto server = serve(answering(ok()));
  wire_client client;
  ASSERT_TRUE(client.fetch(server->at(GetParam())).response);
  const outcome got = client.fetch(server->at(GetParam()), post("{}"), clock::now() - 1ms);
  EXPECT_EQ(code_of(got), errc::timed_out);
  EXPECT_EQ(phase_of(got), call_phase::write);
  EXPECT_FALSE(got.failure->what.bytes_sent);
}

TEST(timeout, of_resolving_comes_before_anything_is_asked) {
  wire_client client;
  transport::origin to;
  to.host = "localhost";
  const outcome got = client.fetch(to, {}, clock::now() - 1ms);
  EXPECT_EQ(code_of(got), errc::timed_out);
  EXPECT_EQ(phase_of(got), call_phase::resolve);
}

TEST(timeout, that_is_zero_or_less_means_no_limit) {
  loopback_server server(good_tls(), [](peer& client) {
    client.request();
    client.pause(50ms);
    client.send(ok());
    client.hold();
  });
  transport::network_options endless = trusting();
  timeout_options& t = endless.timeouts;
  t.resolve = t.connect = t.tls = t.write = t.first_byte = t.body_idle = std::chrono::nanoseconds(0);
  wire_client client(endless);
  EXPECT_TRUE(client.fetch(server.at(true, "localhost")).response);
}

TEST(timeout, leaves_no_timer_behind_that_keeps_the_loop_running) {
  loopback_server server(good_tls(), answering(ok()));
  wire_client client;
  const auto start = clock::now();
  ASSERT_TRUE(client.fetch(server.at(true)).response);
  client.io.restart();
  client.io.run();  // returns when nothing is pending, not when the first byte's limit (60 s) has passed
  EXPECT_LT(clock::now() - start, patient);
}

}  // namespace
}  // namespace mux::test
