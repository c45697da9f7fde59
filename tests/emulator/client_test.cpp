// The client against the emulator over real TLS; what happened is read from the emulator's ledger.

#include <algorithm>
#include <set>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <mux/emulator/server.hpp>
#include <mux/mux.hpp>

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using mux::errc;

std::uint64_t refused(const mux::emulator::ledger& book) {
  std::uint64_t sum = 0;
  for (const auto& c : book.classes) sum += c.refused;
  return sum;
}

class client_and_emulator : public testing::Test {
 protected:
  void start(mux::emulator::server_options options = {}) {
    options.ready_after = 0s;
    emulator = std::make_unique<mux::emulator::server>(std::move(options));
    emulator->start();
    settings.base_url = emulator->base_url();
    settings.credentials.token_id = emulator->token_id();
    settings.credentials.token_secret = emulator->token_secret();
    settings.ca_file = emulator->ca_file().string();
  }
  void start_unlimited() {
    mux::emulator::server_options options;
    options.limits.fill(mux::emulator::no_limit);
    start(std::move(options));
    for (mux::class_limit& limit : settings.limits.classes)
      limit.rate = std::numeric_limits<double>::infinity();
  }

  /// Runs one coroutine to its end and hands over what it returned or threw.
  template <class T>
  T run(asio::awaitable<T> task) {
    std::future<T> future = asio::co_spawn(io, std::move(task), asio::use_future);
    io.restart();
    io.run();
    return future.get();
  }

  static mux::asset_create_params params(const std::string& name) {
    mux::asset_create_params p;
    p.inputs.emplace_back("https://example.com/" + name + ".mp4");
    p.playback_policies.emplace_back(mux::playback_policy::public_);
    p.passthrough = name;
    return p;
  }

  std::unique_ptr<mux::emulator::server> emulator;
  mux::client_options settings;
  asio::io_context io;
};

TEST_F(client_and_emulator, an_asset_lives_from_create_to_delete) {
  start_unlimited();
  const mux::client client(io.get_executor(), settings);
  const mux::asset made = run(client.video.assets.create(params("one")));
  EXPECT_FALSE(made.id.empty());
  EXPECT_EQ(made.passthrough, "one");
  ASSERT_EQ(made.playback_ids.size(), 1u);
  EXPECT_EQ(made.playback_ids[0].policy, mux::playback_policy::public_);

  mux::asset_update_params change;
  change.passthrough = "two";
  EXPECT_EQ(run(client.video.assets.update(made.id, change)).passthrough, "two");
  const mux::asset read = run(client.video.assets.retrieve(made.id));
  EXPECT_EQ(read.passthrough, "two");
  EXPECT_EQ(read.status, mux::asset_status::ready);
  run(client.video.assets.delete_(made.id));
  EXPECT_THROW(run(client.video.assets.retrieve(made.id)), mux::not_found_error);
  EXPECT_EQ(emulator->ledger().creates, 1u);
  EXPECT_EQ(emulator->asset_count(), 0u);
}

TEST_F(client_and_emulator, a_listing_names_every_asset_once) {
  start_unlimited();
  emulator->seed_assets(1234, mux::emulator::seed_style::small);
  const mux::client client(io.get_executor(), settings);
  const auto list = [](const mux::client& c,
                       std::vector<std::size_t>& sizes) -> asio::awaitable<std::set<std::string>> {
    std::set<std::string> ids;
    mux::pager<mux::asset> pages = c.video.assets.list();
    while (std::optional<mux::page<mux::asset>> page = co_await pages.next()) {
      sizes.push_back(page->items.size());
      for (const mux::asset& a : page->items) ids.insert(a.id);
    }
    co_return ids;
  };
  std::vector<std::size_t> sizes;
  EXPECT_EQ(run(list(client, sizes)).size(), 1234u);
  EXPECT_EQ(sizes.size(), 13u);
  EXPECT_EQ(sizes.front(), 100u);
  EXPECT_EQ(sizes.back(), 34u);
}

TEST_F(client_and_emulator, whoami_names_the_environment) {
  start();
  const mux::client client(io.get_executor(), settings);
  EXPECT_EQ(run(client.system.utilities.whoami()).environment_id, "emulat");
}

TEST_F(client_and_emulator, wrong_credentials_are_unauthorized_and_the_secret_stays_out_of_the_error) {
  start();
  settings.credentials.token_secret = "wrong-canary";
  const mux::client client(io.get_executor(), settings);
  try {
    (void)run(client.system.utilities.whoami());
    FAIL() << "no exception";
  } catch (const mux::authentication_error& e) {
    EXPECT_EQ(e.info().http_status, 401);
    EXPECT_EQ(e.info().api_type, "unauthorized");
    EXPECT_FALSE(e.info().request_id.empty());
    EXPECT_EQ(std::string(e.what()).find("canary"), std::string::npos);
  }
}

TEST_F(client_and_emulator, a_ca_that_did_not_sign_the_certificate_is_not_trusted) {
  start();
  mux::emulator::server other;
  other.start();
  settings.ca_file = other.ca_file().string();
  const mux::client client(io.get_executor(), settings);
  const auto got = run(client.try_send(mux::requests::system::utilities::whoami()));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::certificate_untrusted);
  EXPECT_FALSE(got.error().bytes_sent);
}

TEST_F(client_and_emulator, with_response_shows_the_http_side) {
  start();
  const mux::client client(io.get_executor(), settings);
  const auto got = run(client.with_response(mux::requests::video::assets::create(params("x"))));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->status, 201);
  EXPECT_FALSE(got->request_id.empty());
  EXPECT_EQ(got->attempts, 1);
  ASSERT_TRUE(client.server_time());
}

// The point of it all: many callers at once, the documented limits, and not one refusal.
TEST_F(client_and_emulator, keeps_the_limits_whatever_the_number_of_callers) {
  mux::emulator::server_options options;
  options.limit(mux::rate_class::video_post) = {20, 5};
  start(std::move(options));
  settings.limits[mux::rate_class::video_post] = {20, {}};
  const mux::client client(io.get_executor(), settings);
  int made = 0;
  for (int i = 0; i < 60; ++i)
    asio::co_spawn(
        io,
        [](const mux::client& c, mux::asset_create_params p, int& count) -> asio::awaitable<void> {
          (void)co_await c.video.assets.create(p);
          ++count;
        }(client, params(std::to_string(i)), made),
        asio::detached);
  io.run();
  const mux::emulator::ledger book = emulator->ledger();
  EXPECT_EQ(made, 60);
  EXPECT_EQ(book.creates, 60u);
  EXPECT_EQ(book.duplicates, 0u);
  EXPECT_EQ(refused(book), 0u);
}

TEST_F(client_and_emulator, a_client_that_is_set_too_fast_still_gets_everything_done_once) {
  mux::emulator::server_options options;
  options.limit(mux::rate_class::video_post) = {5, 1};
  start(std::move(options));
  settings.limits[mux::rate_class::video_post] = {50, 20};
  const mux::client client(io.get_executor(), settings);
  for (int i = 0; i < 6; ++i)
    asio::co_spawn(
        io,
        [](const mux::client& c, mux::asset_create_params p) -> asio::awaitable<void> {
          (void)co_await c.video.assets.create(p);
        }(client, params(std::to_string(i))),
        asio::detached);
  io.run();
  const mux::emulator::ledger book = emulator->ledger();
  EXPECT_EQ(book.creates, 6u);
  EXPECT_EQ(book.duplicates, 0u);
  EXPECT_GT(refused(book), 0u);
}

TEST_F(client_and_emulator, a_lost_answer_is_reported_as_ambiguous_and_nothing_is_sent_twice) {
  start_unlimited();
  mux::emulator::fault lost;
  lost.kind = mux::emulator::fault_kind::drop_after;
  lost.count = 1;
  emulator->add_fault(lost);
  const mux::client client(io.get_executor(), settings);
  const auto got = run(client.try_send(mux::requests::video::assets::create(params("lost"))));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::ambiguous);
  EXPECT_EQ(got.error().cause, errc::connection_lost_unanswered);
  EXPECT_TRUE(got.error().ambiguous);
  EXPECT_EQ(emulator->ledger().creates, 1u);
}

TEST_F(client_and_emulator, one_client_serves_many_threads) {
  start_unlimited();
  asio::thread_pool pool(4);
  {
    const mux::client client(pool.get_executor(), settings);
    std::vector<std::future<mux::asset>> made;
    for (int i = 0; i < 200; ++i)
      made.push_back(
          asio::co_spawn(pool, client.video.assets.create(params(std::to_string(i))), asio::use_future));
    std::set<std::string> ids;
    for (auto& one : made) ids.insert(one.get().id);
    EXPECT_EQ(ids.size(), 200u);
  }
  pool.join();
  EXPECT_EQ(emulator->ledger().creates, 200u);
}

/// Keeps what comes, and says how often.
class keeper final : public mux::body_sink {
 public:
  void begin(std::optional<std::uint64_t> size) override { announced = size; }
  asio::awaitable<mux::result<void>> write(std::string_view piece) override {
    text += piece;
    ++pieces;
    if (fault) co_return *fault;
    co_return mux::result<void>();
  }
  std::optional<std::uint64_t> announced;
  std::string text;
  int pieces = 0;
  std::optional<mux::error> fault;
};

TEST_F(client_and_emulator, an_answer_can_be_had_with_its_http_side) {
  start_unlimited();
  const mux::client client(io.get_executor(), settings);
  const mux::asset made = run(client.video.assets.create(params("one")));
  const auto whole = run(client.with_response(mux::requests::video::assets::retrieve(made.id)));
  ASSERT_TRUE(whole) << whole.error();
  EXPECT_EQ(whole->value.id, made.id);
  EXPECT_EQ(whole->status, 200);
  EXPECT_FALSE(whole->request_id.empty());
  EXPECT_NE(whole->body.find(made.id), std::string::npos);
  EXPECT_TRUE(std::any_of(whole->headers.begin(), whole->headers.end(),
                          [&](const auto& field) { return field.second == whole->request_id; }));
  const auto gone = run(client.with_response(mux::requests::video::assets::delete_(made.id)));
  ASSERT_TRUE(gone) << gone.error();
  EXPECT_EQ(gone->status, 204);
}

TEST_F(client_and_emulator, what_is_not_described_can_be_asked_for) {
  start_unlimited();
  const mux::client client(io.get_executor(), settings);
  const std::string body = R"({"inputs":[{"url":"https://example.com/raw.mp4"}]})";
  const std::string made =
      run(client.send(mux::requests::raw(mux::http_method::post, "/video/v1/assets", body)));
  EXPECT_NE(made.find("\"id\""), std::string::npos) << made;
  EXPECT_EQ(emulator->created().size(), 1u);
  const auto missing = run(client.try_send(mux::requests::raw(mux::http_method::get, "/video/v1/none")));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().http_status, 404);
}

TEST_F(client_and_emulator, a_body_goes_to_a_sink_piece_by_piece) {
  start_unlimited();
  emulator->seed_assets(100, mux::emulator::seed_style::rich);
  const mux::client client(io.get_executor(), settings);
  const std::string target = "/video/v1/assets?limit=100";
  const std::string expected = run(client.send(mux::requests::raw(mux::http_method::get, target)));
  keeper sink;
  const auto got = run(client.try_download(mux::requests::raw(mux::http_method::get, target), sink));
  ASSERT_TRUE(got) << got.error();
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "");
  EXPECT_EQ(sink.text, expected);
  EXPECT_GT(sink.pieces, 1);
  EXPECT_EQ(sink.announced, expected.size());
}

TEST_F(client_and_emulator, what_a_sink_refuses_ends_the_download_and_an_error_never_reaches_it) {
  start_unlimited();
  emulator->seed_assets(1);
  const mux::client client(io.get_executor(), settings);
  keeper full;
  full.fault = mux::error(errc::invalid_argument, "the disk is full");
  const auto refused_by_sink =
      run(client.try_download(mux::requests::raw(mux::http_method::get, "/video/v1/assets"), full));
  ASSERT_FALSE(refused_by_sink);
  EXPECT_EQ(refused_by_sink.error().detail, "the disk is full");
  EXPECT_EQ(full.pieces, 1) << "no further try once a piece was given";
  keeper untouched;
  const auto missing =
      run(client.try_download(mux::requests::raw(mux::http_method::get, "/video/v1/none"), untouched));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, errc::not_found);
  EXPECT_EQ(untouched.pieces, 0);
}

TEST_F(client_and_emulator, warms_up_and_drains) {
  start_unlimited();
  const mux::client client(io.get_executor(), settings);
  ASSERT_TRUE(run(client.warm_up(3)));
  EXPECT_EQ(client.stats().pool.idle, 3u);
  EXPECT_TRUE(run(client.drain(10s)));
  EXPECT_EQ(client.stats().pool.open, 0u);
  const auto late = run(client.try_send(mux::requests::system::utilities::whoami()));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, errc::shut_down);
}

}  // namespace
