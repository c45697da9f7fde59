// The catalogue of what a server, or somebody between it and us, may say in HTTP/1.1: what is understood, and
// as what; what is refused, and with which code. Each case at once, byte by byte and in sevens.

#include <gtest/gtest.h>

#include "unit/transport/reading.hpp"

namespace mux::test {
namespace {

struct framing_case {
  framing_case(std::string_view a_name, std::string some_bytes, errc a_code)
      : name(a_name), bytes(std::move(some_bytes)), code(a_code) {}
  framing_case(std::string_view a_name, std::string some_bytes, int a_status, std::string a_body, bool again,
               std::size_t beyond = 0)
      : name(a_name),
        bytes(std::move(some_bytes)),
        status(a_status),
        body(std::move(a_body)),
        keep_alive(again),
        rest(beyond) {}
  std::string_view name;
  std::string bytes;
  errc code = errc::none;
  int status = 0;
  std::string body;
  bool keep_alive = false;  ///< the connection may serve another request
  std::size_t rest = 0;     ///< bytes behind the answer
};

std::ostream& operator<<(std::ostream& out, const framing_case& c) {
  return out << c.name;
}

const std::string ok_line = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok_line + "Transfer-Encoding: chunked\r\n\r\n";
const std::string nothing = "Content-Length: 0\r\n\r\n";

/// An answer with this line among its headers.
std::string field(std::string_view line) {
  return ok_line + std::string(line) + "\r\n" + nothing;
}

/// An answer whose length is given so, with a body of two bytes.
std::string length(std::string_view value) {
  return ok_line + "Content-Length:" + std::string(value) + "\r\n\r\n{}";
}

/// An answer that is sent in this transfer encoding, with an empty body.
std::string encoding(std::string_view value) {
  return ok_line + "Transfer-Encoding:" + std::string(value) + "\r\n\r\n0\r\n\r\n";
}

std::string status(std::string_view line) {
  return std::string(line) + "\r\n" + nothing;
}

std::string operator"" _bytes(const char* text, std::size_t size) {
  return std::string(text, size);
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<framing_case> status_lines() {
  const errc bad = errc::bad_response;
  return {
      {"no_reason", status("HTTP/1.1 200"), 200, "", true},
      {"empty_reason", status("HTTP/1.1 200 "), 200, "", true},
      {"long_reason", status("HTTP/1.1 200 " + std::string(2000, 'x')), 200, "", true},
      {"reason_beyond_ascii", status("HTTP/1.1 200 \xe4\xf6"), 200, "", true},
      {"status_299", status("HTTP/1.1 299 X"), 299, "", true},
      {"status_599", status("HTTP/1.1 599 X"), 599, "", true},
      {"redirect", "HTTP/1.1 307 X\r\nLocation: https://x/\r\n" + nothing, 307, "", true},
      {"http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, "{}", false},
      {"http_1_0_that_stays", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}", 200,
       "{}", false},
      {"http_0_9", "<html>hello", bad},
      {"http_0_9_json", "{\"data\":[]}", bad},
      {"http_1", status("HTTP/1 200 OK"), bad},
      {"http_1_2", status("HTTP/1.2 200 OK"), bad},
      {"http_1_10", status("HTTP/1.10 200 OK"), bad},
      {"http_01_1", status("HTTP/01.1 200 OK"), bad},
      {"http_2_0", status("HTTP/2.0 200 OK"), bad},
      {"http_2", status("HTTP/2 200"), bad},
      {"http_2_settings", "\0\0\x12\4\0\0\0\0\0"_bytes, bad},
      {"http_3", status("HTTP/3 200"), bad},
      {"https", status("HTTPS/1.1 200 OK"), bad},
      {"no_version", status("HTTP 200 OK"), bad},
      {"lower_case", status("http/1.1 200 OK"), bad},
      {"shoutcast", "ICY 200 OK\r\n\r\n", bad},
      {"rtsp", status("RTSP/1.0 200 OK"), bad},
      {"ssh", "SSH-2.0-OpenSSH_9.2\r\n", bad},
      {"smtp", "220 mail.example.com ESMTP\r\n", bad},
      {"tls_alert", "\x15\x03\x01\x00\x02\x02\x28"_bytes, bad},
      {"byte_order_mark", "\xef\xbb\xbf" + status("HTTP/1.1 200 OK"), bad},
      {"blank_first", " " + status("HTTP/1.1 200 OK"), bad},
      {"blank_line_first", "\r\n" + status("HTTP/1.1 200 OK"), bad},
      {"nul_first", "\0"_bytes + status("HTTP/1.1 200 OK"), bad},
      {"two_blanks", status("HTTP/1.1  200 OK"), bad},
      {"tab_for_blank", status("HTTP/1.1\t200 OK"), bad},
      {"no_blank", status("HTTP/1.1200 OK"), bad},
      {"no_status", status("HTTP/1.1"), bad},
      {"blank_status", status("HTTP/1.1 "), bad},
      {"status_000", status("HTTP/1.1 000 X"), bad},
      {"status_099", status("HTTP/1.1 099 X"), bad},
      {"status_600", status("HTTP/1.1 600 X"), bad},
      {"status_999", status("HTTP/1.1 999 X"), bad},
      {"status_1000", status("HTTP/1.1 1000 X"), bad},
      {"status_of_two_digits", status("HTTP/1.1 20 OK"), bad},
      {"status_abc", status("HTTP/1.1 abc X"), bad},
      {"status_negative", status("HTTP/1.1 -20 X"), bad},
      {"status_plus", status("HTTP/1.1 +20 X"), bad},
      {"status_hex", status("HTTP/1.1 0xc8"), bad},
      {"status_and_reason_in_one", status("HTTP/1.1 200OK"), bad},
      {"nul_in_reason", status("HTTP/1.1 200 O\0K"_bytes), bad},
      {"escape_in_reason", status("HTTP/1.1 200 \x1b[2J"), bad},
      {"line_feed_after_status", "HTTP/1.1 200 OK\n" + nothing, bad},
      {"endless_status_line", "HTTP/1.1 200 " + std::string(70'000, 'x'), errc::response_too_large},
      {"ends_in_status_line", "HTTP/1.1 20", errc::connection_lost_unanswered},
  };
}

std::vector<framing_case> fields() {
  const errc bad = errc::bad_response;
  return {
      {"empty_value", field("X:"), 200, "", true},
      {"blank_value", field("X: \t "), 200, "", true},
      {"tab_in_value", field("X: a\tb"), 200, "", true},
      {"colons_in_value", field("X: a:b:c"), 200, "", true},
      {"bytes_beyond_ascii_in_value", field("X: \xe4"), 200, "", true},
      {"all_marks_in_name", field("!#$%&'*+-.^_`|~09azAZ: x"), 200, "", true},
      {"name_twice", field("X: a\r\nX: b"), 200, "", true},
      {"many", ok_line + repeated("X: y\r\n", 1000) + nothing, 200, "", true},
      {"upgrade_that_is_only_offered", field("Upgrade: h2c"), 200, "", true},
      {"close", field("Connection: close"), 200, "", false},
      {"close_in_list", field("Connection: x, Close"), 200, "", false},
      {"close_on_second_line", field("Connection: keep-alive\r\nconnection:close"), 200, "", false},
      {"closed_is_not_close", field("Connection: closed"), 200, "", true},
      {"keep_alive", field("Connection: keep-alive"), 200, "", true},
      {"no_coding", field("Content-Encoding: identity"), 200, "", true},
      {"no_coding_twice", field("Content-Encoding: identity, , IDENTITY"), 200, "", true},
      {"empty_coding", field("Content-Encoding:"), 200, "", true},
      {"folded_by_blank", field("X: a\r\n b"), bad},
      {"folded_by_tab", field("X: a\r\n\tb"), bad},
      {"folded_at_once", ok_line + " X: a\r\n" + nothing, bad},
      {"blank_line_that_is_not_empty", ok_line + "Content-Length: 0\r\n \r\n", bad},
      {"blank_before_colon", field("X : a"), bad},
      {"tab_before_colon", field("X\t: a"), bad},
      {"blank_in_name", field("X Y: a"), bad},
      {"no_colon", field("nonsense"), bad},
      {"no_name", field(": a"), bad},
      {"only_a_colon", field(":"), bad},
      {"parentheses_in_name", field("X(y): a"), bad},
      {"slash_in_name", field("X/y: a"), bad},
      {"quotes_in_name", field("\"X\": a"), bad},
      {"byte_beyond_ascii_in_name", field("X\xe4: a"), bad},
      {"nul_in_name", field("X\0Y: a"_bytes), bad},
      {"nul_in_value", field("X: a\0b"_bytes), bad},
      {"carriage_return_in_value", field("X: a\rb"), bad},
      {"two_carriage_returns", field("X: a\r"), bad},
      {"line_feed_in_value", field("X: a\nY: b"), bad},
      {"line_feed_before_carriage_return", field("X: a\n\r"), bad},
      {"escape_in_value", field("X: \x1b[2J"), bad},
      {"delete_in_value", field("X: \x7f"), bad},
      {"vertical_tab_in_value", field("X: a\vb"), bad},
      {"bare_line_feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", bad},
      {"line_feed_ends_head", ok_line + "Content-Length: 0\r\n\n", bad},
      {"one_mebibyte", field("X: " + std::string(1 << 20, 'x')), errc::response_too_large},
      {"name_of_one_mebibyte", field(std::string(1 << 20, 'x') + ": x"), errc::response_too_large},
      {"ten_thousand", ok_line + repeated("X: yyyy\r\n", 10'000) + nothing, errc::response_too_large},
      {"without_end", ok_line + "X: " + std::string(70'000, 'x'), errc::response_too_large},
      {"ends_after_status_line", ok_line, errc::connection_lost_unanswered},
      {"ends_in_head", ok_line + "Content-Le", errc::connection_lost_unanswered},
      {"ends_before_blank_line", ok_line + "Content-Length: 0\r\n", errc::connection_lost_unanswered},
  };
}

std::vector<framing_case> lengths() {
  const errc bad = errc::bad_response;
  return {
      {"plain", length(" 2"), 200, "{}", true},
      {"without_blank", length("2"), 200, "{}", true},
      {"blanks_around", length(" \t2 \t"), 200, "{}", true},
      {"leading_zeros", length(" 0002"), 200, "{}", true},
      {"name_in_other_case", ok_line + "CONTENT-length: 2\r\n\r\n{}", 200, "{}", true},
      {"zero", ok_line + nothing, 200, "", true},
      {"zero_with_bytes_behind", ok_line + nothing + "{}", 200, "", true, 2},
      {"line_end_behind", length(" 2") + "\r\n", 200, "{}", true, 2},
      {"second_answer_behind", length(" 2") + length(" 2"), 200, "{}", true, length(" 2").size()},
      {"html_of_a_proxy",
       ok_line + "Content-Type: text/html\r\nContent-Length: 31\r\n\r\n<html>Please log in here</html>", 200,
       "<html>Please log in here</html>", true},
      {"html_of_a_gateway",
       "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", 502,
       "<html>", true},
      {"until_end", ok_line + "\r\n{\"a\":1}", 200, "{\"a\":1}", false},
      {"until_end_of_nothing", ok_line + "\r\n", 200, "", false},
      {"until_end_in_http_1_0", "HTTP/1.0 200 OK\r\n\r\n{}", 200, "{}", false},
      {"until_end_swallows_what_looks_like_an_answer", ok_line + "\r\n{}" + ok_line, 200, "{}" + ok_line,
       false},
      {"twice_alike", ok_line + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", bad},
      {"twice_differing", ok_line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", bad},
      {"twice_apart", ok_line + "content-length: 2\r\nX: y\r\nContent-Length: 0\r\n\r\n{}", bad},
      {"list_alike", length(" 2, 2"), bad},
      {"list_differing", length(" 2, 3"), bad},
      {"comma_behind", length(" 2,"), bad},
      {"comma_before", length(" ,2"), bad},
      {"negative", length(" -2"), bad},
      {"negative_zero", length(" -0"), bad},
      {"only_a_sign", length(" -"), bad},
      {"plus", length(" +2"), bad},
      {"hex", length(" 0x2"), bad},
      {"hex_digit", length(" a"), bad},
      {"fraction", length(" 2.0"), bad},
      {"exponent", length(" 2e0"), bad},
      {"unit", length(" 2 bytes"), bad},
      {"quoted", length(" \"2\""), bad},
      {"blank_within", length(" 1 2"), bad},
      {"tab_within", length(" 1\t2"), bad},
      {"empty", length(""), bad},
      {"blank", length("  \t"), bad},
      {"not_ascii_digits", length(" \xd9\xa2"), bad},
      {"nul_behind", length(" 2\0"_bytes), bad},
      {"two_to_the_64", length(" 18446744073709551616"), bad},
      {"two_to_the_64_and_two", length(" 18446744073709551618"), bad},
      {"hundred_digits", length(" " + std::string(100, '9')), bad},
      {"two_to_the_64_less_one", length(" 18446744073709551615"), errc::response_too_large},
      {"beyond_bound", length(" 67108865"), errc::response_too_large},
      {"ends_before_body", ok_line + "Content-Length: 2\r\n\r\n", errc::truncated_body},
      {"ends_in_body", ok_line + "Content-Length: 2\r\n\r\n{", errc::truncated_body},
  };
}

std::vector<framing_case> chunks() {
  const errc bad = errc::bad_response;
  return {
      {"two", chunked + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, "{}", true},
      {"none", chunked + "0\r\n\r\n", 200, "", true},
      {"hex_in_both_cases", chunked + "A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n", 200,
       "01234567890123456789", true},
      {"many_zeros", chunked + std::string(40, '0') + "2\r\n{}\r\n0\r\n\r\n", 200, "{}", true},
      {"blank_behind_size", chunked + "2 \r\n{}\r\n0\r\n\r\n", 200, "{}", true},
      {"extension", chunked + "2;name=\"v\"\r\n{}\r\n0;x\r\n\r\n", 200, "{}", true},
      {"extension_after_blank", chunked + "2 ;x=y\r\n{}\r\n0\r\n\r\n", 200, "{}", true},
      {"thousand_of_one_byte", chunked + repeated("1\r\nx\r\n", 1000) + "0\r\n\r\n", 200,
       std::string(1000, 'x'), true},
      {"line_ends_as_data", chunked + "4\r\n\r\n\r\n\r\n0\r\n\r\n", 200, "\r\n\r\n", true},
      {"trailer", chunked + "2\r\n{}\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", 200, "{}", true},
      {"trailer_that_looks_like_framing", chunked + "0\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
       200, "", true},
      {"encoding_in_other_case", ok_line + "transfer-encoding:\tChunked \r\n\r\n0\r\n\r\n", 200, "", true},
      {"bytes_behind", chunked + "0\r\n\r\nHTTP", 200, "", true, 4},
      {"with_length", ok_line + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad},
      {"before_length", ok_line + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", bad},
      {"with_length_zero", ok_line + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", bad},
      {"encoding_twice", ok_line + "Transfer-Encoding: chunked\r\n" + chunked.substr(ok_line.size()), bad},
      {"encoding_list", encoding(" chunked, chunked"), bad},
      {"chunked_not_last", encoding(" chunked, gzip"), bad},
      {"chunked_after_gzip", encoding(" gzip, chunked"), bad},
      {"chunked_after_nothing", encoding(" , chunked"), bad},
      {"chunked_with_comma", encoding(" chunked,"), bad},
      {"chunked_with_parameter", encoding(" chunked;q=1"), bad},
      {"encoding_identity", encoding(" identity"), bad},
      {"encoding_empty", encoding(""), bad},
      {"encoding_unknown", encoding(" xchunked"), bad},
      {"encoding_cut", encoding(" chunke"), bad},
      {"encoding_quoted", encoding(" \"chunked\""), bad},
      {"encoding_with_control_byte",
       encoding(" \x0b"
                "chunked"),
       bad},
      {"in_http_1_0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad},
      {"no_digits", chunked + "\r\n{}\r\n0\r\n\r\n", bad},
      {"only_extension", chunked + ";x\r\n{}\r\n0\r\n\r\n", bad},
      {"no_hex_digit", chunked + "g\r\n", bad},
      {"no_hex_digit_behind", chunked + "2g\r\n{}\r\n0\r\n\r\n", bad},
      {"blank_before_size", chunked + " 2\r\n{}\r\n0\r\n\r\n", bad},
      {"size_negative", chunked + "-2\r\n{}\r\n0\r\n\r\n", bad},
      {"size_negative_zero", chunked + "-0\r\n\r\n", bad},
      {"size_plus", chunked + "+2\r\n{}\r\n0\r\n\r\n", bad},
      {"size_prefix", chunked + "0x2\r\n{}\r\n0\r\n\r\n", bad},
      {"size_overflow", chunked + "10000000000000002\r\n{}\r\n0\r\n\r\n", bad},
      {"size_of_all_bits", chunked + "ffffffffffffffff\r\n", errc::response_too_large},
      {"size_beyond_bound", chunked + "4000001\r\n", errc::response_too_large},
      {"sizes_beyond_bound_in_sum", chunked + "2\r\n{}\r\n3ffffff\r\n", errc::response_too_large},
      {"bad_extension", chunked + "2 x\r\n{}\r\n0\r\n\r\n", bad},
      {"nul_in_extension", chunked + "2;\0\r\n{}\r\n0\r\n\r\n"_bytes, bad},
      {"carriage_return_in_extension", chunked + "2;\rx\r\n{}\r\n0\r\n\r\n", bad},
      {"endless_extension", chunked + "2;" + std::string(300, 'x'), bad},
      {"endless_size", chunked + std::string(300, '0'), bad},
      {"no_line_end_behind", chunked + "2\r\n{}0\r\n\r\n", bad},
      {"shorter_than_size", chunked + "3\r\n{}\r\n0\r\n\r\n", bad},
      {"longer_than_size", chunked + "1\r\n{}\r\n0\r\n\r\n", bad},
      {"bare_line_feeds", chunked + "2\n{}\n0\n\n", bad},
      {"bare_line_feed_behind", chunked + "2\r\n{}\n0\r\n\r\n", bad},
      {"carriage_returns_only", chunked + "2\r{}\r0\r\r\n", bad},
      {"line_feed_ends_trailer", chunked + "0\r\n\n", bad},
      {"trailer_without_colon", chunked + "0\r\nnonsense\r\n\r\n", bad},
      {"trailer_folded", chunked + "0\r\nX: a\r\n b\r\n\r\n", bad},
      {"trailer_with_blank_before_colon", chunked + "0\r\nX : a\r\n\r\n", bad},
      {"trailer_with_nul", chunked + "0\r\nX: \0\r\n\r\n"_bytes, bad},
      {"huge_trailer", chunked + "0\r\nX: " + std::string(1 << 20, 'x'), errc::response_too_large},
      {"endless_trailers", chunked + "0\r\n" + repeated("X: yyyy\r\n", 10'000), errc::response_too_large},
      {"ends_before_size", chunked, errc::truncated_body},
      {"ends_in_size", chunked + "1", errc::truncated_body},
      {"ends_after_size", chunked + "2\r\n", errc::truncated_body},
      {"ends_in_data", chunked + "2\r\n{", errc::truncated_body},
      {"ends_after_data", chunked + "2\r\n{}\r\n", errc::truncated_body},
      {"ends_in_trailer", chunked + "0\r\n", errc::truncated_body},
      {"ends_after_trailer", chunked + "0\r\nX: y\r\n", errc::truncated_body},
  };
}

std::vector<framing_case> without_body() {
  const errc bad = errc::bad_response;
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  return {
      {"no_content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"no_content_of_length_zero", status("HTTP/1.1 204 No Content"), 204, "", true},
      {"no_content_that_announces_some", "HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\n{}", 204, "", false, 2},
      {"no_content_in_chunks", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 204, "",
       false, 5},
      {"no_content_followed_by_bytes", "HTTP/1.1 204 X\r\n\r\nhello", 204, "", true, 5},
      {"no_content_but_a_coding", "HTTP/1.1 204 X\r\nContent-Encoding: br\r\n\r\n", 204, "", true},
      {"not_modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, "", true},
      {"not_modified_in_chunks", "HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n", 304, "", true},
      {"not_modified_followed_by_bytes", "HTTP/1.1 304 X\r\nContent-Length: 2\r\n\r\n{}", 304, "", true, 2},
      {"continue_first", go_on + ok_line + nothing, 200, "", true},
      {"hints_first", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 X\r\n" + nothing, 404, "",
       true},
      {"hints_of_length_zero", "HTTP/1.1 103 X\r\n" + nothing + ok_line + nothing, 200, "", true},
      {"sixteen_interim", repeated(go_on, 16) + ok_line + nothing, 200, "", true},
      {"seventeen_interim", repeated(go_on, 17) + ok_line + nothing, bad},
      {"ten_thousand_interim", repeated(go_on, 10'000), bad},
      {"endless_hints", repeated("HTTP/1.1 103 X\r\nX: " + std::string(60'000, 'x') + "\r\n\r\n", 2),
       errc::response_too_large},
      {"interim_with_body", "HTTP/1.1 100 X\r\nContent-Length: 5\r\n\r\nhello" + ok_line + nothing, bad},
      {"interim_in_chunks", "HTTP/1.1 100 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad},
      {"switches_protocols", "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", bad},
      {"only_interim", go_on, errc::connection_lost_unanswered},
      {"interim_then_other_protocol", go_on + "hello", bad},
  };
}

class framing : public testing::TestWithParam<framing_case> {};

TEST_P(framing, is_understood_or_refused_alike_however_it_is_split) {
  const framing_case& expected = GetParam();
  for (const std::size_t step : {std::string::npos, std::size_t{1}, std::size_t{7}}) {
    SCOPED_TRACE("in steps of " + std::to_string(step));
    const reading got = read(expected.bytes, step);
    EXPECT_EQ(got.code, expected.code) << got.reason;
    EXPECT_EQ(got.complete, expected.code == errc::none);
    EXPECT_EQ(got.reason.empty(), expected.code == errc::none);
    if (expected.code != errc::none) continue;
    EXPECT_EQ(got.response.status, expected.status);
    EXPECT_EQ(got.response.body, expected.body);
    EXPECT_EQ(got.keep_alive, expected.keep_alive);
    EXPECT_EQ(got.rest, expected.rest);
  }
}

std::string name_of(const testing::TestParamInfo<framing_case>& info) {
  return std::string(info.param.name);
}

INSTANTIATE_TEST_SUITE_P(status_lines, framing, testing::ValuesIn(status_lines()), name_of);
INSTANTIATE_TEST_SUITE_P(fields, framing, testing::ValuesIn(fields()), name_of);
INSTANTIATE_TEST_SUITE_P(lengths, framing, testing::ValuesIn(lengths()), name_of);
INSTANTIATE_TEST_SUITE_P(chunks, framing, testing::ValuesIn(chunks()), name_of);
INSTANTIATE_TEST_SUITE_P(without_body, framing, testing::ValuesIn(without_body()), name_of);

}  // namespace
}  // namespace mux::test
