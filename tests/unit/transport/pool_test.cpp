#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "unit/transport/full_backlog.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using namespace std::chrono_literals;
using transport::lease_result;
using transport::outcome;
using clock = transport::clock;

transport::network_options with_places(std::size_t most) {
  transport::network_options options = trusting();
  options.pool.per_host = most;
  return options;
}

asio::awaitable<lease_result> acquire(std::shared_ptr<transport::network> net, transport::origin to,
                                      std::optional<clock::time_point> deadline) {
  co_return co_await net->acquire(to, mux::policy::freshness::any, deadline);
}

/// One who wants a lease; `got` is set once it has an answer.
struct applicant {
  std::optional<lease_result> got;
  asio::cancellation_signal cancel;
  void apply(wire_client& client, const transport::origin& to,
             std::optional<clock::time_point> deadline = {}) {
    asio::co_spawn(
        client.io, acquire(client.net, to, deadline),
        asio::bind_cancellation_slot(cancel.slot(), [this](std::exception_ptr failed, lease_result result) {
          if (failed) std::rethrow_exception(failed);
          got.emplace(std::move(result));
        }));
  }
  [[nodiscard]] bool served() const { return got && got->lease; }
};

void run_until(asio::io_context& io, const std::function<bool()>& done) {
  io.restart();
  while (!done()) io.run_one();
}

/// Runs what can run without anything from outside.
void drain(asio::io_context& io) {
  io.restart();
  io.poll();
}

class pool : public testing::Test {
 protected:
  loopback_server server{good_tls(), answering(ok())};
  transport::origin to = server.at(true);
};

TEST_F(pool, opens_no_more_connections_than_allowed) {
  wire_client client(with_places(2));
  std::atomic<int> done = 0;
  for (int i = 0; i < 10; ++i)
    asio::co_spawn(client.io, fetch(client.net, to), [&](std::exception_ptr, outcome o) {
      EXPECT_TRUE(o.response);
      ++done;
    });
  run_until(client.io, [&] { return done == 10; });
  EXPECT_EQ(server.accepted(), 2);
  EXPECT_EQ(client.net->stats().open, 2U);
}

TEST_F(pool, serves_those_who_wait_in_the_order_they_came) {
  wire_client client(with_places(1));
  applicant holder, waiting[3];
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  for (applicant& one : waiting) one.apply(client, to);
  drain(client.io);
  for (int i = 0; i < 3; ++i) {
    (i == 0 ? holder : waiting[i - 1]).got->lease.reset();
    run_until(client.io, [&] { return waiting[i].got.has_value(); });
    EXPECT_TRUE(waiting[i].served());
    for (int later = i + 1; later < 3; ++later) EXPECT_FALSE(waiting[later].got);
  }
  EXPECT_EQ(server.accepted(), 1) << "an unused lease keeps its connection";
}

TEST_F(pool, gives_a_broken_connections_place_to_who_waits) {
  wire_client client(with_places(1));
  loopback_server breaking(good_tls(), [](peer& one) {
    one.request();
    one.cut();
  });
  applicant waiting;
  std::optional<outcome> broken;
  asio::co_spawn(client.io, fetch(client.net, breaking.at(true)),
                 [&](std::exception_ptr, outcome o) { broken = std::move(o); });
  asio::post(client.io, [&] { waiting.apply(client, breaking.at(true)); });
  run_until(client.io, [&] { return broken && waiting.got; });
  EXPECT_EQ(code_of(*broken), errc::connection_lost_unanswered);
  EXPECT_TRUE(waiting.served());
  EXPECT_EQ(breaking.accepted(), 2);
}

TEST_F(pool, says_that_it_is_exhausted_when_the_deadline_passes) {
  wire_client client(with_places(1));
  applicant holder, late;
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  late.apply(client, to, clock::now() + 50ms);
  run_until(client.io, [&] { return late.got.has_value(); });
  ASSERT_TRUE(late.got->failure);
  EXPECT_EQ(late.got->failure->what.code, errc::pool_exhausted);
  EXPECT_FALSE(late.got->failure->what.bytes_sent);
  EXPECT_EQ(late.got->failure->what.detail.find("connect failed"), std::string::npos);
  // Who has left is passed over.
  applicant next;
  next.apply(client, to);
  drain(client.io);
  holder.got->lease.reset();
  run_until(client.io, [&] { return next.got.has_value(); });
  EXPECT_TRUE(next.served());
}

TEST_F(pool, carries_the_last_connect_error_when_it_is_exhausted) {
  // Two places: one fails to be opened, then both are taken by handshakes that do not end.
  std::atomic<int> number = 0;
  loopback_server odd([&](peer& one) {
    if (number++ == 0) return;
    one.hold();
  });
  wire_client client(with_places(2));
  EXPECT_EQ(code_of(client.fetch(odd.at(true))), errc::tls_failed);
  applicant stuck[2], late;
  for (applicant& one : stuck) one.apply(client, odd.at(true));
  drain(client.io);
  late.apply(client, odd.at(true), clock::now() + 50ms);
  run_until(client.io, [&] { return late.got.has_value(); });
  ASSERT_TRUE(late.got->failure);
  EXPECT_EQ(late.got->failure->what.code, errc::pool_exhausted);
  EXPECT_NE(late.got->failure->what.detail.find("handshake"), std::string::npos)
      << late.got->failure->what.detail;
}

TEST_F(pool, forgets_who_is_cancelled_while_waiting) {
  wire_client client(with_places(1));
  applicant holder, leaver, stayer;
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  leaver.apply(client, to);
  stayer.apply(client, to);
  drain(client.io);
  leaver.cancel.emit(asio::cancellation_type::terminal);
  run_until(client.io, [&] { return leaver.got.has_value(); });
  ASSERT_TRUE(leaver.got->failure);
  EXPECT_EQ(leaver.got->failure->what.code, errc::cancelled);
  holder.got->lease.reset();
  run_until(client.io, [&] { return stayer.got.has_value(); });
  EXPECT_TRUE(stayer.served());
}

TEST_F(pool, passes_on_what_was_granted_to_one_who_is_cancelled_at_the_same_moment) {
  wire_client client(with_places(1));
  applicant holder, leaver, stayer;
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  leaver.apply(client, to);
  stayer.apply(client, to);
  drain(client.io);
  holder.got->lease.reset();  // granted to the leaver, whose wake-up is on its way
  leaver.cancel.emit(asio::cancellation_type::terminal);
  run_until(client.io, [&] { return leaver.got.has_value(); });
  leaver.got.reset();  // whether it got a lease or was cancelled: nothing may be lost
  run_until(client.io, [&] { return stayer.got.has_value(); });
  EXPECT_TRUE(stayer.served());
  EXPECT_EQ(client.net->stats().open, 1U);
}

TEST_F(pool, does_not_give_a_post_a_connection_that_was_idle_for_long) {
  transport::network_options options = trusting();
  options.pool.idle_for_post = 0ns;
  wire_client client(options);
  ASSERT_TRUE(client.fetch(to).response);
  const transport::wire_request create = post("{}");
  ASSERT_TRUE(client.fetch(to, create).response);
  EXPECT_EQ(server.accepted(), 2);
  ASSERT_TRUE(client.fetch(to).response);
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(pool, closes_connections_that_were_idle_for_too_long) {
  std::promise<void> closed;
  loopback_server watching(good_tls(), [&](peer& one) {
    one.request();
    one.send(ok());
    if (one.number() == 0 && one.request().empty()) closed.set_value();
  });
  transport::network_options options = trusting();
  options.pool.idle = 0ns;
  wire_client client(options);
  ASSERT_TRUE(client.fetch(watching.at(true)).response);
  ASSERT_TRUE(client.fetch(watching.at(true)).response);
  closed.get_future().wait();
  EXPECT_EQ(watching.accepted(), 2);
}

TEST_F(pool, keeps_origins_apart) {
  loopback_server other(good_tls(), answering(ok("\"other\"")));
  wire_client client(with_places(1));
  applicant holder;
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  const outcome got = client.fetch(other.at(true));
  ASSERT_TRUE(got.response) << "another host's places are its own";
  EXPECT_EQ(got.response->body, "\"other\"");
}

TEST_F(pool, closes_idle_connections_on_demand_and_leased_ones_when_they_come_back) {
  wire_client client;
  applicant holder;
  ASSERT_TRUE(client.fetch(to).response);
  applicant second;
  holder.apply(client, to);
  second.apply(client, to);
  run_until(client.io, [&] { return holder.served() && second.served(); });
  second.got->lease.reset();
  EXPECT_EQ(client.net->stats().idle, 1U);
  client.net->close();
  client.net->close();
  EXPECT_EQ(client.net->stats().idle, 0U);
  EXPECT_EQ(client.net->stats().open, 1U);
  holder.got->lease.reset();
  EXPECT_EQ(client.net->stats().open, 0U);
  EXPECT_TRUE(client.fetch(to).response) << "a call that is still under way ends normally";
  EXPECT_EQ(client.net->stats().open, 0U);
}

TEST_F(pool, serves_strands_of_four_threads) {
  constexpr int calls = 400;
  asio::io_context io;
  const auto net = network_on(io, with_places(3));
  std::atomic<int> good = 0;
  for (int i = 0; i < calls; ++i) {
    // Some give up at once or soon, so that waiters leave while others are called.
    std::optional<clock::time_point> deadline;
    if (i % 7 == 0) deadline = clock::now() + std::chrono::milliseconds(i % 50);
    asio::co_spawn(asio::make_strand(io),
                   fetch(net, to, i % 2 == 0 ? post("{}") : transport::wire_request{}, deadline),
                   [&, given_up = deadline.has_value()](std::exception_ptr failed, outcome o) {
                     EXPECT_FALSE(failed);
                     EXPECT_TRUE(o.response || given_up) << o.failure->what.message();
                     if (o.response) ++good;
                   });
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { io.run(); });
  for (std::thread& one : threads) one.join();
  EXPECT_GE(good, calls - calls / 7 - 1);
  EXPECT_LE(net->stats().open, 3U);
  EXPECT_EQ(net->stats().open, net->stats().idle);
}

// What is left when the event loop ends before everything else does. ASan is the judge.

TEST_F(pool, outlives_the_loop_with_idle_connections) {
  auto io = std::make_unique<asio::io_context>();
  const auto net = network_on(*io);
  EXPECT_TRUE(run(*io, fetch(net, to)).response);
  io.reset();
  EXPECT_EQ(net->stats().opened, 1U);
  net->close();
}

TEST_F(pool, lets_a_lease_outlive_the_loop_and_the_network) {
  lease_result held;
  {
    asio::io_context io;
    auto net = network_on(io);
    held = run(io, acquire(net, to, std::nullopt));
    ASSERT_TRUE(held.lease);
  }
  held.lease.reset();
}

TEST_F(pool, lets_the_loop_end_with_calls_in_every_state) {
  const full_backlog deaf;
  loopback_server silent(good_tls(), [](peer& one) {
    one.request();
    one.hold();
  });
  loopback_server mute([](peer& one) { one.hold(); });
  const std::string body(30'000'000, 'x');
  asio::io_context io;
  const auto net = network_on(io, with_places(1));
  bool first = false;
  const auto begin = [&](const transport::origin& at, transport::wire_request request = {}) {
    asio::co_spawn(io, fetch(net, at, request), asio::detached);
  };
  for (int i = 0; i < 3; ++i) begin(silent.at(true));  // one waits for its answer, two for the place
  begin(mute.at(true));                                // in the handshake
  begin(mute.at(false), post(body));                   // writing
  begin(deaf.at());                                    // connecting
  transport::origin nowhere;
  nowhere.host = "does-not-exist.invalid";
  begin(nowhere);  // resolving
  asio::co_spawn(io, fetch(net, to), [&](std::exception_ptr, outcome) { first = true; });
  run_until(io, [&] { return first; });
  // The loop is destroyed here, with all of them under way.
}

TEST_F(pool, is_destroyed_with_idle_connections_while_the_loop_goes_on) {
  asio::io_context io;
  {
    const auto net = network_on(io);
    EXPECT_TRUE(run(io, fetch(net, to)).response);
  }
  io.restart();
  io.run();
}

}  // namespace
}  // namespace mux::test
