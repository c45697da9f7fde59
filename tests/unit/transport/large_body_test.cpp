// Bodies that are written from where they stand, and how long that may take.

#include <algorithm>
#include <future>
#include <sys/socket.h>

#include "unit/transport/loopback_server.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using namespace std::chrono_literals;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  return bytes;
}

TEST(large_body, arrives_whole_around_the_size_from_which_it_is_not_copied) {
  for (const bool tls : {false, true}) {
    for (const std::size_t size : {64u * 1024 - 1, 64u * 1024, 64u * 1024 + 1, 3u * 1024 * 1024 + 7}) {
      std::promise<std::string> request;
      const auto script = [&request](peer& p) {
        request.set_value(p.request());
        p.send(ok());
      };
      loopback_server server = tls ? loopback_server(good_tls(), script) : loopback_server(script);
      const std::string body = pattern(size);
      wire_client client;
      const transport::outcome answered = client.fetch(server.at(tls), post(body));
      ASSERT_TRUE(answered.response) << size;
      const std::string got = request.get_future().get();
      ASSERT_GE(got.size(), size);
      EXPECT_TRUE(std::string_view(got).substr(got.size() - size) == body) << size;
      EXPECT_NE(got.find("Content-Length: " + std::to_string(size) + "\r\n"), std::string::npos);
    }
  }
}

TEST(large_body, of_another_kind_than_json_has_no_type) {
  std::promise<std::string> sent;
  loopback_server server([&sent](peer& p) {
    sent.set_value(p.request());
    p.send(ok());
  });
  wire_client client;
  transport::wire_request request = post("bytes");
  request.json = false;
  ASSERT_TRUE(client.fetch(server.at(false), request).response);
  const std::string got = sent.get_future().get();
  EXPECT_EQ(got.find("Content-Type"), std::string::npos) << got;
  EXPECT_NE(got.find("Content-Length: 5\r\n"), std::string::npos);
}

// The whole takes longer than the limit, no pause between two pieces does.
TEST(large_body, may_take_longer_than_a_write_as_long_as_it_goes_on) {
  constexpr auto limit = 2s;
  const std::string body = pattern(16 * 1024 * 1024);  // more than the system's buffers take
  loopback_server server([&body](peer& p) {
    std::string bytes(1024 * 1024, '\0');
    std::size_t left = body.size();
    while (left > 0) {
      p.pause(300ms);
      const ssize_t n = ::recv(p.socket(), bytes.data(), std::min(left, bytes.size()), MSG_WAITALL);
      if (n <= 0) return;
      left -= static_cast<std::size_t>(n);
    }
    p.send(ok());
    p.hold();
  });
  transport::network_options options = trusting();
  options.timeouts.write = limit;
  wire_client client(std::move(options));
  const auto begun = transport::clock::now();
  const transport::outcome got = client.fetch(server.at(false), post(body));
  EXPECT_TRUE(got.response) << got.failure->what.message();
  EXPECT_GT(transport::clock::now() - begun, limit);
}

TEST(large_body, that_stands_still_times_out) {
  loopback_server server([](peer& p) {
    (void)p.first_byte();
    p.hold();
  });
  transport::network_options options = trusting();
  options.timeouts.write = 150ms;
  wire_client client(std::move(options));
  const std::string body = pattern(32 * 1024 * 1024);
  const transport::outcome got = client.fetch(server.at(false), post(body));
  ASSERT_TRUE(got.failure);
  EXPECT_EQ(got.failure->what.code, errc::timed_out);
  EXPECT_EQ(got.failure->what.phase, call_phase::write);
  EXPECT_TRUE(got.failure->what.bytes_sent);
}

}  // namespace
}  // namespace mux::test
