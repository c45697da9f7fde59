#include "transport/proxy.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "unit/transport/connect_proxy.hpp"
#include "unit/transport/full_backlog.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using namespace std::chrono_literals;
using transport::judge_tunnel;
using transport::origin;
using transport::outcome;
using transport::proxy;
using clock = transport::clock;

proxy_options through(const std::string& url, std::string bypass = "") {
  proxy_options options;
  options.url = url;
  options.bypass = std::move(bypass);
  return options;
}

origin at(const std::string& host, std::uint16_t port = 443, bool tls = true) {
  origin to;
  to.host = host;
  to.port = port;
  to.tls = tls;
  return to;
}

std::string request_of(const std::string& url, const origin& to = at("api.mux.test")) {
  const auto text = proxy::make(through(url)).value()->request(to);
  return std::string(text.data(), text.size());
}

TEST(proxy_url, names_host_and_port) {
  for (const auto& [url, host, port] :
       {std::tuple{"http://proxy.example:3128", "proxy.example", 3128},
        std::tuple{"http://Proxy.Example", "proxy.example", 80},
        std::tuple{"HTTP://10.0.0.1:8080/", "10.0.0.1", 8080}, std::tuple{"proxy:3128", "proxy", 3128},
        std::tuple{"http://[::1]:3128", "::1", 3128},
        std::tuple{"http://user:pass@proxy:3128", "proxy", 3128},
        std::tuple{"http://u:p@ss@proxy", "proxy", 80}}) {
    const auto made = proxy::make(through(url));
    ASSERT_TRUE(made && *made) << url;
    EXPECT_EQ((*made)->at().host, host) << url;
    EXPECT_EQ((*made)->at().port, port) << url;
  }
  EXPECT_FALSE(proxy::make({}).value());
}

TEST(proxy_url, that_cannot_be_used_is_refused_without_being_shown) {
  for (const char* url :
       {"https://user:hunter2@proxy:3128", "socks5://user:hunter2@proxy", "http://", "http://user:hunter2@",
        "http://user:hunter2@proxy:0", "http://user:hunter2@proxy:65536", "http://user:hunter2@proxy:port",
        "http://user:hunter2@proxy/path", "http://user:hunter2@pro xy", "http://user:hunter2%0d%0a@proxy",
        "http://user:hunter2%zz@proxy", "http://user:hunter2%4", "http://us%3Aer:hunter2@proxy",
        "http://user:hunter2@proxy\r\n", "http://user:hunter2@[::1", "http://hunter2?@proxy?x"}) {
    const auto made = proxy::make(through(url));
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code, errc::invalid_argument) << url;
    EXPECT_EQ(made.error().message().find("hunter2"), std::string::npos) << made.error().message();
  }
  asio::io_context io;
  transport::network_options options = trusting();
  options.proxy.url = "ftp://user:hunter2@proxy";
  const auto made = transport::make_network(io.get_executor(), options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::invalid_argument);
}

TEST(proxy_request, asks_for_the_host_by_name_with_the_proxys_credentials) {
  EXPECT_EQ(request_of("http://proxy"),
            "CONNECT api.mux.test:443 HTTP/1.1\r\nHost: api.mux.test:443\r\n\r\n");
  EXPECT_EQ(request_of("http://user:pass@proxy"),
            "CONNECT api.mux.test:443 HTTP/1.1\r\nHost: api.mux.test:443\r\n"
            "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
  EXPECT_NE(request_of("http://user:p%40ss@proxy").find("Basic dXNlcjpwQHNz\r\n"), std::string::npos);
  EXPECT_NE(request_of("http://user@proxy").find("Basic dXNlcjo=\r\n"), std::string::npos);
  EXPECT_NE(request_of("http://proxy", at("fd00::1", 8443)).find("CONNECT [fd00::1]:8443 "),
            std::string::npos);
}

struct rule {
  const char* bypass;
  const char* host;
  std::uint16_t port;
  bool direct;
};

class bypass : public testing::TestWithParam<rule> {};

TEST_P(bypass, decides_which_hosts_are_reached_directly) {
  const rule& one = GetParam();
  const auto made = proxy::make(through("http://proxy:3128", one.bypass));
  EXPECT_EQ(!(*made)->serves(at(one.host, one.port)), one.direct) << one.bypass << " for " << one.host;
}

INSTANTIATE_TEST_SUITE_P(
    rules, bypass,
    testing::Values(rule{"", "api.mux.com", 443, false}, rule{"*", "api.mux.com", 443, true},
                    rule{"mux.com", "mux.com", 443, true}, rule{"mux.com", "api.mux.com", 443, true},
                    rule{".mux.com", "api.mux.com", 443, true}, rule{".mux.com", "mux.com", 443, true},
                    rule{"*.mux.com", "api.mux.com", 443, true}, rule{"MUX.com", "api.mux.com", 443, true},
                    rule{"mux.com", "notmux.com", 443, false}, rule{"mux.com", "mux.com.example", 443, false},
                    rule{"api.mux.com", "mux.com", 443, false}, rule{"mux.com:443", "api.mux.com", 443, true},
                    rule{"mux.com:8443", "api.mux.com", 443, false},
                    rule{" a.example , mux.com ", "api.mux.com", 443, true},
                    rule{"a.example,,b.example", "b.example", 443, true},
                    rule{"10.0.0.1", "10.0.0.1", 443, true}, rule{"10.0.0.1", "10.0.0.2", 443, false},
                    rule{"10.0.0.1:443", "10.0.0.1", 443, true}, rule{"10.0.0.1:80", "10.0.0.1", 443, false},
                    rule{"10.0.0.0/8", "10.200.3.4", 443, true}, rule{"10.0.0.0/8", "11.0.0.1", 443, false},
                    rule{"10.1.2.3/8", "10.200.3.4", 443, true}, rule{"10.0.0.0/33", "10.0.0.1", 443, false},
                    rule{"10.0.0.0/x", "10.0.0.1", 443, false}, rule{"0.0.0.0/0", "api.mux.com", 443, false},
                    rule{"0.0.0.0/0", "8.8.8.8", 443, true}, rule{"fd00::1", "fd00::1", 443, true},
                    rule{"[fd00::1]:443", "fd00::1", 443, true}, rule{"[fd00::1]:80", "fd00::1", 443, false},
                    rule{"fd00::/16", "fd00:1::2", 443, true}, rule{"fd00::/16", "fe00::2", 443, false},
                    rule{"::/0", "10.0.0.1", 443, false}, rule{"%%%,[,mux.com", "mux.com", 443, true},
                    rule{"", "localhost", 443, true}, rule{"", "127.0.0.1", 443, true},
                    rule{"", "127.9.9.9", 443, true}, rule{"", "::1", 443, true}));

TEST(bypass, is_not_needed_for_plain_http) {
  EXPECT_FALSE((*proxy::make(through("http://proxy")))->serves(at("10.0.0.1", 80, false)));
}

struct reply {
  const char* text;
  const char* refusal;  ///< part of it; empty: the tunnel is open; null: more is needed
};

class tunnel_reply : public testing::TestWithParam<reply> {};

TEST_P(tunnel_reply, is_judged) {
  const reply& one = GetParam();
  const transport::tunnel_answer judged = judge_tunnel(one.text);
  EXPECT_EQ(judged.complete, one.refusal != nullptr && *one.refusal == '\0') << one.text << judged.refusal;
  if (one.refusal == nullptr || *one.refusal == '\0')
    EXPECT_EQ(judged.refusal, "") << one.text;
  else
    EXPECT_NE(judged.refusal.find(one.refusal), std::string::npos) << one.text << ": " << judged.refusal;
}

INSTANTIATE_TEST_SUITE_P(
    replies, tunnel_reply,
    testing::Values(
        reply{"", nullptr}, reply{"HTT", nullptr}, reply{"HTTP/1.1 200 OK\r\n", nullptr},
        reply{"HTTP/1.1 200 OK\r\n\r\n", ""}, reply{"HTTP/1.0 200\r\n\r\n", ""},
        reply{"HTTP/1.1 299 Whatever\r\nVia: x\r\nContent-Length: 5\r\n\r\n", ""},
        reply{"HTTP/1.1 407 No\r\n\r\n", "credentials"}, reply{"HTTP/1.1 403 No\r\n\r\n", "status 403"},
        reply{"HTTP/1.1 302 Go\r\nLocation: http://x\r\n\r\n", "status 302"},
        reply{"HTTP/1.1 101 Switch\r\n\r\n", "status 101"}, reply{"HTTP/1.1 502 Bad\r\n\r\n", "status 502"},
        reply{"SSH-2.0-x", "does not speak HTTP"}, reply{"\x16\x03\x01", "does not speak HTTP"},
        reply{"HTTP/2.0 200 OK\r\n\r\n", "does not speak HTTP"}, reply{"HTTP/1.1 20\r\n\r\n", "not HTTP"},
        reply{"HTTP/1.1 2000 OK\r\n\r\n", "not HTTP"}, reply{"HTTP/1.1 099 OK\r\n\r\n", "not HTTP"},
        reply{"HTTP/1.1\r\n\r\n", "not HTTP"}, reply{"HTTP/1.\r\n\r\n", "not HTTP"},
        reply{"HTTP/1.1 abc OK\r\n\r\n", "not HTTP"}, reply{"HTTP/1.1 200 OK\r\n\r\n\x16", "before we did"}));

TEST(tunnel_reply, without_an_end_is_refused) {
  const std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(transport::longest_tunnel_answer, 'x');
  EXPECT_NE(judge_tunnel(endless).refusal.find("does not end"), std::string::npos);
}

class tunnel : public testing::Test {
 protected:
  static server_tls named() {
    certificate_wish wish;
    wish.names = "DNS:api.mux.test";
    return server_tls(identity(wish, trusted_authority::instance().self()));
  }
  static transport::network_options by(const std::string& url) {
    transport::network_options options = trusting();
    options.proxy.url = url;
    return options;
  }
  /// What a client says whose proxy does `each`.
  outcome meet(loopback_server::script each) {
    loopback_server odd(std::move(each));
    wire_client client(by("http://user:hunter2@127.0.0.1:" + std::to_string(odd.port())));
    const outcome got = client.fetch(to);
    EXPECT_EQ(client.net->stats().open, 0U);
    return got;
  }

  loopback_server server{named(), answering(ok())};
  origin to = at("api.mux.test");  // nobody can resolve it but the proxy
};

void expect_refused(const outcome& got, const std::string& why) {
  ASSERT_TRUE(got.failure);
  EXPECT_EQ(got.failure->what.code, errc::connect_failed) << got.failure->what.message();
  EXPECT_EQ(got.failure->what.phase, call_phase::connect);
  EXPECT_FALSE(got.failure->what.bytes_sent);
  EXPECT_NE(got.failure->what.detail.find("at the proxy 127.0.0."), std::string::npos)
      << got.failure->what.detail;
  EXPECT_NE(got.failure->what.detail.find(why), std::string::npos) << got.failure->what.detail;
  EXPECT_EQ(got.failure->what.message().find("hunter2"), std::string::npos) << "shows the password";
}

TEST_F(tunnel, carries_tls_to_a_host_that_only_the_proxy_can_resolve) {
  connect_proxy between(server.port());
  wire_client client(by(between.url("user:hunter2@")));
  for (int i = 0; i < 2; ++i) {
    const outcome got = client.fetch(to);
    ASSERT_TRUE(got.response) << got.failure->what.message();
  }
  EXPECT_EQ(between.asked(),
            std::vector<std::string>{"CONNECT api.mux.test:443 HTTP/1.1\r\nHost: api.mux.test:443\r\n"
                                     "Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n\r\n"})
      << "one tunnel, which the second request uses again";
}

TEST_F(tunnel, verifies_the_hosts_name_and_not_the_proxys) {
  loopback_server impostor(good_tls(), answering(ok()));  // a certificate for 127.0.0.1, where the proxy is
  connect_proxy between(impostor.port());
  wire_client client(by(between.url()));
  const outcome got = client.fetch(to);
  EXPECT_EQ(code_of(got), errc::certificate_wrong_host);
  EXPECT_EQ(phase_of(got), call_phase::tls);
  EXPECT_EQ(got.failure->what.detail.find("proxy"), std::string::npos) << got.failure->what.detail;
}

TEST_F(tunnel, is_not_dug_to_this_machine) {
  connect_proxy between(server.port());
  loopback_server here(good_tls(), answering(ok()));
  wire_client client(by(between.url()));
  ASSERT_TRUE(client.fetch(here.at(true)).response);
  EXPECT_TRUE(between.asked().empty());
}

TEST_F(tunnel, keeps_the_credentials_of_the_api_from_the_proxy) {
  connect_proxy between(server.port());
  wire_client client(by(between.url()));
  const transport::headers fields = {{"Authorization", "Basic canary"}};
  transport::wire_request request;
  request.target = "/";
  request.fields = &fields;
  ASSERT_TRUE(client.fetch(to, request).response);
  ASSERT_EQ(between.asked().size(), 1U);
  EXPECT_EQ(between.asked()[0].find("canary"), std::string::npos);
  EXPECT_EQ(between.asked()[0].find("Authorization"), std::string::npos);
}

TEST_F(tunnel, is_not_tried_where_no_proxy_listens) {
  wire_client client(by("http://127.0.0.2:9"));
  expect_refused(client.fetch(to), "refused");
}

TEST_F(tunnel, through_a_proxy_without_an_address_is_not_tried) {
  wire_client client(by("http://does-not-exist.invalid:3128"));
  const outcome got = client.fetch(to);
  EXPECT_EQ(code_of(got), errc::connect_failed);
  EXPECT_NE(got.failure->what.detail.find("at the proxy does-not-exist.invalid:3128"), std::string::npos)
      << got.failure->what.detail;
}

TEST_F(tunnel, is_refused_by_a_proxy_that_wants_credentials) {
  expect_refused(meet([](peer& one) {
                   one.request();
                   one.send(
                       "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n"
                       "Content-Length: 4\r\n\r\nno!\n");
                 }),
                 "credentials");
}

TEST_F(tunnel, is_refused_by_a_proxy_that_forbids_it) {
  expect_refused(meet([](peer& one) {
                   one.request();
                   one.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                 }),
                 "status 403");
}

TEST_F(tunnel, is_not_dug_through_garbage) {
  expect_refused(meet([](peer& one) {
                   one.request();
                   one.send("220 smtp ready\r\n");
                   one.hold();
                 }),
                 "does not speak HTTP");
}

TEST_F(tunnel, is_not_dug_through_a_header_without_an_end) {
  expect_refused(meet([](peer& one) {
                   one.request();
                   one.send("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'));
                   one.hold();
                 }),
                 "does not end");
}

TEST_F(tunnel, is_not_dug_when_the_proxy_closes_early) {
  for (const std::string part : {"", "HTTP/1.1 200 OK\r\nVia: x\r\n"})
    expect_refused(meet([part](peer& one) {
                     one.request();
                     one.send(part);
                   }),
                   "closed the connection");
}

TEST_F(tunnel, is_not_dug_when_the_proxy_resets) {
  expect_refused(meet([](peer& one) {
                   one.first_byte();
                   one.reset();
                 }),
                 "reset");
}

TEST_F(tunnel, takes_no_bytes_before_the_handshake) {
  expect_refused(meet([](peer& one) {
                   one.request();
                   one.send("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                   one.hold();
                 }),
                 "before we did");
}

TEST_F(tunnel, takes_an_answer_that_comes_byte_by_byte) {
  // The proxy's system may send several of these bytes at once; each split is legal.
  loopback_server slow([this](peer& one) {
    one.request();
    for (const char byte : std::string("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n")) {
      one.send(std::string_view(&byte, 1));
      one.settle();
    }
    one.hold();
  });
  transport::network_options options = by("http://127.0.0.1:" + std::to_string(slow.port()));
  options.timeouts.tls = 100ms;
  wire_client client(options);
  const outcome got = client.fetch(to);
  EXPECT_EQ(phase_of(got), call_phase::tls) << "the tunnel was open";
}

TEST_F(tunnel, counts_in_the_time_for_connecting) {
  loopback_server mute([](peer& one) {
    one.request();
    one.hold();
  });
  transport::network_options options = by("http://127.0.0.1:" + std::to_string(mute.port()));
  options.timeouts.connect = 100ms;
  options.timeouts.tls = 90s;
  wire_client client(options);
  const auto start = clock::now();
  const outcome got = client.fetch(to);
  EXPECT_EQ(code_of(got), errc::timed_out);
  EXPECT_EQ(phase_of(got), call_phase::connect);
  EXPECT_NE(got.failure->what.detail.find("at the proxy"), std::string::npos);
  EXPECT_LT(clock::now() - start, 30s);
}

TEST_F(tunnel, ends_when_the_call_is_cancelled_while_it_is_dug) {
  asio::cancellation_signal cancel;
  loopback_server mute([&](peer& one) { one.hold(); });
  wire_client client(by("http://127.0.0.1:" + std::to_string(mute.port())));
  std::optional<outcome> got;
  asio::co_spawn(
      client.io, fetch(client.net, to),
      asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr, outcome o) { got.emplace(o); }));
  while (mute.accepted() == 0) client.io.run_one_for(10ms);
  cancel.emit(asio::cancellation_type::terminal);
  while (!got) client.io.run_one();
  EXPECT_EQ(code_of(*got), errc::cancelled);
  EXPECT_EQ(client.net->stats().open, 0U);
}

}  // namespace
}  // namespace mux::test
