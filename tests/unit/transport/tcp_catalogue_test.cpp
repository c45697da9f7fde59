// What TCP does to an exchange when the server ends, resets or stops reading, and at which moment. Refusals,
// black holes, stalls and addresses of which the first are dead: dial_test, timeout_test.

#include <atomic>
#include <future>
#include <memory>

#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using transport::outcome;

const std::string refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}";
// More than the systems of both ends hold.
constexpr std::size_t large = 20'000'000;

class tcp : public testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<loopback_server> serve(loopback_server::script each) {
    if (GetParam()) return std::make_unique<loopback_server>(good_tls(), std::move(each));
    return std::make_unique<loopback_server>(std::move(each));
  }
  /// What one call says if the server does this with its request.
  outcome meet(loopback_server::script each, std::size_t size = 2) {
    const auto server = serve(std::move(each));
    wire_client client;
    const outcome got = client.fetch(server->at(GetParam()), post(std::string(size, 'x')));
    EXPECT_EQ(client.net->stats().open, 0U) << "a broken connection is not kept";
    return got;
  }
};

INSTANTIATE_TEST_SUITE_P(over, tcp, testing::Bool(), [](const auto& c) { return c.param ? "tls" : "plain"; });

TEST_P(tcp, is_reset_as_soon_as_it_is_accepted) {
  const outcome got = meet([](peer& client) { client.reset(); });
  ASSERT_TRUE(got.failure);
  EXPECT_FALSE(got.failure->answer_started);
  // It depends on the moment whether anything was sent; the error says it.
  if (got.failure->what.bytes_sent)
    EXPECT_EQ(code_of(got), errc::connection_lost_unanswered);
  else
    EXPECT_TRUE(code_of(got) == errc::connection_lost || code_of(got) == errc::connect_failed)
        << got.failure->what.message();
}

TEST_P(tcp, is_reset_within_the_head_or_the_body) {
  const std::string ok_line = "HTTP/1.1 200 OK\r\n";
  const std::pair<std::string, errc> cases[] = {
      {"HTT", errc::connection_lost_unanswered},
      {ok_line + "Content-Len", errc::connection_lost_unanswered},
      {ok_line + "Content-Length: 5\r\n\r\n", errc::truncated_body},
      {ok_line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", errc::truncated_body},
      {ok_line + "\r\n{}", errc::truncated_body},
  };
  for (const auto& one : cases) {
    const outcome got = meet([&one](peer& client) {
      client.request();
      client.send(one.first);
      client.settle();
      client.reset();
    });
    ASSERT_EQ(code_of(got), one.second) << one.first;
    EXPECT_TRUE(got.failure->answer_started) << one.first;
    EXPECT_TRUE(got.failure->what.bytes_sent) << one.first;
  }
}

TEST_P(tcp, that_ended_behind_the_answer_serves_no_other_request) {
  for (const bool reset : {false, true}) {
    std::promise<void> ended;
    const auto server = serve([&](peer& client) {
      client.request();
      client.send(ok());
      client.settle();
      if (client.number() == 0) {
        reset ? client.reset() : client.cut();
        if (!reset) client.settle();
        ended.set_value();
      }
      if (client.socket() >= 0) client.hold();
    });
    wire_client client;
    ASSERT_TRUE(client.fetch(server->at(GetParam()), post("{}")).response) << reset;
    ended.get_future().wait();
    const outcome got = client.fetch(server->at(GetParam()), post("{}"));
    EXPECT_TRUE(got.response) << got.failure->what.message();
    EXPECT_EQ(server->accepted(), 2);
  }
}

TEST_P(tcp, that_the_server_half_closes_while_the_request_is_written_is_given_up_at_once) {
  const outcome got = meet(
      [](peer& client) {
        client.first_byte();
        client.cut();
        client.hold();
      },
      large);
  ASSERT_EQ(code_of(got), errc::connection_lost_unanswered) << got.failure->what.message();
  EXPECT_TRUE(got.failure->what.bytes_sent);
  EXPECT_FALSE(got.failure->answer_started);
}

TEST_P(tcp, brings_a_refusal_of_a_server_that_reads_no_further) {
  const outcome got = meet(
      [](peer& client) {
        client.first_byte();
        client.send(refusal);
        client.hold();
      },
      large);
  ASSERT_TRUE(got.response) << got.failure->what.message();
  EXPECT_EQ(got.response->status, 413);
  EXPECT_EQ(got.response->body, "{}");
}

TEST_P(tcp, goes_on_writing_when_what_comes_early_is_no_refusal) {
  for (const std::string early :
       {"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n"}) {
    std::atomic<std::size_t> arrived = 0;
    const auto server = serve([&](peer& client) {
      client.first_byte();
      client.send(early);
      client.settle();
      const std::string got = client.request();
      arrived = got.size() - got.find("\r\n\r\n") - 4;
      client.send("Content-Length: 2\r\n\r\n{}");
      client.hold();
    });
    wire_client client;
    const outcome got = client.fetch(server->at(GetParam()), post(std::string(large, 'x')));
    ASSERT_TRUE(got.response) << got.failure->what.message();
    EXPECT_EQ(got.response->status, 200);
    EXPECT_EQ(arrived, large);
    EXPECT_EQ(client.net->stats().idle, 1U);
  }
}

}  // namespace
}  // namespace mux::test
