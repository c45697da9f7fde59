#include <atomic>
#include <future>
#include <latch>
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

// Each of them fails as soon as it gets the place, and hands it on: not on one stack.
TEST_F(pool, passes_a_place_down_a_long_queue_of_calls_that_are_late) {
  constexpr std::size_t many = 20000;
  wire_client client(with_places(1));
  applicant holder;
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  const clock::time_point limit = clock::now() + 100ms;
  std::size_t ended = 0;
  for (std::size_t i = 0; i < many; ++i)
    asio::co_spawn(client.io, acquire(client.net, to, limit), [&ended](std::exception_ptr, lease_result got) {
      EXPECT_TRUE(got.failure);
      ++ended;
    });
  // The loop is stuck in here past all deadlines, and sees the lost connection first.
  asio::post(client.io, [&] {
    while (clock::now() < limit) {
    }
    client.net->close();
    holder.got.reset();
  });
  run_until(client.io, [&] { return ended == many; });
  EXPECT_EQ(client.net->stats().open, 0U);
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

TEST_F(pool, gives_who_still_waits_for_a_handshake_the_connection_that_comes_back_first) {
  std::promise<void> allowed;
  std::shared_future<void> gate = allowed.get_future().share();
  server_tls slow = good_tls();
  slow.before = [gate](int number) {
    if (number > 0) gate.wait();
  };
  loopback_server slow_server(slow, answering(ok()));
  const transport::origin at = slow_server.at(true);
  wire_client client(with_places(2));
  applicant holder, second;
  holder.apply(client, at);
  run_until(client.io, [&] { return holder.served(); });
  second.apply(client, at);
  drain(client.io);
  EXPECT_EQ(client.net->stats().open, 2U) << "its own connection is on the way";
  holder.got->lease.reset();
  run_until(client.io, [&] { return second.got.has_value(); });
  EXPECT_TRUE(second.served()) << "though its own handshake has not ended";
  allowed.set_value();
  run_until(client.io, [&] { return client.net->stats().idle == 1; });
  EXPECT_EQ(client.net->stats().opened, 2U) << "what was begun for it serves another";
}

TEST_F(pool, gives_up_what_nobody_waits_for_when_it_is_closed) {
  std::promise<void> allowed;
  std::shared_future<void> gate = allowed.get_future().share();
  server_tls slow = good_tls();
  slow.before = [gate](int number) {
    if (number > 0) gate.wait();
  };
  loopback_server slow_server(slow, answering(ok()));
  {
    wire_client client(with_places(2));
    applicant holder, second;
    holder.apply(client, slow_server.at(true));
    run_until(client.io, [&] { return holder.served(); });
    second.apply(client, slow_server.at(true));
    drain(client.io);
    holder.got->lease.reset();
    run_until(client.io, [&] { return second.served(); });
    second.got->lease.reset();
    client.net->close();
    client.io.restart();
    client.io.run();  // returns although the server never takes part in the handshake
    EXPECT_EQ(client.net->stats().open, 0U);
  }
  allowed.set_value();
}

TEST_F(pool, gives_a_call_that_was_let_down_a_connection_that_has_not_served) {
  wire_client client(with_places(1));
  ASSERT_TRUE(client.fetch(to).response);
  const lease_result got =
      run(client.io, client.net->acquire(to, mux::policy::freshness::unused, std::nullopt));
  EXPECT_TRUE(got.lease);
  EXPECT_EQ(server.accepted(), 2);
  EXPECT_EQ(client.net->stats().open, 1U) << "the idle one made room";
}

TEST_F(pool, does_not_use_a_connection_beyond_its_age) {
  transport::network_options options = trusting();
  options.pool.age = 1ns;
  wire_client client(options);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.fetch(to).response);
  EXPECT_EQ(server.accepted(), 3);
  EXPECT_EQ(client.net->stats().open, 0U);
}

TEST_F(pool, believes_a_server_that_says_how_short_it_keeps_a_connection) {
  loopback_server brief(good_tls(), answering("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\n"
                                              "Content-Length: 2\r\n\r\n{}"));
  wire_client client;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.fetch(brief.at(true)).response);
  EXPECT_EQ(brief.accepted(), 2) << "it would be closed within the second that is left";
}

TEST_F(pool, closes_a_connection_that_the_server_wants_closed) {
  loopback_server once(good_tls(), answering("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                             "Content-Length: 2\r\n\r\n{}"));
  wire_client client;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.fetch(once.at(true)).response);
  EXPECT_EQ(once.accepted(), 2);
  EXPECT_EQ(client.net->stats().open, 0U);
}

TEST_F(pool, takes_another_connection_when_the_server_has_closed_the_idle_one) {
  std::atomic<int> closed = 0;
  loopback_server closing(good_tls(), [&](peer& client) {
    client.request();
    client.send(ok());
    client.close();
    client.settle();
    ++closed;
    client.hold();
  });
  wire_client client;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.fetch(closing.at(true)).response);
    while (closed <= i) std::this_thread::yield();
  }
  EXPECT_EQ(closing.accepted(), 3);
}

TEST_F(pool, closes_the_idle_connection_of_one_host_for_the_sake_of_another) {
  loopback_server other(good_tls(), answering(ok()));
  transport::network_options options = with_places(2);
  options.pool.total = 1;
  wire_client client(options);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(client.fetch(to).response);
    EXPECT_TRUE(client.fetch(other.at(true)).response);
    EXPECT_EQ(client.net->stats().open, 1U);
  }
}

TEST_F(pool, lets_hosts_take_turns_when_all_connections_are_in_use) {
  loopback_server other(good_tls(), answering(ok()));
  transport::network_options options = with_places(2);
  options.pool.total = 1;
  wire_client client(options);
  applicant holder, again, elsewhere;
  holder.apply(client, to);
  run_until(client.io, [&] { return holder.served(); });
  elsewhere.apply(client, other.at(true));
  again.apply(client, to);
  drain(client.io);
  holder.got->lease.reset();
  run_until(client.io, [&] { return elsewhere.got.has_value(); });
  EXPECT_TRUE(elsewhere.served());
  EXPECT_FALSE(again.got);
  elsewhere.got->lease.reset();
  run_until(client.io, [&] { return again.got.has_value(); });
  EXPECT_TRUE(again.served());
}

TEST_F(pool, warms_up_with_all_handshakes_at_the_same_time) {
  constexpr int count = 4;
  std::latch all(count);
  server_tls together = good_tls();
  together.before = [&](int) { all.arrive_and_wait(); };  // one after the other would wait for ever
  loopback_server slow_server(together, answering(ok()));
  wire_client client;
  const auto failed = run(client.io, client.net->warm_up(slow_server.at(true), count));
  EXPECT_FALSE(failed);
  EXPECT_EQ(client.net->stats().idle, 4U);
  ASSERT_TRUE(client.fetch(slow_server.at(true)).response);
  EXPECT_EQ(slow_server.accepted(), count);
}

TEST_F(pool, warms_up_to_what_is_missing_and_allowed) {
  transport::network_options options = with_places(3);
  options.pool.total = 4;
  wire_client client(options);
  ASSERT_TRUE(client.fetch(to).response);
  EXPECT_FALSE(run(client.io, client.net->warm_up(to, 2)));
  EXPECT_EQ(server.accepted(), 2);
  EXPECT_FALSE(run(client.io, client.net->warm_up(to, 100)));
  EXPECT_EQ(server.accepted(), 3);
  loopback_server other(good_tls(), answering(ok()));
  EXPECT_FALSE(run(client.io, client.net->warm_up(other.at(true), 3)));
  EXPECT_EQ(other.accepted(), 1);
  EXPECT_EQ(client.net->stats().idle, 4U);
}

TEST_F(pool, says_why_it_could_not_warm_up) {
  loopback_server hostile([](peer&) {});
  wire_client client;
  const auto failed = run(client.io, client.net->warm_up(hostile.at(true), 3));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->what.code, errc::tls_failed);
  EXPECT_EQ(client.net->stats().open, 0U);
}

TEST_F(pool, leaves_nothing_open_that_was_warmed_up_after_it_was_closed) {
  wire_client client;
  client.net->close();
  EXPECT_FALSE(run(client.io, client.net->warm_up(to, 3)));
  EXPECT_EQ(client.net->stats().open, 0U);
}

TEST_F(pool, stops_warming_up_when_it_is_cancelled) {
  loopback_server mute([](peer& one) { one.hold(); });
  wire_client client;
  asio::cancellation_signal cancel;
  std::optional<std::optional<transport::wire_error>> ended;
  const transport::origin at = mute.at(true);
  asio::co_spawn(client.io, client.net->warm_up(at, 3),
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](std::exception_ptr failed, std::optional<transport::wire_error> e) {
                       if (failed) std::rethrow_exception(failed);
                       ended = std::move(e);
                     }));
  drain(client.io);
  EXPECT_EQ(client.net->stats().open, 3U);
  cancel.emit(asio::cancellation_type::terminal);
  run_until(client.io, [&] { return ended.has_value(); });
  ASSERT_TRUE(*ended);
  EXPECT_EQ((*ended)->what.code, errc::cancelled);
  EXPECT_EQ(client.net->stats().open, 0U);
}

struct diary final : mux::observer {
  void on_connected(std::string_view host, std::chrono::nanoseconds took, bool resumed) override {
    EXPECT_GT(took, 0ns);
    note("connected to " + std::string(host) + (resumed ? " again" : ""));
  }
  void on_connect_failed(std::string_view host, const mux::error& why) override {
    note("failed at " + std::string(host) + ": " + std::string(to_string(why.code)));
  }
  void on_disconnected(std::string_view host, std::uint64_t served) override {
    note("left " + std::string(host) + " after " + std::to_string(served));
  }
  void note(std::string line) { lines.push_back(std::move(line)); }
  std::vector<std::string> lines;
};

TEST_F(pool, tells_the_observer_of_connections) {
  const auto book = std::make_shared<diary>();
  transport::network_options options = trusting();
  options.observer = book;
  wire_client client(options);
  const std::string name = "127.0.0.1:" + std::to_string(server.port());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.fetch(to).response);
  client.net->close();
  ASSERT_TRUE(client.fetch(to).response);
  loopback_server hostile([](peer&) {});
  ASSERT_TRUE(client.fetch(hostile.at(true)).failure);
  EXPECT_EQ(book->lines, (std::vector<std::string>{
                             "connected to " + name, "left " + name + " after 3",
                             "connected to " + name + " again", "left " + name + " after 1",
                             "failed at 127.0.0.1:" + std::to_string(hostile.port()) + ": tls_failed"}));
}

TEST_F(pool, serves_hosts_that_share_a_total_on_strands_of_four_threads) {
  constexpr int calls = 300;
  loopback_server second(good_tls(), answering(ok())), third(good_tls(), answering(ok()));
  const transport::origin hosts[] = {to, second.at(true), third.at(true)};
  asio::io_context io;
  transport::network_options options = with_places(2);
  options.pool.total = 3;
  const auto net = network_on(io, options);
  std::atomic<int> good = 0;
  for (int i = 0; i < calls; ++i)
    asio::co_spawn(asio::make_strand(io), fetch(net, hosts[i % 3]),
                   [&](std::exception_ptr failed, outcome o) {
                     EXPECT_FALSE(failed);
                     if (o.response) ++good;
                   });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { io.run(); });
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(good, calls);
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
