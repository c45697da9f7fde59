// The storage over a real connection.

#include <future>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"
#include "unit/emulator/wire.hpp"

namespace mux::inline v0::emulator::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t unit = storage_transfer::unit;

class storage_wire : public testing::TestWithParam<bool> {
 protected:
  void start(server_options options = quiet_options()) {
    options.tls = GetParam();
    options.max_body = 1000;
    server.emplace(options);
    server->start();
    connection.emplace(server->port(), server->ca_file().string());
    constexpr std::string_view body = R"({"cors_origin":"*"})";
    const auto answer = connection->exchange(
        "POST /video/v1/uploads HTTP/1.1\r\nHost: localhost:" + std::to_string(server->port()) +
        "\r\nAuthorization: Basic aWQ6c2VjcmV0\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + std::string(body));
    const auto upload = harness::data_of(answer->body);
    url = std::string(upload.at("url").as_string());
    target = target_of(upload);
  }
  wire connect() const { return wire(server->port(), server->ca_file().string()); }

  std::string head(std::string_view fields) const {
    return "PUT " + target + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
  }
  static std::string length(std::size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n"; }
  std::optional<wire_answer> query() {
    return connect().exchange(head("Content-Range: bytes */*\r\nContent-Length: 0\r\n"));
  }
  /// Asks until `bytes` are durable: another connection's last bytes may still be on their way.
  void expect_durable(std::size_t bytes) {
    const auto expected = "bytes=0-" + std::to_string(bytes - 1);
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (query()->field("Range") != expected && std::chrono::steady_clock::now() < give_up)
      std::this_thread::yield();
    EXPECT_EQ(query()->field("Range"), expected);
  }

  std::optional<emulator::server> server;
  std::optional<wire> connection;
  std::string url, target;
  std::string file = file_of(5 * unit + 777);
};

INSTANTIATE_TEST_SUITE_P(with_and_without_tls, storage_wire, testing::Bool());

TEST_P(storage_wire, stands_where_the_client_found_the_server) {
  start();
  EXPECT_THAT(url, testing::StartsWith((GetParam() ? "https://localhost:" : "http://localhost:") +
                                       std::to_string(server->port()) + "/_storage/"));
}

TEST_P(storage_wire, answers_as_google_does) {
  start();
  auto answer = connection->exchange(
      head("Content-Range: bytes 0-524287/" + std::to_string(file.size()) + "\r\n" + length(2 * unit)) +
      file.substr(0, 2 * unit));
  EXPECT_THAT(answer->head, testing::StartsWith("HTTP/1.1 308 Resume Incomplete\r\n"));
  EXPECT_EQ(answer->field("Range"), "bytes=0-524287");
  EXPECT_EQ(answer->field("content-length"), "0");
  EXPECT_EQ(answer->field("server"), "UploadServer");
  EXPECT_EQ(answer->field("x-request-id"), "");
  answer = connection->exchange(head("Content-Range: bytes 524288-" + std::to_string(file.size() - 1) + "/" +
                                     std::to_string(file.size()) + "\r\n" + length(file.size() - 2 * unit)) +
                                file.substr(2 * unit));
  EXPECT_EQ(answer->status, 200);
  content_hash expected;
  expected.update(file);
  ASSERT_EQ(server->created().size(), 1u);
  EXPECT_EQ(server->created()[0].sha256, expected.sha256());
}

TEST_P(storage_wire, asks_for_the_body_only_if_it_wants_it) {
  start();
  connection->send(head("Expect: 100-continue\r\n" + length(3)));
  EXPECT_EQ(connection->receive()->status, 100);
  EXPECT_EQ(connection->exchange("abc")->status, 200);
  target += "0";
  const auto refused = connection->exchange(head("Expect: 100-continue\r\n" + length(1'000'000'000)));
  EXPECT_EQ(refused->status, 404);
  EXPECT_EQ(refused->field("connection"), "close");
  EXPECT_TRUE(connection->ended());
}

TEST_P(storage_wire, a_refused_body_is_read_to_its_end_and_the_connection_lives_on) {
  start();
  EXPECT_EQ(connection->exchange(head("Content-Range: nonsense\r\n" + length(file.size())) + file)->status,
            400);
  EXPECT_EQ(connection->exchange(head(length(file.size())) + file)->status, 200);
  EXPECT_EQ(server->ledger().storage_bytes, 2 * file.size());
}

TEST_P(storage_wire, sees_what_the_head_says) {
  start();
  const auto answer =
      connection->exchange(head("Content-Range: bytes */*\r\nContent-Length: 0\r\nX-GUploader-No-308: "
                                "yes\r\nAuthorization: Basic x\r\n"));
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->field("X-HTTP-Status-Code-Override"), "308");
  EXPECT_EQ(server->ledger().leaked_credentials, 1u);
}

TEST_P(storage_wire, one_file_from_many_connections_becomes_one_asset) {
  auto options = quiet_options();
  options.threads = 4;
  start(options);
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([this] {
      auto own = connect();
      EXPECT_EQ(own.exchange(head(length(file.size())) + file)->status, 200);
    });
  for (auto& client : clients) client.join();
  content_hash expected;
  expected.update(file);
  ASSERT_EQ(server->created().size(), 1u);
  EXPECT_EQ(server->created()[0].sha256, expected.sha256());
  EXPECT_EQ(server->ledger().stored_bytes, file.size());
}

TEST_P(storage_wire, takes_a_chunked_body) {
  start();
  connection->send(head("Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n");
  EXPECT_EQ(connection->exchange("4\r\ndefg\r\n0\r\n\r\n")->status, 200);
  EXPECT_EQ(server->created().at(0).size, 7u);
}

TEST_P(storage_wire, a_connection_that_breaks_leaves_whole_units) {
  start();
  connection->send(head(length(file.size())) + file.substr(0, 3 * unit + 10));
  connection.reset();
  expect_durable(3 * unit);
  EXPECT_EQ(server->ledger().creates, 0u);
}

TEST_P(storage_wire, a_cut_is_a_reset_in_the_middle) {
  auto options = quiet_options();
  options.faults.push_back(*parse_fault("cut*1"));
  start(options);
  EXPECT_FALSE(connection->exchange(head(length(file.size())) + file));
  expect_durable(2 * unit);
}

TEST_P(storage_wire, a_lost_answer_leaves_the_file_complete) {
  auto options = quiet_options();
  options.faults.push_back(*parse_fault("upload_answer_lost*1"));
  start(options);
  EXPECT_FALSE(connection->exchange(head(length(file.size())) + file));
  EXPECT_EQ(query()->status, 200);
  EXPECT_EQ(server->ledger().upload_assets, 1u);
}

TEST_P(storage_wire, a_body_under_way_does_not_hold_up_the_end_of_the_server) {
  start();
  connection->send(head(length(file.size())) + file.substr(0, unit));
  expect_durable(unit);
  auto stopping = std::async(std::launch::async, [this] { server->stop(); });
  EXPECT_TRUE(connection->ended());
  stopping.wait();
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
