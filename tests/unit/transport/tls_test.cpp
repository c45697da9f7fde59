#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <unistd.h>

#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using transport::outcome;

server_tls signed_tls(const certificate_wish& wish) {
  return server_tls(identity(wish, trusted_authority::instance().self()));
}

/// What a client says that meets this certificate at `host`.
outcome meet(const server_tls& tls, const std::string& host = "127.0.0.1") {
  loopback_server server(tls, answering(ok()));
  wire_client client;
  return client.fetch(server.at(true, host));
}

void expect_refused(const outcome& got, errc code) {
  EXPECT_EQ(code_of(got), code) << (got.failure ? got.failure->what.message() : "answered");
  if (!got.failure) return;
  EXPECT_EQ(got.failure->what.phase, call_phase::tls);
  EXPECT_FALSE(got.failure->what.bytes_sent);
  EXPECT_FALSE(got.failure->answer_started);
}

TEST(tls, accepts_a_certificate_for_the_name_or_the_address) {
  EXPECT_TRUE(meet(good_tls(), "127.0.0.1").response);
  EXPECT_TRUE(meet(good_tls(), "localhost").response);
}

TEST(tls, asks_for_the_host_by_name_but_never_by_address) {
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    std::promise<std::string> asked;
    loopback_server server(good_tls(), [&](peer& client) {
      asked.set_value(client.asked_name());
      client.request();
      client.send(ok());
    });
    wire_client client;
    ASSERT_TRUE(client.fetch(server.at(true, host)).response);
    EXPECT_EQ(asked.get_future().get(), host == "localhost" ? "localhost" : "");
  }
}

TEST(tls, refuses_a_certificate_for_another_name) {
  certificate_wish wish;
  wish.names = "DNS:example.com";
  expect_refused(meet(signed_tls(wish), "localhost"), errc::certificate_wrong_host);
  expect_refused(meet(signed_tls(wish), "127.0.0.1"), errc::certificate_wrong_host);
}

TEST(tls, does_not_take_an_address_for_a_name_or_a_name_for_an_address) {
  certificate_wish address;
  address.names = "IP:127.0.0.1";
  expect_refused(meet(signed_tls(address), "localhost"), errc::certificate_wrong_host);
  certificate_wish name;
  name.names = "DNS:127.0.0.1";
  expect_refused(meet(signed_tls(name), "127.0.0.1"), errc::certificate_wrong_host);
}

TEST(tls, refuses_wildcards_that_cover_too_much) {
  for (const char* names : {"DNS:*", "DNS:local*", "DNS:*host"}) {
    certificate_wish wish;
    wish.names = names;
    expect_refused(meet(signed_tls(wish), "localhost"), errc::certificate_wrong_host);
  }
}

TEST(tls, refuses_a_certificate_without_subject_names) {
  certificate_wish wish;
  wish.names = "";
  expect_refused(meet(signed_tls(wish)), errc::certificate_wrong_host);
}

TEST(tls, refuses_what_its_roots_did_not_sign) {
  certificate_wish authority;
  authority.authority = true;
  const outcome got = meet(server_tls(identity(certificate_wish{}, identity(authority))));
  expect_refused(got, errc::certificate_untrusted);
  EXPECT_NE(got.failure->what.detail.find(trusted_authority::instance().file()), std::string::npos)
      << got.failure->what.detail;
}

TEST(tls, refuses_a_certificate_signed_by_itself) {
  const outcome got = meet(server_tls(identity(certificate_wish{})));
  expect_refused(got, errc::certificate_untrusted);
  EXPECT_NE(got.failure->what.detail.find("(verification error 18)"), std::string::npos)
      << got.failure->what.detail;
}

TEST(tls, refuses_expired_and_not_yet_valid_certificates) {
  certificate_wish expired;
  expired.valid_from = -7200;
  expired.valid_until = -3600;
  const outcome old = meet(signed_tls(expired));
  expect_refused(old, errc::certificate_untrusted);
  EXPECT_NE(old.failure->what.detail.find("expired (verification error 10)"), std::string::npos);
  certificate_wish early;
  early.valid_from = 3600;
  early.valid_until = 7200;
  expect_refused(meet(signed_tls(early)), errc::certificate_untrusted);
}

TEST(tls, refuses_a_certificate_that_is_not_for_servers) {
  certificate_wish wish;
  wish.usage = "clientAuth";
  expect_refused(meet(signed_tls(wish)), errc::certificate_untrusted);
}

TEST(tls, refuses_an_issuer_that_is_no_authority) {
  const identity impostor(certificate_wish{}, trusted_authority::instance().self());
  expect_refused(meet(server_tls(identity(certificate_wish{}, impostor))), errc::certificate_untrusted);
}

TEST(tls, speaks_1_2_but_nothing_older) {
  EXPECT_TRUE(meet(server_tls(good_tls().self, TLS1_2_VERSION)).response);
  expect_refused(meet(server_tls(good_tls().self, TLS1_1_VERSION)), errc::tls_failed);
  expect_refused(meet(server_tls(good_tls().self, TLS1_VERSION)), errc::tls_failed);
}

TEST(tls, names_a_port_that_does_not_speak_tls) {
  loopback_server server([](peer& client) {
    client.first_byte();
    client.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    client.hold();
  });
  wire_client client;
  const outcome got = client.fetch(server.at(true));
  expect_refused(got, errc::tls_failed);
  EXPECT_NE(got.failure->what.detail.find("does not speak TLS"), std::string::npos)
      << got.failure->what.detail;
}

TEST(tls, names_a_handshake_that_is_broken_off) {
  for (const bool reset : {false, true}) {
    loopback_server server([reset](peer& client) {
      client.first_byte();
      reset ? client.reset() : client.cut();
    });
    wire_client client;
    expect_refused(client.fetch(server.at(true)), errc::tls_failed);
  }
}

TEST(tls, takes_an_unannounced_end_for_a_truncated_body_unless_the_length_was_known) {
  const std::string open_end = "HTTP/1.1 200 OK\r\n\r\n{}";
  for (const bool orderly : {false, true}) {
    loopback_server server(good_tls(), [&](peer& client) {
      client.request();
      client.send(open_end);
      orderly ? client.close() : client.cut();
      client.hold();
    });
    wire_client client;
    const outcome got = client.fetch(server.at(true));
    EXPECT_EQ(code_of(got), orderly ? errc::none : errc::truncated_body);
  }
  loopback_server server(good_tls(), [&](peer& client) {
    client.request();
    client.send(ok());
    client.cut();
    client.hold();
  });
  wire_client client;
  EXPECT_TRUE(client.fetch(server.at(true)).response);
}

TEST(tls, resumes_its_session_on_the_next_connection) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    std::promise<bool> resumed[2];
    loopback_server server(server_tls(good_tls().self, version), [&](peer& client) {
      client.request();
      client.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      resumed[client.number()].set_value(client.resumed());
      client.close();
    });
    wire_client client;
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.fetch(server.at(true)).response);
    EXPECT_FALSE(resumed[0].get_future().get());
    EXPECT_TRUE(resumed[1].get_future().get()) << version;
  }
}

TEST(tls, does_not_resume_the_session_of_one_name_under_another) {
  certificate_wish wish;
  wish.names = "IP:127.0.0.1";
  loopback_server server(signed_tls(wish),
                         answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  wire_client client;
  ASSERT_TRUE(client.fetch(server.at(true, "127.0.0.1")).response);
  expect_refused(client.fetch(server.at(true, "localhost")), errc::certificate_wrong_host);
}

class ca_file : public testing::Test {
 protected:
  ~ca_file() override { std::remove(path_.c_str()); }
  std::optional<error> make_with(const std::string& content) {
    std::ofstream(path_) << content;
    asio::io_context io;
    transport::network_options options;
    options.ca_file = path_;
    const auto made = transport::make_network(io.get_executor(), options);
    if (made) return std::nullopt;
    return made.error();
  }
  std::string path_ = testing::TempDir() + "mux-ca-" + std::to_string(::getpid()) + ".pem";
};

TEST_F(ca_file, without_a_certificate_is_refused_by_name) {
  const std::string good = trusted_authority::instance().self().pem();
  for (const std::string& content :
       {std::string(), std::string("no certificate"), good.substr(0, good.size() / 2),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}) {
    const std::optional<error> refused = make_with(content);
    ASSERT_TRUE(refused) << content;
    EXPECT_EQ(refused->code, errc::invalid_ca_file);
    EXPECT_NE(refused->detail.find(path_), std::string::npos);
  }
  EXPECT_FALSE(make_with(good));
}

TEST_F(ca_file, that_does_not_exist_is_refused_by_name) {
  asio::io_context io;
  transport::network_options options;
  options.ca_file = "/does/not/exist.pem";
  const auto made = transport::make_network(io.get_executor(), options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::invalid_ca_file);
  EXPECT_NE(made.error().detail.find("/does/not/exist.pem"), std::string::npos);
}

TEST_F(ca_file, of_the_environment_is_trusted_when_none_is_given) {
  loopback_server server(good_tls(), answering(ok()));
  const char* before = std::getenv("SSL_CERT_FILE");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("SSL_CERT_FILE", trusted_authority::instance().file().c_str(), 1);
  wire_client client{transport::network_options{}};
  kept.empty() ? ::unsetenv("SSL_CERT_FILE") : ::setenv("SSL_CERT_FILE", kept.c_str(), 1);
  EXPECT_TRUE(client.fetch(server.at(true)).response);
}

}  // namespace
}  // namespace mux::test
