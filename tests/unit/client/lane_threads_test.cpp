// Calls of many threads at one lane, on the real clock: who is cancelled at the moment of a grant, and who
// waits when the client ends. Meant for ThreadSanitizer too.

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>

#include "client/lane.hpp"
#include "client/passage.hpp"

namespace {

namespace asio = boost::asio;
using mux::errc;
using mux::client_detail::lane;
using mux::client_detail::passage;

constexpr mux::operation row{"test.create",
                             mux::http_method::post,
                             "/video/v1/things",
                             mux::rate_class::video_post,
                             mux::idempotency::create,
                             mux::pagination::none,
                             mux::api_host::api,
                             201,
                             false};

struct outcomes {
  std::atomic<int> sent{0}, refused{0}, left{0}, cancelled{0}, shut_down{0}, other{0};
  [[nodiscard]] int all() const { return sent + refused + left + cancelled + shut_down + other; }
};

/// One call: enters, and then is sent and answered, is refused once by the server, or comes to nothing.
asio::awaitable<void> call(std::shared_ptr<lane> through, unsigned number, outcomes& seen) {
  co_await asio::this_coro::throw_if_cancelled(false);
  mux::call_options options;
  options.priority = static_cast<mux::priority>(number % 4);
  options.flow = number % 7;
  passage pass(std::move(through), row, options, mux::policy::never);
  bool refused = false;
  for (;;) {
    mux::result<void> turn = co_await pass.enter();
    if (!turn) {
      const errc code = turn.error().code;
      ++(code == errc::cancelled ? seen.cancelled : code == errc::shut_down ? seen.shut_down : seen.other);
      co_return;
    }
    if (number % 11 == 0) {
      ++seen.left;
      co_return;
    }
    if (!pass.depart()) continue;
    if (number % 211 == 0 && !refused) {
      refused = true;
      ++seen.refused;
      static_cast<void>(pass.refused(std::chrono::milliseconds(1), std::nullopt));
      continue;
    }
    if (number % 13 != 0) pass.accepted(std::nullopt);
    ++seen.sent;
    co_return;
  }
}

class lane_threads : public testing::TestWithParam<int> {
 protected:
  std::shared_ptr<lane> make(double rate, int burst) {
    return lane::make(mux::rate_class::video_post, mux::class_limit(rate, burst), 1, io.get_executor(), time,
                      nullptr, nullptr);
  }
  void run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < GetParam(); ++i) threads.emplace_back([this] { io.run(); });
    for (std::thread& t : threads) t.join();
  }

  asio::io_context io;
  std::shared_ptr<mux::client_detail::time_source> time = mux::client_detail::steady_time();
};

TEST_P(lane_threads, every_call_ends_once_and_the_limit_holds) {
  constexpr double rate = 20'000;
  constexpr int calls = 3'000;
  const auto through = make(rate, 51);
  outcomes seen;
  std::vector<std::unique_ptr<asio::cancellation_signal>> signals;
  std::mt19937 random(20261122);
  const auto begun = time->now();
  for (unsigned i = 1; i <= calls; ++i) {
    const auto strand = asio::make_strand(io);
    auto& signal = *signals.emplace_back(std::make_unique<asio::cancellation_signal>());
    asio::co_spawn(strand, call(through, i, seen),
                   asio::bind_cancellation_slot(signal.slot(), asio::detached));
    // Cancelled from its strand, as it must be: before, while or after it is granted.
    if (random() % 3 == 0)
      asio::post(io, [&io = io, strand, &signal] {
        asio::post(io, [strand, &signal] {
          asio::post(strand, [&signal] { signal.emit(asio::cancellation_type::terminal); });
        });
      });
  }
  run();
  const double passed = std::chrono::duration<double>(time->now() - begun).count();
  EXPECT_EQ(seen.all() - seen.refused, calls);
  EXPECT_EQ(seen.other, 0);
  EXPECT_EQ(seen.shut_down, 0);
  EXPECT_GT(seen.sent, 0);
  EXPECT_LE(seen.sent + seen.refused, 50 + rate * passed);
  const mux::class_stats end = through->stats();
  EXPECT_EQ(end.queued, 0u);
  EXPECT_EQ(end.in_flight, 0u);
}

TEST_P(lane_threads, the_end_of_the_client_ends_every_wait) {
  constexpr int calls = 2'000;
  const auto through = make(1000, 11);
  outcomes seen;
  for (unsigned i = 1; i <= calls; ++i)
    asio::co_spawn(asio::make_strand(io), call(through, i, seen), asio::detached);
  asio::post(io, [through] { through->close(); });
  run();
  EXPECT_EQ(seen.all() - seen.refused, calls);
  EXPECT_GT(seen.shut_down, 0);
  EXPECT_EQ(seen.other + seen.cancelled, 0);
  EXPECT_EQ(through->stats().queued, 0u);
  EXPECT_EQ(through->stats().in_flight, 0u);
}

INSTANTIATE_TEST_SUITE_P(threads, lane_threads, testing::Values(2, 4, 8, 16));

}  // namespace
