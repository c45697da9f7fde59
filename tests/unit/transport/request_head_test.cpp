// What we write: one request and no more, whatever the target and the headers are.

#include "transport/request_head.hpp"

#include <gtest/gtest.h>

namespace mux::test {
namespace {

using transport::wire_request;

struct written {
  std::string text;
  std::optional<std::string_view> fault;
};

written write(const wire_request& request, bool gzip = false, std::string_view host = "api.mux.com",
              std::uint16_t port = 443) {
  transport::origin to;
  to.host = host;
  to.port = port;
  transport::wiped_string out;
  written got;
  got.fault = write_request(out, to, request, gzip);
  got.text = std::string_view(out);
  return got;
}

written with_target(std::string_view target) {
  wire_request request;
  request.target = target;
  return write(request);
}

written with_field(std::string name, std::string value) {
  const transport::headers fields{{std::move(name), std::move(value)}};
  wire_request request;
  request.target = "/";
  request.fields = &fields;
  return write(request);
}

TEST(request_head, names_the_host_as_the_origin_has_it) {
  wire_request request;
  request.target = "/a?b=%20";
  EXPECT_EQ(write(request).text, "GET /a?b=%20 HTTP/1.1\r\nHost: api.mux.com\r\n\r\n");
  EXPECT_EQ(write(request, false, "::1", 8443).text, "GET /a?b=%20 HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n");
}

TEST(request_head, offers_gzip_if_told_and_if_the_request_does_not_say_otherwise) {
  wire_request request;
  request.target = "/";
  EXPECT_EQ(write(request, true).text,
            "GET / HTTP/1.1\r\nHost: api.mux.com\r\nAccept-Encoding: gzip\r\n\r\n");
  const transport::headers own{{"accept-encoding", "identity"}};
  request.fields = &own;
  EXPECT_EQ(write(request, true).text,
            "GET / HTTP/1.1\r\nHost: api.mux.com\r\naccept-encoding: identity\r\n\r\n");
}

TEST(request_head, announces_the_length_of_what_may_have_a_body) {
  const std::pair<http_method, std::string> none[] = {{http_method::get, ""},
                                                      {http_method::delete_, ""},
                                                      {http_method::post, "Content-Length: 0\r\n"},
                                                      {http_method::put, "Content-Length: 0\r\n"},
                                                      {http_method::patch, "Content-Length: 0\r\n"}};
  for (const auto& [method, line] : none) {
    wire_request request;
    request.target = "/";
    request.method = method;
    EXPECT_EQ(write(request).text,
              std::string(to_string(method)) + " / HTTP/1.1\r\nHost: api.mux.com\r\n" + line + "\r\n");
    request.body = "{}";
    const std::string text = write(request).text;
    EXPECT_NE(text.find("\r\nContent-Length: 2\r\n"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\r\n\r\n{}"));
  }
}

TEST(request_head, refuses_a_target_with_any_byte_that_is_no_visible_character) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string target = "/a" + std::string(1, static_cast<char>(byte)) + "b";
    EXPECT_EQ(with_target(target).fault.has_value(), byte <= ' ' || byte >= 0x7f) << byte;
  }
  EXPECT_TRUE(with_target("").fault);
  EXPECT_TRUE(with_target("/a HTTP/1.1\r\nHost: evil\r\n\r\nGET /b").fault);
}

TEST(request_head, refuses_a_target_beyond_8_kib) {
  EXPECT_FALSE(with_target('/' + std::string(8 * 1024 - 1, 'x')).fault);
  EXPECT_TRUE(with_target('/' + std::string(8 * 1024, 'x')).fault);
  EXPECT_TRUE(with_target('/' + std::string(10'000, 'x')).fault);
}

TEST(request_head, refuses_a_header_value_with_a_control_byte) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool control = (byte < ' ' && byte != '\t') || byte == 0x7f;
    EXPECT_EQ(with_field("X", "a" + std::string(1, static_cast<char>(byte)) + "b").fault.has_value(), control)
        << byte;
  }
}

TEST(request_head, refuses_a_header_name_with_a_byte_that_names_must_not_have) {
  const std::string marks = "!#$%&'*+-.^_`|~";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    EXPECT_EQ(with_field("X" + std::string(1, c) + "Y", "v").fault.has_value(),
              !letter && marks.find(c) == std::string::npos)
        << byte;
  }
  EXPECT_TRUE(with_field("", "v").fault);
}

TEST(request_head, refuses_headers_that_would_say_again_where_the_request_ends_or_whom_it_is_for) {
  for (const char* name : {"Host", "host", "Content-Length", "CONTENT-LENGTH", "Transfer-Encoding"})
    EXPECT_TRUE(with_field(name, "0").fault) << name;
}

TEST(request_head, quotes_nothing_of_what_it_refuses) {
  for (const written& got :
       {with_target("/secret token"), with_field("X", "secret\n"), with_field("secret ", "v")})
    EXPECT_EQ(got.fault->find("secret"), std::string::npos);
}

}  // namespace
}  // namespace mux::test
