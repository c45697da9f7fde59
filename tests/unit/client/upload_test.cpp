// Resumable uploads against a storage model in virtual time: which requests go out after which answers, and
// that the bytes which end up there are those of the source.

#include <numeric>

#include "unit/client/upload_fixture.hpp"

namespace {

using namespace mux_test;
using strings = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;

class upload : public testing::Test, public upload_world {};

// Three chunks, the last of them short.
const std::string film = some_bytes(2 * unit + 1000);
const strings film_ranges = {"bytes 0-262143/525288", "bytes 262144-524287/525288",
                             "bytes 524288-525287/525288"};

TEST_F(upload, sends_chunk_after_chunk) {
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(storage->stored == film);
  EXPECT_TRUE(storage->finished);
  EXPECT_EQ(ranges(), film_ranges);
  EXPECT_EQ(progress, (numbers{unit, 2 * unit, film.size()}));
  EXPECT_EQ(done->bytes, film.size());
  EXPECT_EQ(done->sent, film.size());
  EXPECT_EQ(done->resumed_from, 0u);
  EXPECT_EQ(done->retries, 0);
  EXPECT_EQ(storage->held, 0);
}

TEST_F(upload, of_less_than_a_chunk_is_one_request) {
  const std::string small = some_bytes(7);
  ASSERT_TRUE(upload_world::upload(small));
  EXPECT_EQ(ranges(), strings{"bytes 0-6/7"});
  EXPECT_EQ(storage->stored, small);
}

TEST_F(upload, of_whole_chunks_ends_with_the_last_of_them) {
  ASSERT_TRUE(upload_world::upload(some_bytes(2 * unit)));
  EXPECT_EQ(ranges(), (strings{"bytes 0-262143/524288", "bytes 262144-524287/524288"}));
}

TEST_F(upload, of_nothing_is_one_request_without_a_range) {
  settings.resume = true;
  fates({refusing(503)});
  const auto done = upload_world::upload("");
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges(), (strings{"", ""}));
  EXPECT_EQ(done->bytes, 0u);
  EXPECT_TRUE(storage->finished);
}

TEST_F(upload, goes_to_its_address_without_credentials_types_and_own_headers) {
  ASSERT_TRUE(upload_world::upload(film));
  for (const put& p : storage->puts) {
    EXPECT_EQ(p.host, "storage.example");
    EXPECT_EQ(p.target, "/bucket/o?upload_id=canary&Signature=canary");
    EXPECT_FALSE(p.json);
    for (const auto& [name, value] : p.fields)
      EXPECT_TRUE(name == "User-Agent" || name == "Accept" || name == "Content-Range") << name;
  }
}

TEST_F(upload, keeps_one_chunk_in_memory) {
  const std::string large = some_bytes(40 * unit + 5);
  settings.chunk = 2 * unit;
  bytes_source from(large);
  ASSERT_TRUE(upload_world::upload(from));
  EXPECT_EQ(from.largest, 2 * unit);
  for (const put& p : storage->puts) EXPECT_EQ(p.memory, storage->puts.front().memory);
  EXPECT_TRUE(storage->stored == large);
}

TEST_F(upload, resumes_where_the_storage_says) {
  storage->stored = film.substr(0, unit + 5);
  settings.resume = true;
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges(),
            (strings{"bytes */525288", "bytes 262149-524292/525288", "bytes 524293-525287/525288"}));
  EXPECT_EQ(done->resumed_from, unit + 5);
  EXPECT_EQ(done->sent, film.size() - unit - 5);
  EXPECT_TRUE(storage->stored == film);
  EXPECT_EQ(progress.front(), unit + 5);
}

TEST_F(upload, that_was_finished_before_sends_nothing) {
  storage->stored = film;
  storage->finished = true;
  settings.resume = true;
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->sent, 0u);
  EXPECT_EQ(done->resumed_from, film.size());
  EXPECT_EQ(storage->puts.size(), 1u);
}

TEST_F(upload, that_finds_more_than_it_sent_goes_on_behind_it) {
  storage->stored = film.substr(0, 2 * unit);
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges(), (strings{film_ranges[0], film_ranges[2]}));
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(upload, sends_again_what_was_not_kept_and_no_more) {
  fates({keeping(100)});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges(), (strings{"bytes 0-262143/525288", "bytes 100-262243/525288",
                               "bytes 262244-524387/525288", "bytes 524388-525287/525288"}));
  EXPECT_EQ(done->sent, film.size() + unit - 100);
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(upload, begins_anew_after_a_308_without_a_range) {
  fates({{}, answering(answer(308, ""))});
  storage->on_put = [this](std::size_t n) {
    if (n == 1) storage->stored.clear();
  };
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges(),
            (strings{film_ranges[0], film_ranges[1], film_ranges[0], film_ranges[1], film_ranges[2]}));
  EXPECT_TRUE(storage->stored == film);
  EXPECT_EQ(progress, (numbers{unit, 0, unit, 2 * unit, film.size()}));
}

TEST_F(upload, asks_after_a_success_in_the_middle) {
  fate boasting;
  boasting.boasts = true;
  fates({{}, boasting});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges(),
            (strings{film_ranges[0], film_ranges[1], "bytes */525288", film_ranges[1], film_ranges[2]}));
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(upload, asks_after_a_success_that_says_nothing_of_the_upload) {
  for (const int status : {202, 204, 206}) {
    upload_world w;
    w.fates({{}, {}, refusing(status)});
    const auto done = w.upload(film);
    ASSERT_TRUE(done) << done.error();
    EXPECT_EQ(w.ranges(),
              (strings{film_ranges[0], film_ranges[1], film_ranges[2], "bytes */525288", film_ranges[2]}));
    EXPECT_TRUE(w.storage->stored == film);
  }
}

TEST_F(upload, does_not_take_a_page_of_html_for_an_answer) {
  const fate page = refusing(200, "<html>", {{"Content-Type", "text/html; charset=utf-8"}});
  fates({{}, {}, page, page, page});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->retries, 3);
  EXPECT_TRUE(storage->stored == film);

  upload_world w;
  w.storage->success_body.clear();
  w.storage->with_success = {{"Content-Type", "text/html; charset=UTF-8"}};
  ASSERT_TRUE(w.upload(film)) << "without a page the type means nothing";
  EXPECT_EQ(w.storage->puts.size(), 3u);
}

TEST_F(upload, that_somebody_else_finished_is_done_if_it_has_as_many_bytes) {
  storage->finished = true;
  storage->stored = film;
  storage->with_success = {{"x-goog-stored-content-length", "525288"}};
  ASSERT_TRUE(upload_world::upload(film));
  EXPECT_EQ(ranges(), (strings{film_ranges[0], "bytes */525288"}));
}

TEST_F(upload, that_was_finished_with_other_bytes_is_an_error) {
  settings.resume = true;
  storage->finished = true;
  storage->success_body = R"({"kind":"storage#object","size":"525287"})";
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::bad_response) << done.error();
}

TEST_F(upload, asks_after_a_308_on_the_last_chunk) {
  fates({{}, {}, answering(answer(308, "", {{"Range", "bytes=0-525287"}}))});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges().back(), "bytes */525288");
  EXPECT_EQ(storage->puts.size(), 4u);
  EXPECT_EQ(done->retries, 1);
}

TEST_F(upload, that_never_ends_is_given_up) {
  settings.tries = 5;
  fates(std::vector<fate>(100, answering(answer(308, "", {{"Range", "bytes=0-525287"}}))));
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::bad_response) << done.error();
  EXPECT_EQ(done.error().stopped, mux::stop_reason::exhausted);
  EXPECT_EQ(storage->puts.size(), 5u);
}

TEST_F(upload, asks_after_every_answer_that_may_pass) {
  for (const int status : {408, 429, 500, 501, 502, 503, 504, 507, 599}) {
    upload_world w;
    w.fates({{}, refusing(status)});
    const auto done = w.upload(film);
    ASSERT_TRUE(done) << status << ": " << done.error();
    EXPECT_EQ(w.ranges(),
              (strings{film_ranges[0], film_ranges[1], "bytes */525288", film_ranges[1], film_ranges[2]}))
        << status;
    EXPECT_EQ(done->retries, 1);
    EXPECT_TRUE(w.storage->stored == film);
  }
}

TEST_F(upload, waits_as_long_as_the_storage_asks) {
  fates({refusing(503, "", {{"Retry-After", "30"}}), refusing(429, "", {{"Retry-After", "100000"}})});
  ASSERT_TRUE(upload_world::upload(film));
  EXPECT_GE(storage->puts[1].at - storage->puts[0].at, 30s);
  EXPECT_LT(storage->puts[1].at - storage->puts[0].at, 39s);
  EXPECT_GE(storage->puts[2].at - storage->puts[1].at, 10min) << "but at most ten minutes";
  EXPECT_LT(storage->puts[2].at - storage->puts[1].at, 11min);
}

TEST_F(upload, a_429_of_the_storage_does_not_hold_up_other_uploads) {
  fates({refusing(429, "", {{"Retry-After", "60"}})});
  bytes_source one(film), other(film);
  start(one);
  start(other);
  time->run(io);
  EXPECT_EQ(endings, 2);
  EXPECT_EQ(storage->puts[1].range, film_ranges[0]);
  EXPECT_EQ(storage->puts[1].at, storage->puts[0].at);
}

TEST_F(upload, pauses_grow_with_the_failures_and_begin_anew_with_progress) {
  options.retry.base_pause = 1s;
  options.retry.max_pause = 8s;
  settings.tries = 1000;
  std::vector<fate> all(400, refusing(503));
  all.emplace_back();  // a question, answered
  all.emplace_back();  // a chunk
  all.push_back(refusing(503));
  fates(std::move(all));
  ASSERT_TRUE(upload_world::upload(film));
  ASSERT_EQ(watcher->pauses.size(), 401u);
  EXPECT_LE(watcher->pauses[0], 1s);
  EXPECT_LE(watcher->pauses[1], 2s);
  EXPECT_LE(watcher->pauses[2], 4s);
  EXPECT_LE(watcher->pauses[400], 1s);
  const auto sum = std::accumulate(watcher->pauses.begin(), watcher->pauses.end(), 0ns);
  EXPECT_NEAR(std::chrono::duration<double>(sum).count(), 400 * 4, 250) << "uniform from zero on";
  EXPECT_LE(*std::max_element(watcher->pauses.begin(), watcher->pauses.end()), 8s);
}

TEST_F(upload, survives_the_loss_of_any_answer) {
  for (const bool kept : {false, true}) {
    for (std::size_t lost = 0; lost < 3; ++lost) {
      for (const errc why :
           {errc::connection_lost, errc::connection_lost_unanswered, errc::timed_out, errc::truncated_body}) {
        upload_world w;
        std::vector<fate> all(lost);
        all.push_back(losing_all(why));
        if (kept) all.back().keeps.reset();
        w.fates(all);
        const auto done = w.upload(film);
        ASSERT_TRUE(done) << lost << mux::to_string(why) << done.error();
        EXPECT_TRUE(w.storage->stored == film);
        EXPECT_TRUE(w.storage->finished);
        EXPECT_EQ(w.ranges()[lost + 1], "bytes */525288");
        const std::uint64_t again = kept ? 0 : (lost == 2 ? 1000 : unit);
        EXPECT_EQ(w.storage->carried, film.size() + again) << lost;
        EXPECT_EQ(done->sent, w.storage->carried);
      }
    }
  }
}

TEST_F(upload, survives_a_question_without_an_answer) {
  fates({losing_all(), losing_all(), refusing(503), unreachable(), unreachable(errc::resolve_failed), {}});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->retries, 5);
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(upload, asks_when_an_idle_connection_was_closed_under_a_chunk) {
  fates({{}, answering(stale())});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(ranges()[2], "bytes */525288") << "the chunk may have come";
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(upload, gives_up_after_so_many_tries_without_a_further_byte) {
  settings.tries = 4;
  fates(std::vector<fate>(100, unreachable()));
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::connect_failed) << done.error();
  EXPECT_EQ(done.error().stopped, mux::stop_reason::exhausted);
  EXPECT_EQ(done.error().attempts, 4);
  EXPECT_FALSE(done.error().ambiguous);
}

TEST_F(upload, gives_up_on_a_storage_that_keeps_nothing) {
  settings.tries = 6;
  fates(std::vector<fate>(100, keeping(0)));
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::bad_response) << done.error();
  EXPECT_EQ(storage->puts.size(), 6u);
}

TEST_F(upload, goes_on_as_long_as_there_is_progress) {
  settings.tries = 2;
  std::vector<fate> all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(keeping(1));
    all.push_back(losing_all());
    all.emplace_back();
  }
  fates(std::move(all));
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->retries, 50);
  EXPECT_TRUE(storage->stored == film);
}

TEST_F(upload, of_a_session_that_is_gone_has_expired) {
  for (const int status : {404, 410}) {
    for (const bool resumed : {false, true}) {
      upload_world w;
      w.settings.resume = resumed;
      w.fates({{}, refusing(status, "<Error><Code>NoSuchUpload</Code></Error>")});
      const auto done = w.upload(film);
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, errc::upload_expired);
      EXPECT_EQ(done.error().http_status, status);
      EXPECT_EQ(w.storage->puts.size(), 2u);
      EXPECT_TRUE(w.watcher->pauses.empty());
    }
  }
}

TEST_F(upload, that_is_refused_says_why) {
  const std::vector<std::pair<int, errc>> all = {
      {400, errc::bad_request},       {401, errc::unauthorized},      {403, errc::permission_denied},
      {412, errc::unexpected_status}, {302, errc::unexpected_status}, {307, errc::unexpected_status}};
  for (const auto& [status, code] : all) {
    upload_world w;
    w.fates(
        {refusing(status,
                  "<?xml version='1.0'?><Error><Code>ExpiredToken</Code><Message>upload_id=canary</Message>"
                  "</Error>",
                  {{"Location", "https://evil.example/"}})});
    const auto done = w.upload(film);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error();
    EXPECT_EQ(done.error().http_status, status);
    EXPECT_EQ(done.error().api_type, "ExpiredToken");
    EXPECT_TRUE(done.error().hint.empty()) << "the token has nothing to do with it";
    EXPECT_EQ(done.error().message().find("canary"), std::string::npos);
    EXPECT_EQ(w.storage->puts.size(), 1u);
  }
}

TEST_F(upload, does_not_follow_a_308_that_leads_elsewhere) {
  fates({refusing(308, "", {{"Location", "https://evil.example/canary"}})});
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::unexpected_status) << done.error();
  EXPECT_EQ(storage->puts.size(), 1u);
  EXPECT_EQ(done.error().message().find("canary"), std::string::npos);
}

TEST_F(upload, does_not_believe_in_bytes_that_there_are_not) {
  fates({answering(answer(308, "", {{"Range", "bytes=0-525288"}}))});
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::bad_response) << done.error();
  EXPECT_EQ(done.error().http_status, 308);
}

TEST_F(upload, understands_a_range_or_says_so) {
  for (const char* range : {"bytes=5-9", "bytes=0-", "bytes=0-x", "bytes 0-5", "bytes=0--5", "bytes=0-5,9-12",
                            "bytes=0-18446744073709551615", "bytes=0-99999999999999999999"}) {
    upload_world w;
    w.fates({answering(answer(308, "", {{"Range", range}}))});
    const auto done = w.upload(film);
    ASSERT_FALSE(done) << range;
    EXPECT_EQ(done.error().code, errc::bad_response) << range;
  }
  fates({answering(answer(308, "", {{"range", "0-262143"}}))});
  EXPECT_TRUE(upload_world::upload(film)) << "without its unit, as some servers have it";
  EXPECT_EQ(ranges(), film_ranges);
}

TEST_F(upload, goes_back_when_the_storage_lost_what_it_had) {
  fate forgetful;
  forgetful.forgets_beyond = 17;
  fates({{}, {}, forgetful});
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(storage->stored == film);
  EXPECT_EQ(progress, (numbers{unit, 2 * unit, 17, 17 + unit, 17 + 2 * unit, film.size()}));
}

TEST_F(upload, does_not_go_back_for_ever) {
  settings.tries = 5;
  fate forgetful = answering(answer(308, ""));
  std::vector<fate> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(answering(answer(308, "", {{"Range", "bytes=0-262143"}})));
    all.push_back(forgetful);
  }
  fates(std::move(all));
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::bad_response) << done.error();
  EXPECT_EQ(storage->puts.size(), 12u);
}

TEST_F(upload, reports_the_checksums_that_the_storage_says) {
  storage->with_success = {{"x-goog-hash", "crc32c=n03x6A=="},
                           {"X-Goog-Hash", "md5=Ojk9c3dhfxgoKVVHYwFbHQ=="}};
  auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(done->md5, "Ojk9c3dhfxgoKVVHYwFbHQ==");
  EXPECT_EQ(done->crc32c, "n03x6A==");

  upload_world one_header;
  one_header.storage->with_success = {{"x-goog-hash", "crc32c=AAAAAA==, md5=Ojk9c3dhfxgoKVVHYwFbHQ=="}};
  done = one_header.upload(film);
  EXPECT_EQ(done->md5, "Ojk9c3dhfxgoKVVHYwFbHQ==");
  EXPECT_EQ(done->crc32c, "AAAAAA==");

  upload_world object;
  object.storage->success_body =
      R"({"size":"525288","md5Hash":"Ojk9c3dhfxgoKVVHYwFbHQ==","crc32c":"n03x6A=="})";
  done = object.upload(film);
  EXPECT_EQ(done->md5, "Ojk9c3dhfxgoKVVHYwFbHQ==");
  EXPECT_EQ(done->crc32c, "n03x6A==");

  upload_world silent;
  silent.storage->success_body = "<html>";
  done = silent.upload(film);
  EXPECT_TRUE(done->md5.empty() && done->crc32c.empty());
}

TEST_F(upload, ends_with_the_error_of_its_source) {
  bytes_source from(film);
  storage->on_put = [&](std::size_t n) {
    if (n == 1) from.fails = mux::error(errc::source_changed, "changed");
  };
  const auto done = upload_world::upload(from);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::source_changed);
  EXPECT_EQ(storage->puts.size(), 2u);
}

TEST_F(upload, of_a_source_that_ends_early_is_an_error) {
  bytes_source from(film);
  from.announced = film.size() + 1;
  const auto done = upload_world::upload(from);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::source_changed);
  EXPECT_FALSE(storage->finished);
}

TEST_F(upload, with_settings_that_cannot_be_is_refused) {
  for (const std::uint64_t chunk : {std::uint64_t{0}, unit + 1, unit / 2, std::uint64_t{1} << 31}) {
    settings.chunk = chunk;
    EXPECT_EQ(upload_world::upload(film).error().code, errc::invalid_argument) << chunk;
  }
  settings.chunk = unit;
  settings.tries = 0;
  EXPECT_EQ(upload_world::upload(film).error().code, errc::invalid_argument);
  EXPECT_TRUE(storage->puts.empty());
}

TEST_F(upload, goes_by_https_only_except_to_this_machine) {
  bytes_source from(film);
  for (const char* url : {"http://storage.example/canary", "storage.example/canary", "", "https:///canary",
                          "ftp://storage.example/canary", "https://canary:canary@storage.example/",
                          "https://storage.example/canary canary", "https://storage.example/#canary"}) {
    const auto done = upload_world::upload(from, url);
    ASSERT_FALSE(done) << url;
    EXPECT_TRUE(done.error().code == errc::insecure_base_url || done.error().code == errc::invalid_argument);
    EXPECT_EQ(done.error().message().find("canary"), std::string::npos) << done.error();
  }
  EXPECT_TRUE(storage->puts.empty());
  EXPECT_TRUE(upload_world::upload(from, "http://127.0.0.1:8080/o?upload_id=1"));
}

TEST_F(upload, keeps_its_address_out_of_every_text) {
  settings.tries = 3;
  fates({refusing(500, "canary"), losing_all(), unreachable(), unreachable()});
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message().find("canary"), std::string::npos) << done.error();
  EXPECT_EQ(watcher->told.find("canary"), std::string::npos) << watcher->told;
  EXPECT_NE(watcher->told.find("storage.put"), std::string::npos);
}

TEST_F(upload, has_a_deadline_for_everything) {
  settings.deadline = 60s;
  settings.tries = 100000;
  const auto begun = time->now();
  fates(std::vector<fate>(100000, refusing(503)));
  const auto done = upload_world::upload(film);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::server_error);
  EXPECT_EQ(done.error().stopped, mux::stop_reason::deadline);
  EXPECT_LE(time->now() - begun, 60s);
  EXPECT_GT(time->now() - begun, 50s);
}

TEST_F(upload, has_a_timeout_for_each_request) {
  settings.timeout = 7s;
  fates({refusing(503, "", {{"Retry-After", "100"}})});
  ASSERT_TRUE(upload_world::upload(film));
  for (const put& p : storage->puts) {
    ASSERT_TRUE(p.deadline);
    EXPECT_EQ(p.deadline->time_since_epoch(), p.at + 7s);
  }
}

TEST_F(upload, under_way_is_not_cut_by_a_drain_and_none_begins_after_it) {
  bool drained = false;
  storage->on_put = [&](std::size_t n) {
    if (n != 0) return;
    asio::co_spawn(io, mux::detail::client_core::drain(core_, 1h),
                   [&](std::exception_ptr, bool done) { drained = done; });
  };
  const auto done = upload_world::upload(film);
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(drained);
  EXPECT_TRUE(storage->stored == film);
  EXPECT_EQ(upload_world::upload(film).error().code, errc::shut_down);
}

TEST_F(upload, ends_wherever_it_is_cancelled_and_can_be_resumed) {
  std::size_t cancelled = 0;
  for (int steps = 0;; ++steps) {
    ASSERT_LT(steps, 10000);
    upload_world w;
    w.fates({{}, losing_all(), {}, refusing(503)});
    bytes_source from(film);
    w.start_cancellable(from, w.cancel.slot());
    for (int i = 0; i < steps && w.endings == 0; ++i) w.time->step(w.io);
    if (w.endings > 0) {
      EXPECT_TRUE(w.got && w.got->has_value());
      break;
    }
    const auto at = w.time->now();
    w.cancel.emit(asio::cancellation_type::terminal);
    do w.io.restart();
    while (w.io.poll() > 0);
    ASSERT_EQ(w.endings, 1) << "after " << steps;
    EXPECT_EQ(w.time->now(), at);
    EXPECT_EQ(w.storage->held, 0);
    EXPECT_EQ(w.time->armed(), 0u);
    ASSERT_TRUE(w.got) << "thrown after " << steps;
    if (w.got->has_value()) continue;
    EXPECT_EQ(w.got->error().code, errc::cancelled);
    ++cancelled;
    w.settings.resume = true;
    const auto resumed = w.upload(from);
    ASSERT_TRUE(resumed) << resumed.error();
    EXPECT_TRUE(w.storage->stored == film);
  }
  EXPECT_GT(cancelled, 15u);
}

TEST_F(upload, leaves_nothing_behind_when_its_context_goes) {
  for (int steps = 0; steps < 60; ++steps) {
    upload_world w;
    w.fates({{}, losing_all()});
    bytes_source from(film);
    w.start(from);
    for (int i = 0; i < steps; ++i) w.time->step(w.io);
  }
}

TEST_F(upload, puts_the_sources_bytes_there_whatever_goes_wrong) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t n) { return random() % n; };
    upload_world w;
    w.settings.chunk = unit * (1 + below(3));
    w.settings.resume = below(2) == 0;
    w.settings.tries = 60;
    const std::string bytes = some_bytes(below(8) == 0 ? below(3) * unit : below(5 * unit), seed);
    const std::uint64_t already = below(3) == 0 ? below(bytes.size() + 1) : 0;
    if (already < bytes.size()) w.storage->stored = bytes.substr(0, already);
    const std::uint64_t odds = 2 + below(5);
    std::uint64_t faults = 0, waste = 0;
    w.storage->decide = [&](std::size_t n) {
      fate f;
      if (n > 40 || below(odds) != 0) return f;
      ++faults;
      waste += w.settings.chunk;
      switch (below(9)) {
        case 0:
          return keeping(below(w.settings.chunk + 1));
        case 1:
          return losing_all();
        case 2:
          f.instead = broken(errc::connection_lost_unanswered, true);
          return f;
        case 3:
          f.instead = broken(errc::timed_out, true);
          f.keeps = below(w.settings.chunk + 1);
          return f;
        case 4:
          return refusing(below(2) == 0 ? 503 : 500);
        case 5:
          return refusing(below(2) == 0 ? 429 : 408);
        case 6:
          return unreachable();
        case 7:
          waste += bytes.size();
          f.forgets_beyond = below(bytes.size() + 1);
          return f;
        default:
          f.boasts = true;
          return f;
      }
    };
    bytes_source from(bytes);
    w.start(from);
    w.time->run(w.io);
    ASSERT_TRUE(w.got) << "seed " << seed;
    ASSERT_TRUE(w.got->has_value()) << "seed " << seed << ": " << w.got->error();
    ASSERT_TRUE(w.storage->finished) << "seed " << seed;
    ASSERT_TRUE(w.storage->stored == bytes) << "seed " << seed;
    ASSERT_LE(w.storage->carried, bytes.size() + waste + (w.settings.resume ? 0 : w.settings.chunk))
        << "seed " << seed;
    ASSERT_LE(from.largest, w.settings.chunk);
    ASSERT_EQ(w.storage->held, 0);
  }
}

}  // namespace
