#include <atomic>
#include <future>
#include <thread>

#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using transport::outcome;
using transport::wire_request;

// What holds over TLS and over plain TCP alike.
class exchange : public testing::TestWithParam<bool> {
 protected:
  static std::unique_ptr<loopback_server> serve(loopback_server::script each) {
    if (GetParam()) return std::make_unique<loopback_server>(good_tls(), std::move(each));
    return std::make_unique<loopback_server>(std::move(each));
  }
  static transport::origin at(const loopback_server& server) { return server.at(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(over, exchange, testing::Bool(),
                         [](const auto& c) { return c.param ? "tls" : "plain"; });

TEST_P(exchange, brings_status_fields_and_body) {
  const auto server =
      serve(answering("HTTP/1.1 404 Not Found\r\nX-Request-Id: r1\r\nContent-Length: 4\r\n\r\nnope"));
  wire_client client;
  const outcome got = client.fetch(at(*server));
  ASSERT_TRUE(got.response);
  EXPECT_FALSE(got.failure);
  EXPECT_EQ(got.response->status, 404);
  EXPECT_EQ(got.response->field("x-request-id"), "r1");
  EXPECT_EQ(got.response->body, "nope");
  EXPECT_GT(got.finished.time_since_epoch().count(), 0);
}

TEST_P(exchange, writes_the_request_as_given_and_adds_what_the_wire_needs) {
  std::promise<std::string> seen;
  const auto server = serve([&](peer& client) {
    seen.set_value(client.request());
    client.send(ok());
  });
  wire_client client;
  const transport::headers fields{{"Authorization", "Basic eDp5"}, {"Accept", "application/json"}};
  wire_request request = post("{\"a\":1}", "/video/v1/assets?x=%20");
  request.fields = &fields;
  ASSERT_TRUE(client.fetch(at(*server), request).response);
  EXPECT_EQ(seen.get_future().get(),
            "POST /video/v1/assets?x=%20 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server->port()) +
                "\r\nAuthorization: Basic eDp5\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n"
                "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST_P(exchange, reuses_a_connection_that_stays_open) {
  const auto server = serve(answering(ok()));
  wire_client client;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.fetch(at(*server)).response);
  EXPECT_EQ(server->accepted(), 1);
  const pool_stats stats = client.net->stats();
  EXPECT_EQ(stats.opened, 1U);
  EXPECT_EQ(stats.reused, 4U);
  EXPECT_EQ(stats.idle, 1U);
  EXPECT_EQ(stats.open, 1U);
}

TEST_P(exchange, opens_a_new_connection_after_one_that_must_not_serve_again) {
  const std::string ended[] = {
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      ok() + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",  // an answer nobody asked for
      ok() + "\r\n",
  };
  for (const std::string& bytes : ended) {
    const auto server = serve(answering(bytes));
    wire_client client;
    for (int i = 0; i < 2; ++i) {
      const outcome got = client.fetch(at(*server));
      ASSERT_TRUE(got.response) << bytes;
      EXPECT_EQ(got.response->body, "{}");
    }
    EXPECT_EQ(server->accepted(), 2) << bytes;
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(exchange, does_not_take_an_unasked_answer_for_that_to_the_next_request) {
  std::promise<void> sent;
  const auto server = serve([&](peer& client) {
    client.request();
    client.send(ok("\"right\""));
    if (client.number() == 0) {
      // Not in the same segment as the answer, and there before the next request.
      client.request().empty() ? void()
                               : client.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\"second\"");
      client.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\"forged\"");
      client.settle();
      sent.set_value();
    }
    client.hold();
  });
  wire_client client;
  ASSERT_TRUE(client.fetch(at(*server)).response);
  const outcome second = client.fetch(at(*server));
  ASSERT_TRUE(second.response);
  EXPECT_EQ(second.response->body, "\"second\"");
  sent.get_future().wait();
  const outcome third = client.fetch(at(*server));
  ASSERT_TRUE(third.response);
  EXPECT_EQ(third.response->body, "\"right\"");
  EXPECT_EQ(server->accepted(), 2);
}

TEST_P(exchange, notices_that_the_server_closed_an_idle_connection) {
  std::promise<void> closed;
  const auto server = serve([&](peer& client) {
    client.request();
    client.send(ok());
    if (client.number() > 0) return;
    client.close();
    client.settle();
    closed.set_value();
  });
  wire_client client;
  ASSERT_TRUE(client.fetch(at(*server)).response);
  closed.get_future().wait();
  const outcome second = client.fetch(at(*server), post("{}"));
  EXPECT_TRUE(second.response) << second.failure->what.message();
  EXPECT_EQ(server->accepted(), 2);
}

TEST_P(exchange, says_that_a_reused_connection_was_closed_on_the_request) {
  const auto server = serve([](peer& client) {
    client.request();
    client.send(ok());
    client.first_byte();
    client.reset();
  });
  wire_client client;
  ASSERT_TRUE(client.fetch(at(*server)).response);
  const outcome second = client.fetch(at(*server), post("{}"));
  EXPECT_EQ(code_of(second), errc::connection_lost_unanswered);
  EXPECT_TRUE(second.failure->reused);
  EXPECT_TRUE(second.failure->what.bytes_sent);
  EXPECT_FALSE(second.failure->answer_started);
}

TEST_P(exchange, refuses_to_write_on_a_held_connection_that_was_closed_meanwhile) {
  std::promise<void> closed;
  const auto server = serve([&](peer& client) {
    client.close();
    client.settle();
    closed.set_value();
    client.hold();
  });
  wire_client client;
  auto later = [&]() -> asio::awaitable<outcome> {
    transport::lease_result got =
        co_await client.net->acquire(at(*server), mux::policy::freshness::recent, std::nullopt);
    closed.get_future().wait();
    wire_request request = post("{}");
    co_return co_await got.lease->exchange(request, std::nullopt);
  };
  const outcome got = run(client.io, later());
  EXPECT_EQ(code_of(got), errc::connection_lost);
  EXPECT_FALSE(got.failure->what.bytes_sent);
}

TEST_P(exchange, reads_chunks_and_bodies_of_megabytes) {
  const std::string body(3'000'000, 'x');
  std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 100'000)
    chunks += "186a0\r\n" + body.substr(at, 100'000) + "\r\n";
  chunks += "0\r\n\r\n";
  const auto server = serve([&](peer& client) {
    client.request();
    client.send(ok(body));
    client.request();
    client.send(chunks);
    client.hold();
  });
  wire_client client;
  for (int i = 0; i < 2; ++i) {
    const outcome got = client.fetch(at(*server));
    ASSERT_TRUE(got.response) << got.failure->what.message();
    EXPECT_TRUE(got.response->body == body);
  }
  EXPECT_EQ(server->accepted(), 1);
}

TEST_P(exchange, sends_bodies_of_megabytes) {
  const std::string body(5'000'000, 'y');
  std::atomic<std::size_t> arrived = 0;
  const auto server = serve([&](peer& client) {
    const std::string got = client.request();
    arrived = got.size() - got.find("\r\n\r\n") - 4;
    client.send(ok());
    client.hold();
  });
  wire_client client;
  ASSERT_TRUE(client.fetch(at(*server), post(body)).response);
  EXPECT_EQ(arrived, body.size());
}

TEST_P(exchange, reads_an_answer_that_comes_byte_by_byte) {
  const auto server = serve([](peer& client) {
    client.request();
    for (const char byte : ok("{\"slow\":true}")) client.send(std::string_view(&byte, 1));
    client.hold();
  });
  wire_client client;
  const outcome got = client.fetch(at(*server));
  ASSERT_TRUE(got.response);
  EXPECT_EQ(got.response->body, "{\"slow\":true}");
}

TEST_P(exchange, hears_an_answer_that_comes_before_all_of_the_request_was_read) {
  for (const std::size_t size : {std::size_t{100}, std::size_t{20'000'000}}) {
    const auto server = serve([](peer& client) {
      client.first_byte();
      client.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      client.close();
      client.settle();
    });
    wire_client client;
    const outcome got = client.fetch(at(*server), post(std::string(size, 'z')));
    ASSERT_TRUE(got.response) << got.failure->what.message();
    EXPECT_EQ(got.response->status, 413);
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(exchange, tells_a_truncated_body_at_every_byte) {
  const std::string whole = ok("{\"id\":1}");
  const std::size_t body = whole.find("\r\n\r\n") + 4;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const auto server = serve([&](peer& client) {
      client.request();
      client.send(std::string_view(whole).substr(0, cut));
      client.close();
      client.hold();
    });
    wire_client client;
    const outcome got = client.fetch(at(*server), post("{}"));
    EXPECT_EQ(code_of(got), cut < body ? errc::connection_lost_unanswered : errc::truncated_body) << cut;
    EXPECT_EQ(got.failure->answer_started, cut > 0) << cut;
    EXPECT_TRUE(got.failure->what.bytes_sent);
    EXPECT_FALSE(got.failure->reused);
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(exchange, tells_a_reset_before_and_within_the_answer) {
  const auto silent = serve([](peer& client) {
    client.request();
    client.reset();
  });
  const auto midway = serve([](peer& client) {
    client.request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    client.settle();
    client.reset();
  });
  wire_client client;
  const outcome unanswered = client.fetch(at(*silent), post("{}"));
  EXPECT_EQ(code_of(unanswered), errc::connection_lost_unanswered);
  EXPECT_FALSE(unanswered.failure->answer_started);
  const outcome half = client.fetch(at(*midway), post("{}"));
  EXPECT_EQ(code_of(half), errc::truncated_body);
  EXPECT_TRUE(half.failure->answer_started);
}

TEST_P(exchange, refuses_what_no_http_1_server_would_say) {
  const std::pair<std::string, errc> cases[] = {
      {"<html>", errc::bad_response},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", errc::bad_response},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'), errc::response_too_large},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", errc::response_too_large},
  };
  for (const auto& [bytes, code] : cases) {
    const auto server = serve([&, &sent = bytes](peer& client) {
      client.request();
      client.send(sent);
      client.hold();
    });
    wire_client client;
    const outcome got = client.fetch(at(*server));
    EXPECT_EQ(code_of(got), code) << bytes.substr(0, 60);
    EXPECT_TRUE(got.failure->answer_started);
    EXPECT_TRUE(got.failure->what.bytes_sent);
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(exchange, names_the_host_but_neither_headers_nor_bodies_in_its_failures) {
  const auto server = serve([](peer& client) {
    client.request();
    client.send("HTTP/1.1 2x0 answer-secret\r\n\r\n");
  });
  wire_client client;
  const transport::headers fields{{"Authorization", "header-secret"}};
  wire_request request = post("body-secret");
  request.fields = &fields;
  const outcome got = client.fetch(at(*server), request);
  ASSERT_TRUE(got.failure);
  const std::string text = got.failure->what.message();
  EXPECT_NE(text.find("127.0.0.1:" + std::to_string(server->port())), std::string::npos) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST_P(exchange, sends_nothing_that_could_be_two_requests) {
  std::atomic<int> heard = 0;
  const auto server = serve([&](peer& client) {
    while (client.first_byte()) ++heard;
  });
  wire_client client;
  const std::string long_target = '/' + std::string(10'000, 'x');
  std::vector<wire_request> bad;
  for (const std::string_view target :
       {std::string_view("/a\r\nX: y"), std::string_view("/a b"), std::string_view("/a\n"),
        std::string_view("/a\0b", 4), std::string_view(long_target)}) {
    bad.emplace_back();
    bad.back().target = target;
  }
  const std::vector<transport::headers> fields = {
      {{"X", "a\r\nHost: evil"}},      {{"X", std::string("a\0b", 3)}},
      {{"X\r\nHost: evil\r\nY", "a"}}, {{"X Y", "a"}},
      {{"Content-Length", "1"}},       {{"", "x"}}};
  for (const transport::headers& one : fields) {
    bad.emplace_back();
    bad.back().fields = &one;
  }
  for (const wire_request& request : bad) {
    const outcome got = client.fetch(at(*server), request);
    EXPECT_EQ(code_of(got), errc::invalid_argument);
    EXPECT_FALSE(got.failure->what.bytes_sent);
  }
  while (server->finished() < server->accepted()) std::this_thread::yield();
  EXPECT_EQ(heard, 0);
}

TEST(transport, names_a_refused_connection) {
  std::uint16_t port = 0;
  {
    port = loopback_server([](peer&) {}).port();
  }
  wire_client client;
  transport::origin gone;
  gone.host = "127.0.0.1";
  gone.port = port;
  const outcome got = client.fetch(gone);
  EXPECT_EQ(code_of(got), errc::connect_failed);
  EXPECT_EQ(phase_of(got), call_phase::connect);
  EXPECT_FALSE(got.failure->what.bytes_sent);
  EXPECT_NE(got.failure->what.detail.find("127.0.0.1:" + std::to_string(port)), std::string::npos);
}

TEST(transport, names_an_unknown_host) {
  wire_client client;
  transport::origin nowhere;
  nowhere.host = "does-not-exist.invalid";
  const outcome got = client.fetch(nowhere);
  EXPECT_EQ(code_of(got), errc::resolve_failed);
  EXPECT_EQ(phase_of(got), call_phase::resolve);
}

TEST(transport, tries_the_next_address_when_the_first_refuses) {
  // localhost is ::1 and 127.0.0.1 on most machines; the server listens on the latter only.
  loopback_server server(good_tls(), answering(ok()));
  wire_client client;
  const outcome got = client.fetch(server.at(true, "localhost"));
  EXPECT_TRUE(got.response) << got.failure->what.message();
}

TEST(transport, survives_a_server_that_closes_while_a_large_request_is_written) {
  // With SIGPIPE at its default the program would end here.
  loopback_server server([](peer& client) {
    client.first_byte();
    client.reset();
  });
  wire_client client;
  const std::string body(20'000'000, 'x');
  const outcome got = client.fetch(server.at(false), post(body));
  EXPECT_EQ(code_of(got), errc::connection_lost_unanswered);
  EXPECT_TRUE(got.failure->what.bytes_sent);
}

}  // namespace
}  // namespace mux::test
