#include <gtest/gtest.h>

#include "unit/emulator/harness.hpp"

namespace mux::inline v0::emulator::test {
namespace {

reply ledger_as(harness& h, std::string_view host, std::string_view origin, std::string_view token) {
  message request;
  request.method = "GET";
  request.target = "/_emulator/ledger";
  request.host = host;
  request.origin = origin;
  request.control_token = token;
  return h.api.handle(request);
}

TEST(control, needs_its_token) {
  harness h;
  EXPECT_EQ(ledger_as(h, "127.0.0.1:1", "", "control").status, 200);
  EXPECT_EQ(ledger_as(h, "127.0.0.1:1", "", "").status, 401);
  EXPECT_EQ(ledger_as(h, "127.0.0.1:1", "", "contro1").status, 401);
  EXPECT_EQ(h.call("GET", "/_emulator/ledger").status, 401);
}

TEST(control, refuses_foreign_hosts_and_origins) {
  harness h;
  for (const auto* host : {"127.0.0.1", "127.0.0.1:8443", "localhost:1", "[::1]:1", "127.8.9.1"})
    EXPECT_EQ(ledger_as(h, host, "", "control").status, 200) << host;
  for (const auto* host : {"", "evil.example", "127.evil.example", "localhost.evil.example", "[::2]", "["})
    EXPECT_EQ(ledger_as(h, host, "", "control").status, 403) << host;
  EXPECT_EQ(ledger_as(h, "localhost", "https://localhost:8443", "control").status, 200);
  for (const auto* origin : {"https://evil.example", "null", "localhost"})
    EXPECT_EQ(ledger_as(h, "localhost", origin, "control").status, 403) << origin;
}

TEST(control, is_no_part_of_the_api) {
  harness h;
  (void)h.control("GET", "/_emulator/ledger");
  for (const auto& c : h.ledger().classes) EXPECT_EQ(c.requests, 0u);
  EXPECT_EQ(h.call("GET", "/_emulators").status, 404);
  EXPECT_EQ(h.control("GET", "/_emulator").status, 404);
  EXPECT_EQ(h.control("POST", "/_emulator/unknown").status, 404);
}

TEST(control, seeds_assets) {
  harness h;
  const auto answer = h.control("POST", "/_emulator/seed", R"({"count":7,"style":"rich"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(harness::data(answer).at("assets"), 7);
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets")).size(), 7u);
  for (const auto* body :
       {"{}", R"({"count":-1})", R"({"count":1e9})", R"({"count":1,"style":"huge"})", "[]"})
    EXPECT_EQ(h.control("POST", "/_emulator/seed", body).status, 400) << body;
}

TEST(control, sets_and_lifts_limits) {
  harness h;
  EXPECT_EQ(h.control("POST", "/_emulator/limits", R"({"video_other":{"rate":1,"burst":2}})").status, 200);
  for (const int status : {200, 200, 429}) EXPECT_EQ(h.call("GET", "/video/v1/assets").status, status);
  EXPECT_EQ(h.control("POST", "/_emulator/limits", R"({"video_other":null})").status, 200);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(h.call("GET", "/video/v1/assets").status, 200);
  for (const auto* body : {R"({"video":null})", R"({"data":{"rate":0}})", R"({"data":{"rate":1,"burst":0}})",
                           R"({"data":7})", R"({"data":{"rate":"1"}})"})
    EXPECT_EQ(h.control("POST", "/_emulator/limits", body).status, 400) << body;
}

TEST(control, sets_faults) {
  harness h;
  EXPECT_EQ(h.control("POST", "/_emulator/faults", R"({"faults":["drop_after*1"]})").status, 200);
  EXPECT_EQ(h.call("GET", "/system/v1/whoami").delivery, delivery::dropped);
  EXPECT_EQ(h.call("GET", "/system/v1/whoami").delivery, delivery::whole);
  for (const auto* body : {"{}", R"({"faults":"drop_after"})", R"({"faults":["drop"]})", R"({"faults":[1]})"})
    EXPECT_EQ(h.control("POST", "/_emulator/faults", body).status, 400) << body;
}

TEST(control, moves_time) {
  harness h;
  const auto id = h.create();
  EXPECT_EQ(h.control("POST", "/_emulator/time", R"({"advance_ms":2000})").status, 200);
  EXPECT_EQ(harness::data(h.call("GET", harness::path(id))).at("status"), "ready");
  for (const auto* body :
       {"{}", R"({"advance_ms":-1})", R"({"advance_ms":1.5})", R"({"advance_ms":9223372036854775807})"})
    EXPECT_EQ(h.control("POST", "/_emulator/time", body).status, 400) << body;
}

TEST(control, sets_and_lifts_the_lag_of_listings) {
  harness h;
  EXPECT_EQ(h.control("POST", "/_emulator/list-lag", R"({"list_lag_ms":1000})").status, 200);
  h.create();
  EXPECT_TRUE(harness::ids(h.call("GET", "/video/v1/assets")).empty());
  EXPECT_EQ(h.control("POST", "/_emulator/list-lag", R"({"list_lag_ms":0})").status, 200);
  h.create();
  EXPECT_EQ(harness::ids(h.call("GET", "/video/v1/assets")).size(), 1u);
  for (const auto* body : {"{}", R"({"list_lag_ms":-1})", R"({"list_lag_ms":1,"share":2})",
                           R"({"list_lag_ms":1,"share":"1"})", R"({"list_lag_ms":1.5})"})
    EXPECT_EQ(h.control("POST", "/_emulator/list-lag", body).status, 400) << body;
}

TEST(control, shows_the_ledger_and_what_was_created) {
  harness h;
  const auto id = h.create(R"({"input":"https://example.com/a","passthrough":"line\nbreak"})");
  const auto ledger = harness::data(h.control("GET", "/_emulator/ledger"));
  EXPECT_EQ(ledger.at("creates"), 1);
  EXPECT_EQ(ledger.at("duplicates"), 0);
  EXPECT_EQ(ledger.at("assets"), 1);
  EXPECT_EQ(ledger.at("refused"), 0);
  EXPECT_EQ(ledger.at("classes").at("video_post").at("requests"), 1);
  EXPECT_EQ(
      h.control("GET", "/_emulator/assets").body,
      R"({"id":")" + id +
          R"(","input":"https://example.com/a","passthrough":"line\u000abreak","external_id":"","title":""})"
          "\n");
}

TEST(control, shows_what_was_uploaded) {
  harness h;
  const auto upload = h.create_upload(
      R"({"cors_origin":"*","new_asset_settings":{"passthrough":"p","meta":{"title":"T","external_id":"e"}}})");
  h.create_upload();
  EXPECT_EQ(h.put(target_of(upload), "abc")->status, 200);
  const auto ledger = harness::data(h.control("GET", "/_emulator/ledger"));
  EXPECT_EQ(ledger.at("creates"), 1);
  EXPECT_EQ(ledger.at("uploads"), 2);
  EXPECT_EQ(ledger.at("upload_assets"), 1);
  EXPECT_EQ(ledger.at("storage_bytes"), 3);
  EXPECT_EQ(ledger.at("stored_bytes"), 3);
  EXPECT_EQ(ledger.at("leaked_credentials"), 0);
  EXPECT_EQ(ledger.at("classes").at("storage").at("requests"), 1);
  const auto line = boost::json::parse(h.control("GET", "/_emulator/assets").body).as_object();
  EXPECT_EQ(line.at("upload_id"), upload.at("id"));
  EXPECT_EQ(line.at("size"), 3);
  EXPECT_EQ(line.at("sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(line.at("passthrough"), "p");
  EXPECT_EQ(line.at("external_id"), "e");
  EXPECT_EQ(line.at("title"), "T");
  EXPECT_FALSE(line.contains("input"));
}

TEST(control, reset_forgets_uploads_and_their_sessions) {
  harness h;
  const auto upload = h.create_upload();
  const auto id = std::string(upload.at("id").as_string());
  EXPECT_EQ(h.control("POST", "/_emulator/reset").status, 200);
  EXPECT_EQ(h.call("GET", "/video/v1/uploads/" + id).status, 404);
  EXPECT_EQ(h.put(target_of(upload), "abc")->status, 404);
}

TEST(control, reset_forgets_everything_but_the_limits) {
  auto options = quiet_options();
  options.limit(rate_class::video_post) = {1, 1};
  harness h(options);
  const auto id = h.create();
  EXPECT_EQ(h.call("POST", "/video/v1/assets", "{}").status, 429);
  EXPECT_EQ(h.control("POST", "/_emulator/reset").status, 200);
  EXPECT_EQ(h.ledger().creates, 0u);
  EXPECT_EQ(h.call("GET", harness::path(id)).status, 404);
  EXPECT_NE(h.create(), id);
  EXPECT_EQ(h.ledger().duplicates, 0u);
  EXPECT_EQ(h.call("POST", "/video/v1/assets", "{}").status, 429);
}

}  // namespace
}  // namespace mux::inline v0::emulator::test
