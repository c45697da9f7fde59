#include "ingest/url.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest::test {
namespace {

TEST(url, accepts_what_mux_can_fetch) {
  for (const std::string good :
       {"https://example.com", "http://example.com/a.mp4", "HTTPS://EXAMPLE.com/a",
        "https://u:p@example.com:8080/a?b=c#d", "https://[2001:db8::1]/a", "https://[2001:db8::1]:443/a",
        "https://127.0.0.1/a", "https://example.com/%20", "https://bücher.example/ü.mp4",
        "https://example.com?x=https://other.example/@", "https://localhost/a"})
    EXPECT_FALSE(check_url(good)) << good;
}

TEST(url, refuses_what_it_cannot) {
  for (const std::string bad : {"",
                                "example.com/a.mp4",
                                "/a.mp4",
                                "ftp://example.com/a",
                                "file:///etc/passwd",
                                "https://",
                                "https:///a",
                                "https://:80/a",
                                "https://exa mple.com",
                                "https://example.com/a b",
                                "https://example.com/\n",
                                "https://example.com/\x7f",
                                "https://example.com:0/a",
                                "https://example.com:65536/a",
                                "https://example.com:/a",
                                "https://example.com:8x/a",
                                "https://exam<ple.com/",
                                "https://example.com\\@evil.example/",
                                "https://user@/a",
                                "s3://bucket/key",
                                "javascript:alert(1)"})
    EXPECT_TRUE(check_url(bad)) << bad;
}

TEST(url, points_at_the_character) {
  const auto fault = check_url("https://example.com/a b");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->offset, 21u);
}

TEST(url, limits_the_length) {
  EXPECT_FALSE(check_url("https://example.com/" + std::string(max_url_bytes - 20, 'x')));
  EXPECT_TRUE(check_url("https://example.com/" + std::string(max_url_bytes - 19, 'x')));
}

TEST(url, is_shown_without_query_and_user) {
  EXPECT_EQ(shown_url("https://u:p@example.com:8080/a?sig=abc#f"), "https://…@example.com:8080/a?…");
  EXPECT_EQ(shown_url("https://example.com/a"), "https://example.com/a");
  EXPECT_EQ(shown_url("https://example.com"), "https://example.com");
  EXPECT_EQ(shown_url("https://[::1]:8/a"), "https://[::1]:8/a");
  EXPECT_EQ(shown_url("nonsense?secret"), "nonsense");
}

TEST(url, with_query_or_user_is_a_secret) {
  EXPECT_TRUE(holds_secret("https://example.com/a?sig=abc"));
  EXPECT_TRUE(holds_secret("https://u@example.com/a"));
  EXPECT_FALSE(holds_secret("https://example.com/a@b#f"));
}

TEST(url, leaves_no_trace_of_its_secrets_in_other_text) {
  const std::string url = "https://user:passw0rd@example.com/a?Expires=1800000000&Signature=S3CRET";
  for (const std::string& said : std::vector<std::string>{
           "cannot fetch " + url, std::string("bad Signature S3CRET"), std::string("user passw0rd unknown"),
           std::string("query Expires=1800000000&Signature=S3CRET")}) {
    const std::string safe = without_secrets(said, url);
    EXPECT_EQ(safe.find("S3CRET"), safe.npos) << safe;
    EXPECT_EQ(safe.find("passw0rd"), safe.npos) << safe;
  }
  EXPECT_EQ(without_secrets("all is well", url), "all is well");
}

TEST(url, whatever_one_says_in_a_text_keeps_its_secrets) {
  EXPECT_EQ(with_shown_urls("Could not fetch https://u:p@a.example/v.mp4?sig=S, and 's3+x://b?k=1' neither"),
            "Could not fetch https://…@a.example/v.mp4?… and 's3+x://b?…' neither");
  EXPECT_EQ(with_shown_urls("a :// b"), "a :// b");
  EXPECT_EQ(with_shown_urls("nothing"), "nothing");
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
