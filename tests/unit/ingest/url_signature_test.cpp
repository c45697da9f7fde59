#include "ingest/url_signature.hpp"

#include <string>

#include <gtest/gtest.h>

namespace mux::inline v0::ingest::test {
namespace {

std::string kept(const std::string& query) {
  return without_signature("https://b.example/v.mp4" + query).substr(23);
}

TEST(url_signature, is_left_out_for_every_known_scheme) {
  EXPECT_EQ(kept("?X-Amz-Algorithm=A&X-Amz-Credential=c%2Fd&X-Amz-Date=1&X-Amz-Expires=9&X-Amz-Signature=f"),
            "");
  EXPECT_EQ(kept("?AWSAccessKeyId=A&Expires=1&Signature=b%3D"), "");
  EXPECT_EQ(kept("?X-Goog-Algorithm=A&X-Goog-Date=1&X-Goog-Signature=f"), "");
  EXPECT_EQ(kept("?GoogleAccessId=A&Expires=1&Signature=b"), "");
  EXPECT_EQ(kept("?Policy=p&Signature=s&Key-Pair-Id=K"), "");
  EXPECT_EQ(kept("?sv=2022-11-02&ss=b&srt=o&sp=r&se=2&st=1&spr=https&sip=1.2.3.4&sig=x"), "");
  EXPECT_EQ(kept("?skoid=1&sktid=2&skt=3&ske=4&sks=b&skv=5&sv=6&sr=b&sp=r&sig=x"), "");
}

TEST(url_signature, leaves_everything_else_in_its_order) {
  EXPECT_EQ(kept("?id=5&x-amz-date=1&part=2&X-AMZ-SIGNATURE=f#t"), "?id=5&part=2#t");
  EXPECT_EQ(kept("?b=1&X-Amz-Signature=f&a=2"), "?b=1&a=2");
  EXPECT_EQ(kept("?id=5&sig=x"), "?id=5");
}

TEST(url_signature, generic_names_count_unless_the_signature_is_there) {
  for (const char* query : {"?id=5", "?Expires=1&Policy=2", "?st=3&sv=4&sp=1", "?sr=1", "?signature_id=4",
                            "?", "", "?&&a", "#?sig=1&sv=2"})
    EXPECT_EQ(kept(query), query);
  EXPECT_EQ(kept("?st=3&sig=x"), "?st=3") << "without a version it is not Azure's";
  EXPECT_EQ(kept("?Signature=s&st=3"), "?st=3");
}

}  // namespace
}  // namespace mux::inline v0::ingest::test
