// What waiting at the limiter costs, counted: memory under the heap's own hooks, alarms at the clock. The
// same with a million, and with times, is in the benchmarks.

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "client/lane.hpp"
#include "client/passage.hpp"
#include "unit/client/allocations.hpp"
#include "unit/client/virtual_time.hpp"

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace mux_test;
using mux::client_detail::lane;
using mux::client_detail::passage;

constexpr mux::operation row{"test.get",
                             mux::http_method::get,
                             "/test",
                             mux::rate_class::video_other,
                             mux::idempotency::safe,
                             mux::pagination::none,
                             mux::api_host::api,
                             200,
                             false};

constexpr std::size_t waiter_count = 4'000;

/// Counts the alarms that wait to go off.
class counting_time final : public mux::client_detail::time_source {
 public:
  explicit counting_time(std::shared_ptr<virtual_time> real) : real_(std::move(real)) {}
  mux::policy::instant now() const override { return real_->now(); }
  std::unique_ptr<mux::client_detail::alarm> make_alarm(asio::any_io_executor executor,
                                                        std::function<void()> then) override {
    ++made;
    return real_->make_alarm(std::move(executor), std::move(then));
  }
  std::size_t made = 0;

 private:
  std::shared_ptr<virtual_time> real_;
};

class limiter_memory : public testing::Test {
 protected:
  limiter_memory() { limit->pause(1min); }
  /// Frames that are asleep when the context goes are freed by it, before the signals.
  ~limiter_memory() override { io.reset(); }

  void enter(std::size_t i) {
    asio::co_spawn(*io, call(*this), asio::bind_cancellation_slot(signals[i].slot(), asio::detached));
  }
  static asio::awaitable<void> call(limiter_memory& self) {
    passage pass(self.limit, row, self.options, mux::policy::never);
    mux::result<void> turn = co_await pass.enter();
    if (turn) {
      if (pass.depart()) self.granted.push_back(self.time->now());
    } else if (turn.error().code == mux::errc::cancelled) {
      ++self.cancelled;
    }
  }

  /// The least that a coroutine at the same depth can sleep with: it never wakes.
  void enter_bare(std::size_t i) {
    asio::co_spawn(*io, bare_call(*this), asio::bind_cancellation_slot(signals[i].slot(), asio::detached));
  }
  static asio::awaitable<void> bare_call(limiter_memory& self) {
    mux::result<void> turn = co_await bare_nap(self);
    if (turn) ++self.cancelled;
  }
  static asio::awaitable<mux::result<void>> bare_nap(limiter_memory& self) {
    auto start = [&self](auto handler) {
      asio::get_associated_cancellation_slot(handler).assign(
          [to = &self](asio::cancellation_type) { ++to->cancelled; });
      using kept = decltype(handler);
      static_assert(sizeof(kept) == sizeof(bare_handler));
      new (&self.bare.emplace_back()) kept(std::move(handler));
      self.free_bare = [](bare_handler& h) { reinterpret_cast<kept&>(h).~kept(); };
    };
    auto sleep = asio::async_initiate<const asio::deferred_t, void()>(std::move(start), asio::deferred);
    co_await std::move(sleep);
    co_return mux::result<void>();
  }

  template <class Enter>
  heap_use use_of(Enter&& one) {
    bare.reserve(waiter_count);
    const heap_use before = watch.in_use();
    for (std::size_t i = 0; i < waiter_count; ++i) one(i);
    io->restart();
    io->poll();
    return watch.in_use() - before;
  }

  heap_watch watch;
  struct bare_handler {
    alignas(void*) std::byte bytes[sizeof(void*)];
  };
  std::vector<bare_handler> bare;
  void (*free_bare)(bare_handler&) = nullptr;

  std::optional<asio::io_context> io{std::in_place};
  std::shared_ptr<virtual_time> clock = std::make_shared<virtual_time>();
  std::shared_ptr<counting_time> time = std::make_shared<counting_time>(clock);
  std::shared_ptr<lane> limit =
      lane::make(row.limit, mux::class_limit(5, 2), 1, io->get_executor(), time, nullptr, nullptr);
  mux::call_options options;
  std::deque<asio::cancellation_signal> signals = std::deque<asio::cancellation_signal>(waiter_count);
  std::vector<mux::policy::instant> granted;
  std::size_t cancelled = 0;
};

TEST_F(limiter_memory, waiting_costs_no_allocation_beyond_any_sleeping_coroutines) {
  if (!heap_watch::sound) GTEST_SKIP() << "ThreadSanitizer does not report aligned blocks to its hooks";
  const heap_use bare_use = use_of([this](std::size_t i) { enter_bare(i); });
  for (bare_handler& h : bare) free_bare(h);
  io->restart();
  io->poll();
  signals = std::deque<asio::cancellation_signal>(waiter_count);
  const heap_use ours = use_of([this](std::size_t i) { enter(i); });
  ASSERT_EQ(limit->stats().queued, waiter_count);
  const auto each = [](std::ptrdiff_t n) { return static_cast<double>(n) / waiter_count; };
  EXPECT_GT(each(bare_use.blocks), 1) << "the hooks count nothing";
  EXPECT_LT(each((ours - bare_use).blocks), 0.01);
  EXPECT_LE(sizeof(mux::client_detail::queued_call), 96u);
  EXPECT_LE(each((ours - bare_use).bytes), sizeof(passage) + 32);
}

TEST_F(limiter_memory, a_class_has_one_alarm_however_many_wait) {
  use_of([this](std::size_t i) { enter(i); });
  EXPECT_EQ(time->made, 1u);
  EXPECT_EQ(clock->armed(), 1u);
}

TEST_F(limiter_memory, all_but_one_are_cancelled_and_that_one_goes_when_it_is_due) {
  const mux::policy::instant due = time->now() + 1min;
  const heap_use before = watch.in_use();
  use_of([this](std::size_t i) { enter(i); });
  std::vector<std::size_t> order(waiter_count);
  for (std::size_t i = 0; i < waiter_count; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
  for (std::size_t i = 0; i + 1 < waiter_count; ++i)
    signals[order[i]].emit(asio::cancellation_type::terminal);
  io->restart();
  io->poll();
  EXPECT_EQ(cancelled, waiter_count - 1);
  EXPECT_EQ(limit->stats().queued, 1u);
  clock->run(*io);
  ASSERT_EQ(granted.size(), 1u);
  EXPECT_GE(granted[0], due);
  EXPECT_LE(granted[0], due + 2us);  // the bucket counts in ticks of a microsecond
  signals.clear();
  EXPECT_LT((watch.in_use() - before).blocks, 100);
}

TEST_F(limiter_memory, an_execution_context_that_goes_first_frees_everybody) {
  const heap_use before = watch.in_use();
  use_of([this](std::size_t i) { enter(i); });
  io.reset();
  signals.clear();
  EXPECT_LT((watch.in_use() - before).blocks, 100);
  EXPECT_EQ(limit->stats().queued, 0u);
}

}  // namespace
