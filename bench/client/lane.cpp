// What a coroutine that waits at the limiter costs, in time and in memory, with a million of them: real
// coroutines on one thread's io_context, the clock made up.
//
//   bench_client --benchmark_filter=lane --benchmark_repetitions=9
//
// lane_stress shows the peak of the whole program's memory: run it alone for that.

#include "client/lane.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <sys/resource.h>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "client/passage.hpp"
#include "client/stepping_time.hpp"
#include "unit/client/allocations.hpp"

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using mux::client_detail::lane;
using mux::client_detail::passage;
using mux::client_detail::queued_call;
using mux_test::heap_use;
using mux_test::heap_watch;

constexpr mux::operation row{"bench.call",
                             mux::http_method::get,
                             "/bench",
                             mux::rate_class::video_other,
                             mux::idempotency::safe,
                             mux::pagination::none,
                             mux::api_host::api,
                             200,
                             false};

constexpr double rate = 1e5;
constexpr auto token_time = 10us;

/// Of this thread's own time at the processor, so that other programs on the machine do not count.
class stopwatch {
 public:
  [[nodiscard]] double seconds() const { return now() - begun_; }

 private:
  static double now() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  double begun_ = now();
};

/// Coroutines asleep without any cost that could be saved: their handlers lie in a row until they are woken.
class shelf {
 public:
  explicit shelf(std::size_t most) { sleeping_.reserve(most); }

  /// Sleeps; named by the caller before it is awaited.
  auto sleep(bool cancellable) {
    const begin start{this, cancellable};
    return asio::async_initiate<const asio::deferred_t, void()>(start, asio::deferred);
  }
  void wake_all() {
    for (sleeper& s : sleeping_) s.wake(s.handler);
    sleeping_.clear();
  }
  [[nodiscard]] std::size_t size() const noexcept { return sleeping_.size(); }

 private:
  struct sleeper {
    alignas(void*) std::byte handler[sizeof(void*)];
    void (*wake)(void*);
  };
  struct begin {
    shelf* on;
    bool cancellable;
    template <class Handler>
    void operator()(Handler handler) const {
      static_assert(sizeof(Handler) == sizeof(void*));
      if (cancellable)
        asio::get_associated_cancellation_slot(handler).assign(
            [to = on](asio::cancellation_type) { ++to->cancelled_; });
      sleeper& s = on->sleeping_.emplace_back();
      new (s.handler) Handler(std::move(handler));
      s.wake = [](void* place) {
        auto* kept = static_cast<Handler*>(place);
        Handler own(std::move(*kept));
        kept->~Handler();
        auto executor = own.get_executor();
        asio::post(executor, std::move(own));
      };
    }
  };

  std::vector<sleeper> sleeping_;
  std::size_t cancelled_ = 0;
};

/// One limit that lets nobody go until the clock does, and calls that wait for it. A call that was let go
/// leaves, and ends at `finish`.
class waiting_room {
 public:
  explicit waiting_room(std::size_t most) : through_(most) {
    time_->hold();
    lane_->pause(1min);
  }

  boost::asio::io_context& io() { return io_; }
  bench::stepping_time& time() { return *time_; }
  lane& limit() { return *lane_; }
  [[nodiscard]] std::size_t granted() const noexcept { return through_.size(); }
  [[nodiscard]] std::size_t cancelled() const noexcept { return cancelled_; }
  [[nodiscard]] mux::policy::instant last_grant() const noexcept { return last_grant_; }

  void enter(asio::cancellation_slot slot) {
    asio::co_spawn(io_, call(*this), asio::bind_cancellation_slot(slot, asio::detached));
  }
  void finish() {
    through_.wake_all();
    io_.restart();
    io_.poll();
  }

 private:
  static asio::awaitable<void> call(waiting_room& room) {
    passage pass(room.lane_, row, room.options_, mux::policy::never);
    mux::result<void> turn = co_await pass.enter();
    if (!turn) {
      ++room.cancelled_;
      co_return;
    }
    room.last_grant_ = room.time_->now();
    if (!pass.depart()) co_return;
    auto rest = room.through_.sleep(false);
    co_await std::move(rest);
  }

  asio::io_context io_{1};
  std::shared_ptr<bench::stepping_time> time_ = std::make_shared<bench::stepping_time>(io_);
  std::shared_ptr<lane> lane_ =
      lane::make(row.limit, mux::class_limit(rate, 100), 1, io_.get_executor(), time_, nullptr, nullptr);
  mux::call_options options_;
  shelf through_;
  std::size_t cancelled_ = 0;
  mux::policy::instant last_grant_{0};
};

/// What any coroutine costs that sleeps at the same depth, with a cancellation slot, until it is posted.
class bare_room {
 public:
  explicit bare_room(std::size_t most) : waiting_(most), through_(most) {}
  boost::asio::io_context& io() { return io_; }

  void enter(asio::cancellation_slot slot) {
    asio::co_spawn(io_, call(*this), asio::bind_cancellation_slot(slot, asio::detached));
  }
  void wake_all() {
    waiting_.wake_all();
    io_.restart();
    io_.poll();
  }
  void finish() {
    through_.wake_all();
    io_.restart();
    io_.poll();
  }

 private:
  static asio::awaitable<mux::result<void>> nap(bare_room& room) {
    auto sleep = room.waiting_.sleep(true);
    co_await std::move(sleep);
    co_return mux::result<void>();
  }
  static asio::awaitable<void> call(bare_room& room) {
    mux::result<void> turn = co_await nap(room);
    benchmark::DoNotOptimize(turn);
    auto rest = room.through_.sleep(false);
    co_await std::move(rest);
  }

  asio::io_context io_{1};
  shelf waiting_;
  shelf through_;
};

/// Where each call's cancellation comes from; the caller's own memory, as it were.
class signals {
 public:
  explicit signals(std::size_t count) : all_(count) {}
  asio::cancellation_signal& operator[](std::size_t i) { return all_[i]; }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

 private:
  std::deque<asio::cancellation_signal> all_;
};

template <class Room>
void fill(Room& room, signals& from) {
  for (std::size_t i = 0; i < from.size(); ++i) room.enter(from[i].slot());
  room.io().poll();
  room.io().restart();
}

std::size_t count_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

// From the alarm to the coroutine that runs on its executor and leaves; `at_once`: grants an alarm.
void lane_grant_and_resume(benchmark::State& state) {
  const std::size_t count = count_of(state);
  const auto at_once = state.range(1);
  for (auto _ : state) {
    signals from(count);
    waiting_room room(count);
    fill(room, from);
    if (room.limit().stats().queued != count) state.SkipWithError("not everybody waits");
    if (at_once > 1) room.time().set_lateness((at_once - 1) * token_time);
    const stopwatch timer;
    room.time().go();
    room.io().poll();
    state.SetIterationTime(timer.seconds() / static_cast<double>(count));
    if (room.granted() != count) state.SkipWithError("somebody was not let go");
    state.counters["alarms"] = static_cast<double>(room.time().gone_off());
    room.finish();
  }
}
BENCHMARK(lane_grant_and_resume)
    ->ArgNames({"waiters", "at_once"})
    ->Args({1'000, 1})
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 64})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kNanosecond);

// Posting and resuming bare sleepers, to compare with.
void bare_resume(benchmark::State& state) {
  const std::size_t count = count_of(state);
  for (auto _ : state) {
    signals from(count);
    bare_room room(count);
    fill(room, from);
    const stopwatch timer;
    room.wake_all();
    state.SetIterationTime(timer.seconds() / static_cast<double>(count));
    room.finish();
  }
}
BENCHMARK(bare_resume)
    ->ArgName("waiters")
    ->Arg(1'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kNanosecond);

void lane_memory(benchmark::State& state) {
  const std::size_t count = count_of(state);
  for (auto _ : state) {
    heap_use bare;
    {
      signals from(count);
      bare_room room(count);
      const heap_watch watch;
      fill(room, from);
      bare = watch.in_use();
      room.wake_all();
      room.finish();
    }
    signals from(count);
    waiting_room room(count);
    const heap_watch watch;
    fill(room, from);
    const heap_use ours = watch.in_use();
    const auto each = [&](std::ptrdiff_t n) { return static_cast<double>(n) / static_cast<double>(count); };
    state.counters["bytes"] = each(ours.bytes);
    state.counters["bytes_bare"] = each(bare.bytes);
    state.counters["bytes_ours"] = each((ours - bare).bytes);
    state.counters["blocks"] = each(ours.blocks);
    state.counters["blocks_bare"] = each(bare.blocks);
    state.counters["blocks_ours"] = each((ours - bare).blocks);
    state.counters["waiter"] = sizeof(mux::policy::waiter);
    state.counters["queued_call"] = sizeof(queued_call);
    state.counters["passage"] = sizeof(passage);
    state.counters["alarms_made"] = static_cast<double>(room.time().made());
    state.counters["alarms_armed"] = static_cast<double>(room.time().pending());
    room.time().go();
    room.io().poll();
    room.finish();
  }
}
BENCHMARK(lane_memory)->ArgName("waiters")->Arg(1'000'000)->Iterations(1);

// All but one are cancelled, in random order; that one goes when it is due.
void lane_stress(benchmark::State& state) {
  const std::size_t count = count_of(state);
  std::vector<std::size_t> order(count);
  for (std::size_t i = 0; i < count; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(count));
  for (auto _ : state) {
    waiting_room room(1);
    const heap_watch watch;
    const mux::policy::instant due = room.time().now() + 1min;
    std::optional<signals> from(std::in_place, count);
    stopwatch timer;
    fill(room, *from);
    state.counters["s_to_queue"] = timer.seconds();
    timer = stopwatch();
    for (std::size_t i = 0; i + 1 < count; ++i) {
      (*from)[order[i]].emit(asio::cancellation_type::terminal);
      if (i % 1'000 == 0) room.io().poll();
    }
    room.io().poll();
    room.io().restart();
    state.counters["s_to_cancel"] = timer.seconds();
    if (room.cancelled() + 1 != count) state.SkipWithError("not all were cancelled");
    room.time().go();
    room.io().poll();
    if (room.granted() != 1) state.SkipWithError("the last one was not let go");
    state.counters["ns_late"] = static_cast<double>((room.last_grant() - due).count());
    room.finish();
    from.reset();
    const heap_use left = watch.in_use();
    state.counters["blocks_left"] = static_cast<double>(left.blocks);
    state.counters["bytes_left"] = static_cast<double>(left.bytes);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    state.counters["peak_rss_mib"] = static_cast<double>(used.ru_maxrss) / 1024;
  }
}
BENCHMARK(lane_stress)
    ->ArgName("waiters")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
