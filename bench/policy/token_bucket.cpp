// What a rate decision costs, with the time given and with the clock read.

#include "policy/token_bucket.hpp"

#include <chrono>
#include <deque>

#include <benchmark/benchmark.h>

#include "policy/scheduler.hpp"

namespace {

using mux::policy::instant;

instant clock_now() {
  return std::chrono::duration_cast<instant>(std::chrono::steady_clock::now().time_since_epoch());
}

void token_bucket_granted(benchmark::State& state) {
  mux::policy::token_bucket bucket(1e6, 1000);
  instant now = clock_now();
  for (auto _ : state) {
    now += std::chrono::microseconds(1);
    benchmark::DoNotOptimize(bucket);
    benchmark::DoNotOptimize(bucket.try_take(now));
  }
}
BENCHMARK(token_bucket_granted);

void token_bucket_refused(benchmark::State& state) {
  mux::policy::token_bucket bucket(1, 1);
  const instant now = clock_now();
  bucket.drain(now + std::chrono::hours(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(bucket);  // its state comes from memory each time, as in the limiter
    benchmark::DoNotOptimize(bucket.try_take(now));
  }
}
BENCHMARK(token_bucket_refused);

void steady_clock_alone(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(clock_now());
}
BENCHMARK(steady_clock_alone);

void token_bucket_with_clock(benchmark::State& state) {
  mux::policy::token_bucket bucket(1e6, 1000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bucket);
    benchmark::DoNotOptimize(bucket.try_take(clock_now()));
  }
}
BENCHMARK(token_bucket_with_clock);

void scheduler_enqueue_and_cancel(benchmark::State& state) {
  mux::policy::scheduler scheduler(1, 1);
  std::deque<mux::policy::waiter> queue(static_cast<std::size_t>(state.range(0)));
  const instant now = clock_now();
  for (auto& w : queue) (void)scheduler.arrive(w, now);
  mux::policy::waiter one;
  for (auto _ : state) {
    benchmark::DoNotOptimize(scheduler.arrive(one, now));
    benchmark::DoNotOptimize(scheduler.cancel(one));
  }
}
BENCHMARK(scheduler_enqueue_and_cancel)->Arg(1000)->Arg(1000000);

void scheduler_grant(benchmark::State& state) {
  mux::policy::scheduler scheduler(1e6, 1);
  std::deque<mux::policy::waiter> queue(1000000);
  instant now = clock_now();
  for (auto& w : queue) (void)scheduler.arrive(w, now);
  for (auto _ : state) {
    now += std::chrono::microseconds(1);
    mux::policy::turn turn = scheduler.poll(now);
    while (mux::policy::waiter* w = turn.granted.pop_front()) (void)scheduler.arrive(*w, now, false, false);
  }
}
BENCHMARK(scheduler_grant);

}  // namespace
