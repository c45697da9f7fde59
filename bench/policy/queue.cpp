// What waiting in a limiter's queue costs, time given: coming, leaving in random order, being let go, running
// out of time; with a thousand, a hundred thousand and a million others in the queue.
//
//   bench_policy --benchmark_filter=queue --benchmark_repetitions=9

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "policy/scheduler.hpp"

namespace {

using namespace std::chrono_literals;
using mux::policy::instant;
using mux::policy::scheduler;
using mux::policy::waiter;
using mux::policy::waiter_list;

constexpr instant start = 24h;

/// What the waiters have.
enum kind : std::int64_t { plain, deadlines, keys, both };

constexpr std::uint64_t key_count = 1'000;

/// A queue in front of a bucket that lets nobody go, and those who come to it.
class crowd {
 public:
  crowd(std::size_t size, std::int64_t what) : waiters_(size) {
    std::mt19937_64 random(size);
    for (waiter& w : waiters_) {
      const std::uint64_t r = random();
      if (what == keys || what == both) w.key = 1 + r % key_count;
      // Later than anybody would be served, or `arrive` refuses.
      if (what == deadlines || what == both)
        w.deadline = start + 1000h + std::chrono::nanoseconds(r % 3'600'000'000'000);
    }
    for (waiter& w : waiters_) order_.push_back(&w);
    std::shuffle(order_.begin(), order_.end(), random);
  }

  std::vector<waiter>& in_order() { return waiters_; }
  std::vector<waiter*>& shuffled() { return order_; }

 private:
  std::vector<waiter> waiters_;
  std::vector<waiter*> order_;
};

std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

/// Fast enough that nobody's deadline is out of reach, but without a token.
std::unique_ptr<scheduler> closed_limit() {
  auto limit = std::make_unique<scheduler>(mux::policy::pace_settings{1e6, 2}, 0);
  limit->pause(start, 1min);
  return limit;
}

void sizes_and_kinds(benchmark::internal::Benchmark* b) {
  b->ArgNames({"waiters", "kind"});
  for (const std::int64_t size : {1'000, 100'000, 1'000'000})
    for (const std::int64_t what : {plain, deadlines, keys, both}) b->Args({size, what});
}

/// Times `work` on whole crowds, as a single step is too short to be timed. A call is one waiter.
template <class Prepare, class Work>
void each_waiter(benchmark::State& state, Prepare&& prepare, Work&& work) {
  const std::size_t size = size_of(state);
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(size))) {
    state.PauseTiming();
    prepare();
    state.ResumeTiming();
    work();
  }
}

void queue_enqueue(benchmark::State& state) {
  crowd people(size_of(state), state.range(1));
  std::unique_ptr<scheduler> limit = closed_limit();
  each_waiter(
      state,
      [&] {
        waiter_list all = limit->release_all();
        while (waiter* w = all.pop_front()) w->place = 0;
      },
      [&] {
        for (waiter& w : people.in_order()) benchmark::DoNotOptimize(limit->arrive(w, start));
      });
  if (limit->size() != size_of(state)) state.SkipWithError("not everybody was queued");
}
BENCHMARK(queue_enqueue)->Apply(sizes_and_kinds);

void queue_cancel(benchmark::State& state) {
  crowd people(size_of(state), state.range(1));
  std::unique_ptr<scheduler> limit = closed_limit();
  each_waiter(
      state,
      [&] {
        for (waiter& w : people.in_order()) {
          w.place = 0;
          benchmark::DoNotOptimize(limit->arrive(w, start));
        }
      },
      [&] {
        for (waiter* w : people.shuffled()) benchmark::DoNotOptimize(limit->cancel(*w));
      });
  if (limit->size() != 0) state.SkipWithError("somebody is left");
}
BENCHMARK(queue_cancel)->Apply(sizes_and_kinds);

// One arrival and its cancellation while the others stay: what it costs in front of a long queue.
void queue_one_comes_and_leaves(benchmark::State& state) {
  crowd people(size_of(state), plain);
  std::unique_ptr<scheduler> limit = closed_limit();
  for (waiter& w : people.in_order()) benchmark::DoNotOptimize(limit->arrive(w, start));
  waiter one;
  for (auto _ : state) {
    one.place = 0;
    benchmark::DoNotOptimize(limit->arrive(one, start));
    benchmark::DoNotOptimize(limit->cancel(one));
  }
}
BENCHMARK(queue_one_comes_and_leaves)->ArgName("waiters")->Arg(1'000)->Arg(1'000'000);

// One token, one alarm, one grant, as at low rates; then the request leaves.
void queue_poll_and_commit(benchmark::State& state) {
  crowd people(size_of(state), state.range(1));
  std::unique_ptr<scheduler> limit = closed_limit();
  instant now = start;
  each_waiter(
      state,
      [&] {
        now += 1h;
        for (waiter& w : people.in_order()) {
          w.place = 0;
          benchmark::DoNotOptimize(limit->arrive(w, now, false));
        }
      },
      [&] {
        for (std::size_t left = people.in_order().size(); left > 0; --left) {
          now = limit->next_wake(now);
          mux::policy::turn released = limit->poll(now);
          benchmark::DoNotOptimize(released.granted.pop_front());
          benchmark::DoNotOptimize(limit->commit(now));
        }
      });
  if (limit->size() != 0) state.SkipWithError("somebody is left");
}
BENCHMARK(queue_poll_and_commit)
    ->ArgNames({"waiters", "kind"})
    ->Args({1'000'000, plain})
    ->Args({1'000'000, both});

void queue_expire(benchmark::State& state) {
  crowd people(size_of(state), state.range(1));
  std::unique_ptr<scheduler> limit;
  each_waiter(
      state,
      [&] {
        limit = closed_limit();
        for (waiter& w : people.in_order()) {
          w.place = 0;
          benchmark::DoNotOptimize(limit->arrive(w, start));
        }
        limit->pause(start, 10min);
      },
      [&] {
        // Minute by minute through the hour in which all of them run out of time.
        for (instant now = start + 1000h; limit->size() > 0; now += 1s) {
          limit->pause(now, 1min);
          while (!limit->poll(now).expired.empty()) continue;
        }
      });
}
BENCHMARK(queue_expire)->ArgNames({"waiters", "kind"})->Args({1'000'000, deadlines})->Args({1'000'000, both});

}  // namespace
