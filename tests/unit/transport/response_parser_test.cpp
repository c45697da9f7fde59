#include <gtest/gtest.h>

#include "unit/transport/reading.hpp"

namespace mux::test {
namespace {

const std::string head = "HTTP/1.1 200 OK\r\n";
const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";

TEST(response_parser, keeps_fields_in_their_order_and_finds_them_in_any_case) {
  const reading got =
      read(head + "X-Request-Id: abc\r\nDate: today\r\nx-request-id: def\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(got.response.fields.size(), 4U);
  EXPECT_EQ(got.response.fields[1].first, "Date");
  EXPECT_EQ(got.response.field("x-ReQuest-id"), "abc");
  EXPECT_EQ(got.response.field("absent"), "");
}

TEST(response_parser, forgets_the_fields_of_interim_answers) {
  const reading got =
      read("HTTP/1.1 103 Hints\r\nX: early\r\n\r\n" + head + "X: late\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(got.response.field("x"), "late");
}

TEST(response_parser, leaves_what_follows_the_answer) {
  const reading got = read(head + "Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_TRUE(got.complete);
  EXPECT_EQ(got.response.body, "{}");
  EXPECT_EQ(got.rest, 19U);
}

TEST(response_parser, takes_a_body_that_a_disorderly_end_closes_for_truncated) {
  arrival cut(1);
  cut.orderly = false;
  EXPECT_EQ(read(head + "\r\n{}", cut).code, errc::truncated_body);
  EXPECT_EQ(read(head + "\r\n{}", 1).code, errc::none);
}

TEST(response_parser, tells_a_truncated_answer_at_every_byte) {
  const std::string answers[] = {head + "Content-Length: 8\r\n\r\n{\"id\":1}",
                                 chunked + "5\r\n{\"id\"\r\n3;x\r\n:1}\r\n0\r\nX: y\r\n\r\n"};
  for (const std::string& whole : answers) {
    const std::size_t body = whole.find("\r\n\r\n") + 4;
    for (std::size_t cut = 0; cut < whole.size(); ++cut)
      EXPECT_EQ(read(whole.substr(0, cut)).code,
                cut < body ? errc::connection_lost_unanswered : errc::truncated_body)
          << cut;
    EXPECT_EQ(read(whole).response.body, "{\"id\":1}");
  }
}

TEST(response_parser, bounds_a_body_without_announced_length) {
  response_limits limits;
  limits.body = 10;
  EXPECT_EQ(read(head + "\r\n0123456789", 3, limits).code, errc::none);
  EXPECT_EQ(read(head + "\r\n0123456789a", 3, limits).code, errc::response_too_large);
  EXPECT_EQ(read(chunked + "5\r\n01234\r\n6\r\n", 3, limits).code, errc::response_too_large);
}

TEST(response_parser, bounds_the_head_to_the_byte) {
  const std::string whole = head + "X: y\r\nContent-Length: 0\r\n\r\n";
  response_limits limits;
  limits.header = whole.size();
  EXPECT_EQ(read(whole, 1, limits).code, errc::none);
  --limits.header;
  EXPECT_EQ(read(whole, 1, limits).code, errc::response_too_large);
}

TEST(response_parser, does_not_bound_what_goes_to_a_sink_and_only_successes_go_there) {
  response_limits limits;
  limits.body = 4;
  arrival to_sink(3);
  to_sink.to_sink = true;
  const std::string bodies[] = {"Content-Length: 10\r\n\r\n0123456789", "\r\n0123456789",
                                "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n"};
  for (const std::string& body : bodies) {
    const reading success = read(head + body, to_sink, limits);
    EXPECT_EQ(success.code, errc::none);
    EXPECT_TRUE(success.streamed);
    EXPECT_EQ(success.response.body, "0123456789");
    const reading failure = read("HTTP/1.1 404 Not Found\r\n" + body, to_sink, limits);
    EXPECT_EQ(failure.code, errc::response_too_large);
    EXPECT_FALSE(failure.streamed);
  }
}

}  // namespace
}  // namespace mux::test
