// The orderly end of a client, and its beginning.

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;

class drain : public send_loop {
 public:
  void begin(std::chrono::nanoseconds longest) {
    asio::co_spawn(
        io,
        [](drain& self, std::chrono::nanoseconds most) -> asio::awaitable<void> {
          const bool done = co_await mux::detail::client_core::drain(self.core_, most);
          self.drained = done;
        }(*this, longest),
        asio::bind_cancellation_slot(cancel.slot(), asio::detached));
  }
  std::optional<bool> drained;
};

TEST_F(drain, lets_calls_end_and_takes_no_new_ones) {
  network->latency = 1s;
  start(raw(get_row));
  io.poll();
  begin(1min);
  io.poll();
  EXPECT_FALSE(drained);
  start(raw(get_row));
  time->run(io);
  EXPECT_EQ(drained, true);
  EXPECT_TRUE(network->closed);
  EXPECT_TRUE(results[0].value());
  ASSERT_FALSE(results[1].value());
  EXPECT_EQ(results[1]->error().code, errc::shut_down);
  EXPECT_EQ(network->requests.size(), 1u);
}

TEST_F(drain, waits_for_queued_calls_too) {
  for (int i = 0; i < 6; ++i) start(raw(post_row, "{}"));
  io.poll();
  begin(1min);
  time->run(io);
  EXPECT_EQ(drained, true);
  for (const auto& one : results) EXPECT_TRUE(one.value());
}

TEST_F(drain, ends_what_is_queued_when_its_time_is_over) {
  for (int i = 0; i < 20; ++i) start(raw(post_row, "{}"));
  io.poll();
  begin(2500ms);
  const auto begun = time->now();
  time->run(io);
  EXPECT_EQ(drained, false);
  EXPECT_EQ(time->now() - begun, 2500ms);
  std::size_t served = 0, shut = 0;
  for (const auto& one : results)
    if (one.value())
      ++served;
    else if (one->error().code == errc::shut_down)
      ++shut;
  EXPECT_EQ(served, network->requests.size());
  EXPECT_EQ(served + shut, 20u);
  EXPECT_GT(shut, 10u);
}

TEST_F(drain, of_an_idle_client_is_over_at_once) {
  core();
  const auto begun = time->now();
  begin(1h);
  time->run(io);
  EXPECT_EQ(drained, true);
  EXPECT_EQ(time->now(), begun);
}

TEST_F(drain, can_be_cancelled_and_asked_for_again) {
  network->latency = 1s;
  start(raw(get_row));
  io.poll();
  begin(1h);
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.poll();
  EXPECT_FALSE(network->closed);
  drained.reset();
  begin(1h);
  time->run(io);
  EXPECT_EQ(drained, true);
  EXPECT_TRUE(results[0].value());
}

TEST_F(send_loop, warms_connections_to_the_api_up) {
  core();
  std::optional<mux::result<void>> got;
  asio::co_spawn(
      io,
      [](send_loop& self, std::optional<mux::result<void>>& to) -> asio::awaitable<void> {
        mux::result<void> warm = co_await mux::detail::client_core::warm_up(self.core_, 5);
        to = warm;
      }(*this, got),
      asio::detached);
  io.poll();
  ASSERT_TRUE(got);
  EXPECT_TRUE(*got);
  EXPECT_EQ(network->warmed, 5u);
}

TEST_F(drain, without_an_end_waits_as_long_as_it_takes) {
  network->latency = 1h;
  start(raw(get_row).deadline(std::chrono::nanoseconds::max()));
  io.poll();
  begin(std::chrono::nanoseconds::max());
  time->run(io);
  EXPECT_EQ(drained, true);
  EXPECT_TRUE(results[0].value());
}

TEST_F(drain, keeps_what_it_needs_of_a_client_that_is_gone) {
  core();
  asio::awaitable<mux::result<void>> warm = mux::detail::client_core::warm_up(core_, 2);
  asio::awaitable<bool> over = mux::detail::client_core::drain(core_, 1s);
  core_.reset();
  int endings = 0;
  asio::co_spawn(io, std::move(warm), [&endings](std::exception_ptr, mux::result<void>) { ++endings; });
  asio::co_spawn(io, std::move(over), [&endings](std::exception_ptr, bool) { ++endings; });
  time->run(io);
  EXPECT_EQ(endings, 2);
}

}  // namespace
