// Compressed bodies: what is undone, what is refused, and what it may cost.

#include <chrono>

#include <gtest/gtest.h>

#include "unit/transport/gzip.hpp"
#include "unit/transport/reading.hpp"

namespace mux::test {
namespace {

const std::string ok_line = "HTTP/1.1 200 OK\r\n";

std::string with_length(std::string_view body, std::string_view coding = "gzip") {
  return ok_line + "Content-Encoding: " + std::string(coding) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string in_chunks(std::string_view body, std::size_t size) {
  std::string all = ok_line + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    char digits[20];
    std::snprintf(digits, sizeof digits, "%zx", std::min(size, body.size()));
    all += digits;
    all.append("\r\n").append(body.substr(0, size)).append("\r\n");
  }
  return all + "0\r\n\r\n";
}

std::string until_end(std::string_view body) {
  return ok_line + "Content-Encoding: gzip\r\n\r\n" + std::string(body);
}

TEST(content_coding, is_undone_in_every_framing_and_however_it_is_split) {
  const std::string text = rows(100'000);
  const std::string coded = gzipped(text);
  for (const std::string& answer :
       {with_length(coded), with_length(coded, "x-gzip"), with_length(coded, "GZip"),
        with_length(coded, "identity, gzip"), in_chunks(coded, 1), in_chunks(coded, 1000),
        in_chunks(coded, 1 << 20), until_end(coded)}) {
    for (const std::size_t step :
         {std::string::npos, std::size_t{1}, std::size_t{13}, std::size_t{16 * 1024}}) {
      const reading got = read(answer, step);
      ASSERT_EQ(got.code, errc::none) << got.reason << " in steps of " << step;
      EXPECT_TRUE(got.complete);
      EXPECT_TRUE(got.response.body == text);
      EXPECT_EQ(got.rest, 0U);
      EXPECT_LE(got.largest, 64U * 1024);
    }
  }
}

TEST(content_coding, does_not_depend_on_how_output_meets_the_size_of_buffers) {
  for (std::size_t size = 16 * 1024 - 3; size <= 16 * 1024 + 3; ++size) {
    const std::string text = rows(size);
    EXPECT_TRUE(read(with_length(gzipped(text))).response.body == text) << size;
    EXPECT_TRUE(read(in_chunks(gzipped(text), 5), 1).response.body == text) << size;
  }
}

TEST(content_coding, keeps_the_connection_for_the_next_answer) {
  const std::string next = "HTTP/1.1 200 OK\r\n";
  const reading got = read(with_length(gzipped("{}")) + next);
  EXPECT_TRUE(got.complete);
  EXPECT_TRUE(got.keep_alive);
  EXPECT_EQ(got.rest, next.size());
}

TEST(content_coding, leaves_no_header_that_is_not_true_of_the_body) {
  const reading undone = read(with_length(gzipped("{}")));
  EXPECT_EQ(undone.response.field("content-encoding"), "");
  EXPECT_EQ(undone.response.field("content-length"), "");
  EXPECT_EQ(undone.response.fields.size(), 0U);
  const reading plain = read(ok_line + "Content-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(plain.response.field("content-length"), "2");
}

TEST(content_coding, of_a_body_that_is_not_there_does_not_matter) {
  for (const std::string coding : {"gzip", "br", "gzip, gzip"}) {
    const std::string header = "Content-Encoding: " + coding + "\r\n";
    for (const std::string& answer :
         {"HTTP/1.1 204 No Content\r\n" + header + "\r\n", "HTTP/1.1 304 Not Modified\r\n" + header + "\r\n",
          ok_line + header + "Content-Length: 0\r\n\r\n"}) {
      const reading got = read(answer);
      EXPECT_EQ(got.code, errc::none) << answer;
      EXPECT_TRUE(got.complete);
      EXPECT_TRUE(got.keep_alive);
    }
  }
  EXPECT_EQ(read(until_end("")).code, errc::none);
  EXPECT_EQ(read(in_chunks("", 1)).code, errc::none);
}

TEST(content_coding, takes_several_members_for_one_text) {
  const std::string coded = gzipped("{\"a\":") + gzipped("") + gzipped("1}");
  for (const std::size_t step : {std::string::npos, std::size_t{1}})
    EXPECT_EQ(read(with_length(coded), step).response.body, "{\"a\":1}");
}

TEST(content_coding, other_than_gzip_is_refused_by_name) {
  for (const std::string coding : {"br", "zstd", "deflate", "compress", "gzip, gzip", "gzip, br", "br, gzip",
                                   "gzip, gzip, gzip, gzip, gzip", "gzip, deflate, br, zstd, compress",
                                   "xgzip", "gzip;q=1", "aes128gcm"}) {
    const reading got = read(with_length(gzipped("{}"), coding));
    EXPECT_EQ(got.code, errc::bad_response) << coding;
    if (coding != "gzip;q=1") {
      EXPECT_NE(got.reason.find(coding), std::string::npos) << got.reason;
    }
  }
  const reading two_lines = read(ok_line + "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(two_lines.code, errc::bad_response);
  EXPECT_NE(two_lines.reason.find("gzip, gzip"), std::string::npos);
}

TEST(content_coding, is_shown_only_as_far_as_it_is_a_short_name) {
  const std::string bidi =
      "\xe2\x80\xae"
      "evil";
  EXPECT_EQ(read(with_length("x", bidi)).reason, "the body is coded with ? instead of gzip");
  EXPECT_LE(read(with_length("x", std::string(5000, 'x'))).reason.size(), 200U);
}

TEST(content_coding, truncated_at_any_byte_is_a_truncated_body_even_if_the_framing_is_whole) {
  const std::string coded = gzipped("{\"id\":1}");
  for (std::size_t cut = 1; cut < coded.size(); ++cut) {
    const std::string part = coded.substr(0, cut);
    for (const std::string& answer : {with_length(part), in_chunks(part, 4), until_end(part)})
      for (const std::size_t step : {std::string::npos, std::size_t{1}})
        EXPECT_EQ(read(answer, step).code, errc::truncated_body) << cut;
  }
}

TEST(content_coding, with_any_byte_changed_is_refused_or_gives_the_same_text) {
  const std::string text = "{\"id\":1,\"status\":\"ready\"}";
  const std::string coded = gzipped(text);
  int same = 0;
  for (std::size_t at = 0; at < coded.size(); ++at) {
    std::string damaged = coded;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const reading got = read(with_length(damaged));
    if (got.code == errc::none) {
      EXPECT_EQ(got.response.body, text) << at;
      ++same;
    } else {
      EXPECT_TRUE(got.code == errc::bad_response || got.code == errc::truncated_body) << at;
    }
  }
  EXPECT_LE(same, 8) << "time, extra flags and system mean nothing, nor do the bits that fill the last byte";
}

TEST(content_coding, with_a_wrong_sum_or_length_is_a_bad_response) {
  for (const std::size_t from_end : {8U, 4U}) {
    std::string damaged = gzipped("{}");
    damaged[damaged.size() - from_end] ^= 1;
    const reading got = read(with_length(damaged));
    EXPECT_EQ(got.code, errc::bad_response);
    EXPECT_NE(got.reason.find("gzip"), std::string::npos) << got.reason;
    EXPECT_FALSE(got.keep_alive);
  }
}

TEST(content_coding, followed_by_anything_else_is_a_bad_response) {
  for (const std::string& garbage : {std::string(8, '\0'), std::string("{}"), std::string("\x1f\x8c")}) {
    EXPECT_EQ(read(with_length(gzipped("{}") + garbage)).code, errc::bad_response);
    EXPECT_EQ(read(in_chunks(gzipped("{}") + garbage, 3), 1).code, errc::bad_response);
  }
}

TEST(content_coding, that_was_only_announced_is_a_bad_response) {
  EXPECT_EQ(read(with_length("{\"a\":1}")).code, errc::bad_response);
  const std::string_view zlib_format("\x78\x9c\xab\x56\x4a\x54\xb2\x32\xac\x05\x00\x08\x2a\x02\x09", 15);
  EXPECT_EQ(read(with_length(zlib_format)).code, errc::bad_response);
}

TEST(content_coding, bounds_the_decoded_size_to_the_byte) {
  response_limits limits;
  limits.body = 50'000;
  EXPECT_EQ(read(with_length(gzipped(rows(50'000))), 100, limits).code, errc::none);
  const reading got = read(with_length(gzipped(rows(50'001))), 100, limits);
  EXPECT_EQ(got.code, errc::response_too_large);
  EXPECT_LE(got.response.body.size(), 50'000U);
}

TEST(content_coding, may_take_slightly_more_than_the_bound_to_travel_but_not_endlessly_much) {
  response_limits limits;
  limits.body = 1000;
  std::string noise;
  std::uint32_t random = 1;
  for (int i = 0; i < 1000; ++i) noise += static_cast<char>((random = random * 1664525 + 1013904223) >> 24);
  ASSERT_GT(gzipped(noise).size(), limits.body);
  EXPECT_EQ(read(with_length(gzipped(noise)), 100, limits).code, errc::none);
  std::string nothing;
  while (nothing.size() < 4 * limits.body) nothing += gzipped("");
  EXPECT_EQ(read(until_end(nothing), 100, limits).code, errc::response_too_large);
  EXPECT_EQ(read(with_length(nothing), 100, limits).code, errc::response_too_large);
}

TEST(content_coding, bomb_is_refused_early_for_memory_and_sink_alike) {
  const std::string bomb = gzip_bomb(std::size_t{1} << 30);
  ASSERT_LT(bomb.size(), 2U << 20);
  for (const bool to_sink : {false, true}) {
    arrival how(16 * 1024);
    how.to_sink = to_sink;
    for (const std::string& answer : {with_length(bomb), in_chunks(bomb, 1000), until_end(bomb)}) {
      const reading got = read(answer, how);
      EXPECT_EQ(got.code, errc::response_too_large);
      EXPECT_LE(got.response.body.size(), 2U << 20) << "what was decoded before it was noticed";
    }
  }
}

TEST(content_coding, ratio_counts_above_a_mebibyte_only_and_as_the_options_say) {
  const std::string small = with_length(gzip_bomb(1 << 20)), large = with_length(gzip_bomb(3 << 20));
  response_limits limits;
  EXPECT_EQ(read(small, 1024, limits).code, errc::none);
  EXPECT_EQ(read(large, 1024, limits).code, errc::response_too_large);
  limits.inflation = 1032;
  EXPECT_EQ(read(large, 1024, limits).code, errc::none);
  limits.inflation = 2;
  EXPECT_EQ(read(with_length(gzipped(rows(2 << 20))), 1024, limits).code, errc::response_too_large);
}

TEST(content_coding, size_is_known_only_of_what_is_not_coded) {
  const auto size_of = [](const std::string& answer) {
    transport::wire_response into;
    const response_limits limits;
    transport::response_parser parser(limits, into);
    parser.take(answer);
    return parser.size();
  };
  EXPECT_EQ(size_of(ok_line + "Content-Length: 2\r\n\r\n{}"), 2U);
  EXPECT_EQ(size_of("HTTP/1.1 204 No Content\r\n\r\n"), 0U);
  EXPECT_EQ(size_of(with_length(gzipped("{}"))), std::nullopt);
  EXPECT_EQ(size_of(ok_line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), std::nullopt);
  EXPECT_EQ(size_of(ok_line + "\r\n{}"), std::nullopt);
}

}  // namespace
}  // namespace mux::test
