#include "transport/response_parser.hpp"

#include <string>

#include <gtest/gtest.h>

namespace mux::transport {
namespace {

/// What became of an answer that came in parts of `step` bytes, followed by the end of the stream.
struct reading {
  wire_response response;
  errc code = errc::none;
  bool complete = false;
  bool keep_alive = false;
  std::size_t rest = 0;
};

reading read(std::string_view bytes, std::size_t step = std::string_view::npos, bool orderly = true,
             response_limits limits = {}) {
  reading got;
  response_parser parser(limits, got.response);
  std::string buffer;
  while (!bytes.empty() && !parser.complete() && !parser.failed()) {
    buffer.append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    buffer.erase(0, parser.take(buffer));
  }
  parser.end(orderly);
  got.code = parser.code();
  got.complete = parser.complete();
  got.keep_alive = parser.keep_alive();
  got.rest = buffer.size() + bytes.size();
  return got;
}

struct answer_case {
  std::string_view name;
  std::string bytes;
  errc code = errc::none;
  int status = 200;
  std::string_view body = {};
  bool keep_alive = false;
};

std::ostream& operator<<(std::ostream& out, const answer_case& c) {
  return out << c.name;
}

const std::string head = "HTTP/1.1 200 OK\r\n";
const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";

std::string field(std::string_view line) {
  return head + std::string(line) + "\r\nContent-Length: 0\r\n\r\n";
}

std::vector<answer_case> usable() {
  const errc fine = errc::none;
  return {
      {"length", head + "Content-Length: 2\r\n\r\n{}", fine, 200, "{}", true},
      {"no_reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", fine, 200, "", true},
      {"empty_reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", fine, 200, "", true},
      {"name_case", head + "CONTENT-length:2\r\n\r\n{}", fine, 200, "{}", true},
      {"blanks_around_value", head + "Content-Length: \t2 \t\r\n\r\n{}", fine, 200, "{}", true},
      {"no_content", "HTTP/1.1 204 No Content\r\n\r\n", fine, 204, "", true},
      {"no_content_that_announces_some", "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n", fine, 204, "",
       false},
      {"not_modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", fine, 304, "", true},
      {"until_end", head + "\r\n{\"a\":1}", fine, 200, "{\"a\":1}", false},
      {"chunks", chunked + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", fine, 200, "{}", true},
      {"chunk_hex", chunked + "A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n", fine, 200,
       "01234567890123456789", true},
      {"chunk_extension", chunked + "2;name=\"v\"\r\n{}\r\n0;x\r\n\r\n", fine, 200, "{}", true},
      {"trailer", chunked + "2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n", fine, 200, "{}", true},
      {"chunked_case", head + "transfer-encoding: Chunked\r\n\r\n0\r\n\r\n", fine, 200, "", true},
      {"close", head + "Connection: close\r\nContent-Length: 0\r\n\r\n", fine, 200, "", false},
      {"close_in_list", head + "Connection: x, Close\r\nContent-Length: 0\r\n\r\n", fine, 200, "", false},
      {"http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", fine, 200, "{}", false},
      {"continue_first", "HTTP/1.1 100 Continue\r\n\r\n" + head + "Content-Length: 0\r\n\r\n", fine, 200, "",
       true},
      {"hints_first",
       "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", fine,
       404, "", true},
      {"redirect", "HTTP/1.1 307 Temporary\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n", fine, 307,
       "", true},
      {"html", "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", fine,
       502, "<html>", true},
      {"bytes_beyond_ascii_in_value", field("X: \xe4"), fine, 200, "", true},
      {"empty_value", field("X:"), fine, 200, "", true},
  };
}

std::vector<answer_case> hostile() {
  const errc bad = errc::bad_response;
  const std::string many(17, 'x');
  std::string interim;
  for (int i = 0; i < 17; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  return {
      {"http_0_9", "<html>hello", bad},
      {"http_2", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", bad},
      {"http_1_2", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", bad},
      {"http_2_preface", std::string("\0\0\x12\4\0\0\0\0\0", 9), bad},
      {"other_protocol", "SSH-2.0-OpenSSH_9.2\r\n", bad},
      {"lower_case_version", "http/1.1 200 OK\r\n\r\n", bad},
      {"blank_line_first", "\r\n" + head + "\r\n", bad},
      {"status_099", "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n", bad},
      {"status_600", "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n", bad},
      {"status_1000", "HTTP/1.1 1000 X\r\nContent-Length: 0\r\n\r\n", bad},
      {"status_abc", "HTTP/1.1 abc X\r\nContent-Length: 0\r\n\r\n", bad},
      {"status_short", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", bad},
      {"status_signed", "HTTP/1.1 -20 OK\r\nContent-Length: 0\r\n\r\n", bad},
      {"two_blanks", "HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n", bad},
      {"lengths_that_differ", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", bad},
      {"lengths_alike", head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", bad},
      {"length_list", head + "Content-Length: 2, 2\r\n\r\n{}", bad},
      {"length_negative", head + "Content-Length: -2\r\n\r\n{}", bad},
      {"length_plus", head + "Content-Length: +2\r\n\r\n{}", bad},
      {"length_hex", head + "Content-Length: 0x2\r\n\r\n{}", bad},
      {"length_blank_within", head + "Content-Length: 1 2\r\n\r\n{}", bad},
      {"length_empty", head + "Content-Length:\r\n\r\n{}", bad},
      {"length_overflow", head + "Content-Length: 18446744073709551618\r\n\r\n{}", bad},
      {"length_with_chunks", head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad},
      {"chunks_with_length", head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", bad},
      {"chunked_twice", head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       bad},
      {"chunked_list", head + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", bad},
      {"chunked_not_last", head + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", bad},
      {"gzip_chunked", head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", bad},
      {"unknown_transfer_encoding", head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", bad},
      {"chunked_in_http_1_0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad},
      {"chunk_without_digits", chunked + "\r\n{}\r\n0\r\n\r\n", bad},
      {"chunk_negative", chunked + "-2\r\n{}\r\n0\r\n\r\n", bad},
      {"chunk_prefix", chunked + "0x2\r\n{}\r\n0\r\n\r\n", bad},
      {"chunk_overflow", chunked + "10000000000000002\r\n{}\r\n0\r\n\r\n", bad},
      {"chunk_bad_extension", chunked + "2 x\r\n{}\r\n0\r\n\r\n", bad},
      {"chunk_endless_extension", chunked + "2;" + std::string(300, 'x'), bad},
      {"chunk_without_line_end", chunked + "2\r\n{}0\r\n\r\n", bad},
      {"chunk_too_long", chunked + "1\r\n{}\r\n0\r\n\r\n", bad},
      {"chunk_bare_line_feed", chunked + "2\n{}\n0\n\n", bad},
      {"trailer_malformed", chunked + "0\r\nnonsense\r\n\r\n", bad},
      {"bare_line_feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", bad},
      {"bare_carriage_return", field("X: a\rb"), bad},
      {"nul_in_value", field(std::string_view("X: a\0b", 6)), bad},
      {"escape_in_value", field("X: \x1b[2J"), bad},
      {"nul_in_status", std::string("HTTP/1.1 200 O\0K\r\n\r\n", 21), bad},
      {"folded_line", field("X: a\r\n b"), bad},
      {"blank_before_colon", field("X : a"), bad},
      {"blank_in_name", field("X Y: a"), bad},
      {"no_colon", field("nonsense"), bad},
      {"empty_name", field(": a"), bad},
      {"byte_beyond_ascii_in_name", field("X\xe4: a"), bad},
      {"encoded_body", field("Content-Encoding: gzip"), bad},
      {"switches_protocols", "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", bad},
      {"interim_flood", interim + head + "Content-Length: 0\r\n\r\n", bad},
      {"interim_with_body", "HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\nhello" + head + "\r\n", bad},
      {"head_endless", head + "X: " + std::string(70'000, 'x'), errc::response_too_large},
      {"fields_endless",
       head +
           [] {
             std::string lines;
             for (int i = 0; i < 10'000; ++i) lines += "X: yyyy\r\n";
             return lines;
           }(),
       errc::response_too_large},
      {"trailer_endless", chunked + "0\r\n" + "X: " + std::string(70'000, 'x'), errc::response_too_large},
      {"length_beyond_bound", head + "Content-Length: 67108865\r\n\r\n", errc::response_too_large},
      {"chunk_beyond_bound", chunked + "4000001\r\n", errc::response_too_large},
      {"ends_in_status_line", "HTTP/1.1 20", errc::connection_lost_unanswered},
      {"ends_in_head", head + "Content-Le", errc::connection_lost_unanswered},
      {"ends_before_body", head + "Content-Length: 2\r\n\r\n", errc::truncated_body},
      {"ends_in_body", head + "Content-Length: 2\r\n\r\n{", errc::truncated_body},
      {"ends_before_chunk", chunked, errc::truncated_body},
      {"ends_in_chunk_size", chunked + "1", errc::truncated_body},
      {"ends_in_chunk", chunked + "2\r\n{", errc::truncated_body},
      {"ends_after_chunk", chunked + "2\r\n{}\r\n", errc::truncated_body},
      {"ends_in_trailer", chunked + "0\r\n", errc::truncated_body},
  };
}

class answer : public testing::TestWithParam<std::tuple<answer_case, std::size_t>> {};

std::string name_of_case(const testing::TestParamInfo<answer::ParamType>& info) {
  const std::size_t step = std::get<1>(info.param);
  return std::string(std::get<0>(info.param).name) + (step == 1   ? "_byte_by_byte"
                                                      : step == 7 ? "_in_sevens"
                                                                  : "_at_once");
}

TEST_P(answer, is_read_or_refused_alike_however_it_is_split) {
  const auto& [expected, step] = GetParam();
  const reading got = read(expected.bytes, step);
  EXPECT_EQ(got.code, expected.code);
  EXPECT_EQ(got.complete, expected.code == errc::none);
  if (expected.code == errc::none) {
    EXPECT_EQ(got.response.status, expected.status);
    EXPECT_EQ(got.response.body, expected.body);
    EXPECT_EQ(got.keep_alive, expected.keep_alive);
    EXPECT_EQ(got.rest, 0U);
  } else {
    EXPECT_FALSE(got.keep_alive && got.complete);
  }
}

const auto splits = testing::Values(std::size_t{1}, std::size_t{7}, std::string::npos);
INSTANTIATE_TEST_SUITE_P(usable, answer, testing::Combine(testing::ValuesIn(usable()), splits), name_of_case);
INSTANTIATE_TEST_SUITE_P(hostile, answer, testing::Combine(testing::ValuesIn(hostile()), splits),
                         name_of_case);

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
  EXPECT_EQ(read(head + "\r\n{}", 1, false).code, errc::truncated_body);
  EXPECT_EQ(read(head + "\r\n{}", 1, true).code, errc::none);
}

TEST(response_parser, bounds_a_body_without_announced_length) {
  response_limits limits;
  limits.body = 10;
  EXPECT_EQ(read(head + "\r\n0123456789", 3, true, limits).code, errc::none);
  EXPECT_EQ(read(head + "\r\n0123456789a", 3, true, limits).code, errc::response_too_large);
  EXPECT_EQ(read(chunked + "5\r\n01234\r\n6\r\n", 3, true, limits).code, errc::response_too_large);
}

TEST(response_parser, does_not_take_the_memory_that_a_length_only_announces) {
  const reading got = read(head + "Content-Length: 60000000\r\n\r\n{}");
  EXPECT_EQ(got.code, errc::truncated_body);
  EXPECT_LE(got.response.body.capacity(), 2U << 20);
}

}  // namespace
}  // namespace mux::transport
