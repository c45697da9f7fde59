#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/certificate.hpp"
#include "emulator/environment_file.hpp"
#include "emulator/private_files.hpp"
#include "unit/emulator/harness.hpp"
#include "unit/emulator/wire.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view credentials = "Host: 127.0.0.1\r\nAuthorization: Basic aWQ6c2VjcmV0\r\n";

std::string get(std::string_view target, std::string_view fields = {}) {
  std::string text = "GET ";
  return text.append(target).append(" HTTP/1.1\r\n").append(credentials).append(fields).append("\r\n");
}

std::string post(std::string_view target, std::string_view body) {
  std::string text = "POST ";
  text.append(target).append(" HTTP/1.1\r\n").append(credentials);
  return text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

constexpr std::string_view create_body = R"({"input":"https://example.com/a.mp4"})";

struct running {
  explicit running(const server_options& options = quiet_options()) : server(options) { server.start(); }
  wire connect() const { return wire(server.port(), server.ca_file().string()); }
  emulator::server server;
};

server_options plain_options() {
  auto options = quiet_options();
  options.tls = false;
  return options;
}

TEST(server, answers_over_tls_that_its_ca_vouches_for) {
  running r;
  auto connection = r.connect();
  const auto answer = connection.exchange(get("/system/v1/whoami"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->field("cache-control"), "max-age=0, private, must-revalidate");
  EXPECT_EQ(answer->field("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(answer->field("server"), "Mux API Server");
  EXPECT_THAT(answer->field("date"),
              testing::MatchesRegex("[A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] 20.. ..:..:.. GMT"));
  EXPECT_EQ(answer->field("x-request-id").size(), 20u);
  EXPECT_TRUE(answer->complete);
  EXPECT_THAT(connection.tls_version(), testing::AnyOf("TLSv1.2", "TLSv1.3"));
}

TEST(server, is_not_trusted_without_its_ca) {
  running r, other;
  EXPECT_THROW(wire(r.server.port(), other.server.ca_file().string()), std::runtime_error);
  EXPECT_NE(r.server.ca_pem(), other.server.ca_pem());
}

TEST(server, keeps_a_connection_for_many_requests_sent_ahead_or_not) {
  running r(plain_options());
  auto connection = r.connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connection.exchange(get("/system/v1/whoami"))->status, 200);
  connection.send(get("/system/v1/whoami") + get("/video/v1/assets") + get("/nowhere"));
  for (const int status : {200, 200, 404}) EXPECT_EQ(connection.receive()->status, status);
}

TEST(server, closes_after_the_answer_if_the_client_wants_it) {
  running r;
  auto connection = r.connect();
  const auto answer = connection.exchange(get("/system/v1/whoami", "Connection: close\r\n"));
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->field("connection"), "close");
  EXPECT_TRUE(connection.ended());
}

TEST(server, a_delete_is_answered_without_a_body) {
  auto options = plain_options();
  options.ready_after = 0s;
  running r(options);
  auto connection = r.connect();
  const auto created = connection.exchange(post("/video/v1/assets", create_body));
  EXPECT_EQ(created->status, 201);
  const auto id = std::string(boost::json::parse(created->body).at("data").at("id").as_string());
  const auto deleted = connection.exchange("DELETE /video/v1/assets/" + id + " HTTP/1.1\r\n" +
                                           std::string(credentials) + "\r\n");
  EXPECT_EQ(deleted->status, 204);
  EXPECT_EQ(deleted->field("content-length"), "");
  EXPECT_EQ(connection.exchange(get("/system/v1/whoami"))->status, 200);
}

TEST(server, a_client_that_waits_for_100_continue_gets_it) {
  running r(plain_options());
  auto connection = r.connect();
  connection.send("POST /video/v1/assets HTTP/1.1\r\n" + std::string(credentials) +
                  "Expect: 100-continue\r\nContent-Length: " + std::to_string(create_body.size()) +
                  "\r\n\r\n");
  EXPECT_EQ(connection.receive()->status, 100);
  EXPECT_EQ(connection.exchange(create_body)->status, 201);
}

TEST(server, an_answer_lost_after_commit_leaves_the_asset) {
  for (const bool tls : {true, false}) {
    auto options = tls ? quiet_options() : plain_options();
    options.faults.push_back(*parse_fault("create_answer_lost*1"));
    running r(options);
    auto connection = r.connect();
    EXPECT_FALSE(connection.exchange(post("/video/v1/assets", create_body)));
    EXPECT_EQ(r.server.ledger().creates, 1u);
    EXPECT_EQ(r.server.ledger().faults, 1u);
    auto next = r.connect();
    EXPECT_EQ(next.exchange(post("/video/v1/assets", create_body))->status, 201);
    EXPECT_EQ(r.server.ledger().duplicates, 1u);
  }
}

TEST(server, a_truncated_answer_announces_more_than_it_sends) {
  auto options = plain_options();
  options.faults.push_back(*parse_fault("truncate"));
  running r(options);
  auto connection = r.connect();
  const auto answer = connection.exchange(get("/system/v1/whoami"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(answer->complete);
  EXPECT_FALSE(answer->body.empty());
}

TEST(server, a_reset_ends_the_connection) {
  auto options = plain_options();
  options.faults.push_back(*parse_fault("reset_before*1"));
  running r(options);
  auto connection = r.connect();
  EXPECT_FALSE(connection.exchange(get("/system/v1/whoami")));
  EXPECT_EQ(errno, ECONNRESET);
}

TEST(server, a_delayed_answer_holds_up_nobody_else) {
  auto options = plain_options();
  options.faults.push_back(*parse_fault("delay:600000*1"));
  running r(options);
  auto slow = r.connect(), quick = r.connect();
  slow.send(get("/system/v1/whoami"));
  while (r.server.ledger().faults == 0) std::this_thread::yield();
  EXPECT_EQ(quick.exchange(get("/system/v1/whoami"))->status, 200);
}

TEST(server, the_date_follows_the_emulators_clock) {
  running r(plain_options());
  auto connection = r.connect();
  const auto before = connection.exchange(get("/system/v1/whoami"))->field("date");
  r.server.advance_time(std::chrono::hours(24 * 400));
  EXPECT_NE(connection.exchange(get("/system/v1/whoami"))->field("date").substr(12, 4), before.substr(12, 4));
}

TEST(server, a_limit_set_while_it_runs_holds_from_the_next_request_on) {
  running r(plain_options());
  auto connection = r.connect();
  EXPECT_EQ(connection.exchange(get("/system/v1/whoami"))->status, 200);
  r.server.set_limit(rate_class::system, {0.001, 1});
  EXPECT_EQ(connection.exchange(get("/system/v1/whoami"))->status, 200);
  EXPECT_EQ(connection.exchange(get("/system/v1/whoami"))->status, 429);
  r.server.set_limit(rate_class::system, no_limit);
  EXPECT_EQ(connection.exchange(get("/system/v1/whoami"))->status, 200);
}

TEST(server, oversized_and_malformed_requests_are_refused) {
  auto options = plain_options();
  options.max_header = 2000;
  options.max_body = 1000;
  running r(options);
  EXPECT_EQ(r.connect().exchange(get("/", "X: " + std::string(3000, 'x') + "\r\n"))->status, 431);
  EXPECT_EQ(r.connect().exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")->status, 413);
  EXPECT_EQ(r.connect().exchange("NONSENSE\r\n\r\n")->status, 400);
  EXPECT_EQ(r.connect().exchange("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")->status,
            400);
  EXPECT_EQ(r.connect().exchange(get("/system/v1/whoami"))->status, 200);
}

TEST(server, a_silent_client_is_closed_after_the_idle_timeout) {
  auto options = plain_options();
  options.idle_timeout = 50ms;
  running r(options);
  auto silent = r.connect(), half = r.connect();
  half.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(half.ended());
}

TEST(server, more_connections_than_allowed_are_closed_at_once) {
  auto options = plain_options();
  options.max_connections = 1;
  running r(options);
  auto first = r.connect();
  EXPECT_EQ(first.exchange(get("/system/v1/whoami"))->status, 200);
  EXPECT_TRUE(r.connect().ended());
  EXPECT_EQ(first.exchange(get("/system/v1/whoami"))->status, 200);
}

TEST(server, stop_lets_an_answer_under_way_end) {
  auto options = plain_options();
  options.faults.push_back(*parse_fault("delay:200*1"));
  running r(options);
  auto connection = r.connect();
  connection.send(get("/system/v1/whoami"));
  while (r.server.ledger().faults == 0) std::this_thread::yield();
  auto stopping = std::async(std::launch::async, [&r] { r.server.stop(); });
  EXPECT_EQ(connection.receive()->status, 200);
  stopping.wait();
  EXPECT_TRUE(connection.ended());
  EXPECT_THROW((void)r.connect(), std::runtime_error);
}

TEST(server, can_be_started_again_and_keeps_its_state) {
  running r(plain_options());
  r.server.seed_assets(3);
  r.server.stop();
  r.server.start();
  EXPECT_EQ(r.server.asset_count(), 3u);
  EXPECT_EQ(r.connect().exchange(get("/video/v1/assets"))->status, 200);
}

TEST(server, serves_many_connections_on_many_threads) {
  auto options = quiet_options();
  options.threads = 4;
  running r(options);
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&r] {
      auto connection = r.connect();
      for (int j = 0; j < 25; ++j)
        EXPECT_EQ(connection.exchange(post("/video/v1/assets", create_body))->status, 201);
    });
  for (auto& client : clients) client.join();
  EXPECT_EQ(r.server.ledger().creates, 200u);
  EXPECT_EQ(r.server.created().size(), 200u);
}

TEST(server, a_port_in_use_is_named) {
  running r(plain_options());
  auto options = plain_options();
  options.port = r.server.port();
  emulator::server second(options);
  try {
    second.start();
    FAIL() << "started twice on one port";
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code(), std::errc::address_in_use);
    EXPECT_THAT(e.what(), testing::HasSubstr("127.0.0.1 port " + std::to_string(options.port)));
  }
}

TEST(server, plain_http_is_served_on_loopback_only) {
  auto options = plain_options();
  options.address = "0.0.0.0";
  EXPECT_THROW(emulator::server(options).start(), std::runtime_error);
  options.address = "example.com";
  EXPECT_THROW(emulator::server(options).start(), std::runtime_error);
}

TEST(server, uses_a_certificate_that_is_given) {
  running donor;
  const private_folder folder;
  const auto made = make_certificate("127.0.0.1");
  write_private_file(folder.path() / "cert.pem", made.chain + made.ca);
  write_private_file(folder.path() / "key.pem", made.key);
  auto options = quiet_options();
  options.certificate_file = folder.path() / "cert.pem";
  options.key_file = folder.path() / "key.pem";
  running r(options);
  EXPECT_EQ(r.connect().exchange(get("/system/v1/whoami"))->status, 200);
  EXPECT_EQ(r.server.ca_pem(), made.chain + made.ca);

  options.key_file = folder.path() / "missing.pem";
  EXPECT_THROW(emulator::server(options).start(), std::system_error);
  options.key_file = folder.path() / "cert.pem";
  EXPECT_THROW(emulator::server(options).start(), std::runtime_error);
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777;
}

TEST(server, its_files_are_private_and_removed_at_the_end) {
  std::filesystem::path ca, bundle;
  {
    running r;
    ca = r.server.ca_file();
    bundle = r.server.ca_bundle_file();
    EXPECT_EQ(mode_of(ca), 0600u);
    EXPECT_EQ(mode_of(bundle), 0600u);
    EXPECT_EQ(mode_of(ca.parent_path()), 0700u);
    EXPECT_EQ(read_file(ca), r.server.ca_pem());
    EXPECT_THAT(read_file(bundle), testing::EndsWith(r.server.ca_pem()));
    EXPECT_THAT(read_file(bundle), testing::StartsWith(system_ca_bundle()));
  }
  EXPECT_FALSE(std::filesystem::exists(ca.parent_path()));
}

TEST(environment, exports_are_quoted_for_the_shell) {
  auto options = plain_options();
  options.tokens.front().secret = "it's $HOME";
  running r(options);
  EXPECT_EQ(environment_exports(r.server), "unset MUX_AUTHORIZATION_TOKEN\nexport MUX_BASE_URL='" +
                                               r.server.base_url() +
                                               "'\nexport MUX_TOKEN_ID='id'\n"
                                               "export MUX_TOKEN_SECRET='it'\\''s $HOME'\n"
                                               "export MUX_EMULATOR_CONTROL_TOKEN='control'\n");
}

TEST(environment, names_the_ca_files_with_tls) {
  running r;
  const auto text = environment_exports(r.server);
  EXPECT_THAT(text, testing::HasSubstr("\nexport MUX_BASE_URL='https://127.0.0.1:" +
                                       std::to_string(r.server.port())));
  EXPECT_THAT(text,
              testing::HasSubstr("\nexport SSL_CERT_FILE='" + r.server.ca_bundle_file().string() + "'\n"));
  EXPECT_THAT(text,
              testing::HasSubstr("\nexport NODE_EXTRA_CA_CERTS='" + r.server.ca_file().string() + "'\n"));
}

TEST(private_files, replace_a_file_whatever_its_mode_was) {
  const private_folder folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << "old and longer";
  ::chmod(path.c_str(), 0644);
  write_private_file(path, "new");
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(private_files, an_unwritable_place_is_named) {
  try {
    write_private_file("/nonexistent/folder/file", "text");
    FAIL();
  } catch (const std::system_error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("/nonexistent/folder/file"));
    EXPECT_EQ(e.code(), std::errc::no_such_file_or_directory);
  }
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
