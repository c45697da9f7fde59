#include <gtest/gtest.h>

#include "transport/transport.hpp"

namespace mux::transport {
namespace {

struct good {
  std::string_view text;
  bool tls;
  std::string_view host;
  int port;
  std::string_view prefix;
};

class good_base_url : public testing::TestWithParam<good> {};

TEST_P(good_base_url, gives_origin_and_prefix) {
  const result<base_url> url = parse_base_url(GetParam().text);
  ASSERT_TRUE(url) << url.error().message();
  EXPECT_EQ(url->origin.tls, GetParam().tls);
  EXPECT_EQ(url->origin.host, GetParam().host);
  EXPECT_EQ(url->origin.port, GetParam().port);
  EXPECT_EQ(url->prefix, GetParam().prefix);
}

INSTANTIATE_TEST_SUITE_P(
    table, good_base_url,
    testing::Values(good{"https://api.mux.com", true, "api.mux.com", 443, ""},
                    good{"https://api.mux.com/", true, "api.mux.com", 443, ""},
                    good{"HTTPS://API.Mux.Com", true, "api.mux.com", 443, ""},
                    good{"https://api.mux.com:8443", true, "api.mux.com", 8443, ""},
                    good{"https://proxy.example/mux/", true, "proxy.example", 443, "/mux"},
                    good{"https://proxy.example/a/b%20c//", true, "proxy.example", 443, "/a/b%20c"},
                    good{"https://[2001:db8::1]", true, "2001:db8::1", 443, ""},
                    good{"https://[2001:DB8:0::1]:444/x", true, "2001:db8::1", 444, "/x"},
                    good{"https://203.0.113.7:1", true, "203.0.113.7", 1, ""},
                    good{"http://localhost", false, "localhost", 80, ""},
                    good{"http://LocalHost:8080", false, "localhost", 8080, ""},
                    good{"http://127.0.0.1:65535", false, "127.0.0.1", 65535, ""},
                    good{"http://127.8.9.10", false, "127.8.9.10", 80, ""},
                    good{"http://[::1]:3000/p", false, "::1", 3000, "/p"}));

struct bad {
  std::string_view text;
  errc code;
};

class bad_base_url : public testing::TestWithParam<bad> {};

TEST_P(bad_base_url, is_refused_with_its_code) {
  const result<base_url> url = parse_base_url(GetParam().text);
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, GetParam().code) << url.error().message();
  EXPECT_FALSE(url.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(
    table, bad_base_url,
    testing::Values(
        bad{"", errc::insecure_base_url}, bad{"api.mux.com", errc::insecure_base_url},
        bad{"ftp://api.mux.com", errc::insecure_base_url}, bad{"//api.mux.com", errc::insecure_base_url},
        bad{"file:///etc/passwd", errc::insecure_base_url},
        bad{"http://api.mux.com", errc::insecure_base_url}, bad{"http://128.0.0.1", errc::insecure_base_url},
        bad{"http://127.1", errc::insecure_base_url}, bad{"http://0.0.0.0", errc::insecure_base_url},
        bad{"http://[::]", errc::insecure_base_url},
        bad{"http://localhost.evil.example", errc::insecure_base_url},
        bad{"http://127.0.0.1.evil.example", errc::insecure_base_url},
        bad{"https://user@api.mux.com", errc::invalid_argument},
        bad{"https://user:secret@api.mux.com", errc::invalid_argument},
        bad{"http://127.0.0.1@evil.example", errc::invalid_argument},
        bad{"https://api.mux.com?x=1", errc::invalid_argument},
        bad{"https://api.mux.com/#top", errc::invalid_argument},
        bad{"https://api.mux.com\r\nX: y", errc::invalid_argument},
        bad{std::string_view("https://api.mux.com\0.evil", 25), errc::invalid_argument},
        bad{"https://api.mux.com /", errc::invalid_argument},
        bad{" https://api.mux.com", errc::invalid_argument},
        bad{"https://api.mux.com\\@evil.example", errc::invalid_argument},
        bad{"https://api.m\xc3\xbcx.com", errc::invalid_argument}, bad{"https://", errc::invalid_argument},
        bad{"https:///path", errc::invalid_argument}, bad{"https://:443", errc::invalid_argument},
        bad{"https://api.mux.com:", errc::invalid_argument},
        bad{"https://api.mux.com:0", errc::invalid_argument},
        bad{"https://api.mux.com:65536", errc::invalid_argument},
        bad{"https://api.mux.com:-1", errc::invalid_argument},
        bad{"https://api.mux.com:+1", errc::invalid_argument},
        bad{"https://api.mux.com:4x", errc::invalid_argument},
        bad{"https://api.mux.com:99999999999", errc::invalid_argument},
        bad{"https://a%2eb", errc::invalid_argument}, bad{"https://[::1", errc::invalid_argument},
        bad{"https://[::1]x", errc::invalid_argument}, bad{"https://[fe80::1%eth0]", errc::invalid_argument},
        bad{"https://[1.2.3.4]", errc::invalid_argument},
        bad{"https://2001:db8::1", errc::invalid_argument}));

TEST(base_url, never_quotes_a_password_in_its_message) {
  const result<base_url> url = parse_base_url("https://user:hunter2@api.mux.com");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().message().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace mux::transport
