// Calls that no operation describes, and files at other hosts.

#include <mux/raw_request.hpp>

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;
using mux::http_method;
using mux::idempotency;
using mux::rate_class;

class raw_request : public send_loop {};

TEST_F(raw_request, goes_to_the_api_with_credentials_and_comes_back_as_text) {
  network->then([] { return answer(200, "anything"); });
  const auto got = one(mux::requests::raw(http_method::get, "/video/v1/new-things?limit=1&x%5B%5D=%C3%A9"));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(*got, "anything");
  const seen& sent = network->requests.at(0);
  EXPECT_EQ(sent.host, "api.mux.com");
  EXPECT_EQ(sent.target, "/video/v1/new-things?limit=1&x%5B%5D=%C3%A9");
  EXPECT_EQ(sent.fields.back().first, "Authorization");
}

TEST_F(raw_request, knows_its_limit_class_and_whether_it_may_be_repeated) {
  const auto row = [](http_method m, std::string_view t) { return mux::requests::raw(m, t).operation(); };
  EXPECT_EQ(row(http_method::post, "/video/v1/new").limit, rate_class::video_post);
  EXPECT_EQ(row(http_method::post, "/video/v1/new").repeat, idempotency::create);
  EXPECT_EQ(row(http_method::get, "/video/v1/new?a=/data/v1").limit, rate_class::video_other);
  EXPECT_EQ(row(http_method::get, "/video/v1/new").repeat, idempotency::safe);
  EXPECT_EQ(row(http_method::delete_, "/data/v1/new").limit, rate_class::data);
  EXPECT_EQ(row(http_method::delete_, "/data/v1/new").repeat, idempotency::idempotent);
  EXPECT_EQ(row(http_method::patch, "/system/v1/new").repeat, idempotency::once);
  EXPECT_EQ(row(http_method::put, "/elsewhere").limit, rate_class::system);
  EXPECT_EQ(row(http_method::put, "/video/v1/new").id, "raw.put");
}

TEST_F(raw_request, a_lost_post_is_ambiguous) {
  network->then([] { return broken(errc::connection_lost_unanswered, true); });
  const auto got = one(mux::requests::raw(http_method::post, "/video/v1/new", "{}"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::ambiguous);
  EXPECT_EQ(network->requests.at(0).body, "{}");
}

TEST_F(raw_request, a_target_that_could_lead_elsewhere_is_not_sent) {
  for (const std::string_view target :
       {std::string_view(""), std::string_view("video"), std::string_view("//evil.example/x"),
        std::string_view("https://evil.example/"), std::string_view("/a b"),
        std::string_view("/a\r\nHost: b"), std::string_view("/a\0b", 4), std::string_view("/a#b"),
        std::string_view("/a\\b"), std::string_view("/video/../system"),
        std::string_view("/video/%2e%2E/system"), std::string_view("/video/.%2e/system"),
        std::string_view("/."), std::string_view("/x/.."), std::string_view("/\xc3\xa9"),
        std::string_view("/\x7f")}) {
    const auto got = one(mux::requests::raw(http_method::get, target));
    ASSERT_FALSE(got) << target;
    EXPECT_EQ(got.error().code, errc::invalid_argument) << target;
  }
  EXPECT_TRUE(network->requests.empty());
}

TEST_F(raw_request, dots_that_are_no_steps_are_sent) {
  for (const std::string_view target : {"/a..b", "/...", "/.well-known", "/x%2e", "/x?y=/../z"})
    EXPECT_TRUE(one(mux::requests::raw(http_method::get, target))) << target;
}

TEST_F(raw_request, a_file_comes_from_its_own_host_without_credentials_and_own_headers) {
  options.headers = {{"X-Team", "ingest"}};
  ASSERT_TRUE(one(mux::requests::file("https://Files.example:8443/a/b%20c?sig=x&t=1")));
  const seen& sent = network->requests.at(0);
  EXPECT_EQ(sent.host, "files.example");
  EXPECT_EQ(sent.target, "/a/b%20c?sig=x&t=1");
  for (const auto& [name, value] : sent.fields) {
    EXPECT_NE(name, "Authorization");
    EXPECT_NE(name, "X-Team");
  }
  ASSERT_TRUE(one(mux::requests::file("https://files.example?sig=x")));
  EXPECT_EQ(network->requests.at(1).target, "/?sig=x");
}

TEST_F(raw_request, a_file_is_fetched_by_https_only) {
  for (const std::string_view url :
       {"http://files.example/a", "file:///etc/passwd", "ftp://files.example/a", "files.example/a",
        "https://", "https://user:pass@files.example/a", "https://files.example:99999/a",
        "https://files.example/a b", "https://files.example/a#b", "https://files.example/../a", ""}) {
    const auto got = one(mux::requests::file(url));
    ASSERT_FALSE(got) << url;
    EXPECT_TRUE(got.error().code == errc::invalid_argument || got.error().code == errc::insecure_base_url)
        << url << ": " << got.error();
  }
  EXPECT_TRUE(network->requests.empty());
}

TEST_F(raw_request, what_another_host_says_of_time_and_load_is_not_the_apis) {
  const std::string future = "Tue, 01 Jan 2035 00:00:00 GMT";
  network->then([future] { return answer(503, "", {{"Date", future}, {"Retry-After", "30"}}); });
  network->then([future] { return answer(200, "file", {{"Date", future}}); });
  options.limits[rate_class::unlimited].rate = 5;
  const auto begun = time->now();
  start(mux::requests::file("https://slow.example/a"));
  start(mux::requests::file("https://other.example/b"));
  time->run(io);
  EXPECT_TRUE(results[0].value());
  EXPECT_TRUE(results[1].value());
  ASSERT_EQ(network->requests.size(), 3u);
  EXPECT_EQ(network->requests[1].host, "other.example");
  EXPECT_LT(network->requests[1].at - begun, 1s) << "the other host is not paused";
  EXPECT_GE(network->requests[2].at - begun, 30s);
  EXPECT_FALSE(core().server_time().read(time->now()));
}

TEST_F(raw_request, what_a_foreign_host_refuses_says_nothing_of_the_token) {
  options.explain_refusals = true;
  network->then([] { return answer(403, "{}"); });
  EXPECT_FALSE(one(mux::requests::file("https://files.example/a")));
  EXPECT_EQ(network->requests.size(), 1u);
}

}  // namespace
