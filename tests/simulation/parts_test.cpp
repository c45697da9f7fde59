// The parts that everything else relies on: a watch that never barks would make every gate green.

#include <gtest/gtest.h>

#include "simulation/checks.hpp"
#include "simulation/machine.hpp"
#include "simulation/random.hpp"
#include "simulation/scenario.hpp"
#include "simulation/server.hpp"

namespace mux::inline v0::simulation {
namespace {

using namespace std::chrono_literals;

TEST(event_queue, runs_by_time_and_in_order_of_coming) {
  event_queue events;
  std::string order;
  events.at(2s, [&] { order += 'c'; });
  events.at(1s, [&] {
    order += 'a';
    events.after(0s, [&] { order += 'b'; });
  });
  events.at(2s, [&] { order += 'd'; });
  events.at(3s, [&] { order += 'e'; });
  events.run_until(2s);
  EXPECT_EQ(order, "abcd");
  EXPECT_EQ(events.now(), 2s);
  EXPECT_TRUE(events.run_out(1min));
  EXPECT_EQ(order, "abcde");
}

TEST(machine, that_sleeps_does_everything_later) {
  event_queue events;
  machine m(events);
  std::string order;
  m.on_wake([&] { order += 'w'; });
  m.at(5s, [&] { order += 'a'; });
  events.at(3s, [&] { m.fall_asleep(); });
  events.at(6s, [&] { m.deliver([&] { order += 'd'; }); });
  events.at(10s, [&] { m.wake_up(); });
  events.run_until(11s);
  EXPECT_EQ(order, "wd");
  EXPECT_EQ(m.now(), 4s);
  events.run_until(12s);
  EXPECT_EQ(order, "wda");
  EXPECT_EQ(m.now(), 5s);
}

TEST(conformance, sees_one_request_too_many_and_one_too_early) {
  conformance c;
  c.terms(2, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(c.commit(0s));
  EXPECT_FALSE(c.room(499ms, 0));
  EXPECT_TRUE(c.room(500ms, 0));
  EXPECT_FALSE(c.room(500ms, 1));
  EXPECT_TRUE(c.commit(500ms));
  EXPECT_FALSE(c.commit(500ms));
}

TEST(conformance, grows_with_the_burst_in_force_and_never_shrinks) {
  conformance c;
  c.terms(1, 2);
  EXPECT_TRUE(c.commit(0s));
  EXPECT_TRUE(c.commit(0s));
  c.terms(1, 3);
  c.terms(1, 1);
  EXPECT_TRUE(c.commit(0s));
  EXPECT_FALSE(c.commit(0s));
}

TEST(order_watch, sees_who_was_passed_over) {
  order_watch order;
  policy::waiter first;
  policy::waiter second;
  policy::waiter back;
  first.place = 1;
  second.place = 2;
  back.place = 3;
  order.queued(first, false);
  order.queued(second, false);
  EXPECT_FALSE(order.granted(second));
  order.queued(second, false);
  order.queued(back, true);
  EXPECT_FALSE(order.granted(first));
  EXPECT_TRUE(order.granted(back));
  EXPECT_TRUE(order.granted(second));
  EXPECT_EQ(order.size(), 0u);
}

TEST(server, admits_what_its_limit_admits) {
  const auto admitted = [](const limit_description& limit, instant when, int requests) {
    server_description d;
    d.limit = limit;
    server s(d, 1);
    int count = 0;
    for (int i = 0; i < requests; ++i) count += s.serve(when, 1).status == 200;
    return count;
  };
  EXPECT_EQ(admitted({limit_kind::bucket, 5, 10}, 0s, 50), 10);
  EXPECT_EQ(admitted({limit_kind::window, 5, 10}, 0s, 100), 50);
  EXPECT_EQ(admitted({limit_kind::sliding_log, 5, 10}, 0s, 100), 50);
  EXPECT_EQ(admitted({limit_kind::window, 1, 1}, 0s, 100), 1);
}

TEST(server, remembers_what_it_executed_even_if_nobody_hears_of_it) {
  server_description d;
  d.limit = {limit_kind::bucket, 5, 10};
  d.faults.lost_after = 1;
  server s(d, 1);
  EXPECT_EQ(s.serve(0s, 7).status, 0);
  EXPECT_EQ(s.executions(7), 1);
  EXPECT_EQ(s.executions(8), 0);
}

TEST(scenario, has_a_name_that_says_it_all) {
  const auto s = find_scenario("R1/n3/FW60/b30/headers/ra0/T90/leave", 5);
  ASSERT_TRUE(s);
  EXPECT_EQ(s->server.limit.rate, 1);
  EXPECT_EQ(s->server.limit.name(), "FW60");
  EXPECT_EQ(s->clients.size(), 2u);
  EXPECT_EQ(s->clients[1].count, 2u);
  EXPECT_EQ(s->clients[1].leaves, 45);
  EXPECT_EQ(s->clients[0].settings.burst, 30);
  EXPECT_FALSE(find_scenario("R1/nonsense", 5));
}

TEST(random, is_the_same_everywhere) {
  random r(42);
  EXPECT_DOUBLE_EQ(r.uniform(), 0.75515553295453897);
}

}  // namespace
}  // namespace mux::inline v0::simulation
