// What passing the limiter costs when nobody waits: with the time given, and with the clock read beside the
// clock alone; alone and contended.
//
//   bench_policy --benchmark_filter='clock|bucket|scheduler' --benchmark_repetitions=9

#include "policy/token_bucket.hpp"

#include <chrono>

#include <benchmark/benchmark.h>

#include "policy/scheduler.hpp"

namespace {

using mux::policy::instant;
using mux::policy::scheduler;
using mux::policy::token_bucket;

instant clock_now() {
  return std::chrono::duration_cast<instant>(std::chrono::steady_clock::now().time_since_epoch());
}

// The state comes from memory each time, as in the limiter.
template <class Limit>
Limit& from_memory(Limit& limit) {
  benchmark::DoNotOptimize(limit);
  return limit;
}

constexpr int block = 16'384;  // turns that one bucket can keep at a time
constexpr double fast = 1e6;   // one token a tick
constexpr auto token_time = std::chrono::nanoseconds(1024);

void enter_all(token_bucket& bucket, instant now) {
  for (int i = 0; i < block; ++i) benchmark::DoNotOptimize(bucket.try_enter(now));
}

void clock_alone(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(clock_now());
}
BENCHMARK(clock_alone);

void bucket_try_enter(benchmark::State& state) {
  token_bucket bucket(fast, 2 * block);
  const instant now = clock_now();
  while (state.KeepRunningBatch(block)) {
    for (int i = 0; i < block; ++i) benchmark::DoNotOptimize(from_memory(bucket).try_enter(now));
    state.PauseTiming();
    if (bucket.turns() != block) state.SkipWithError("a turn was refused");
    for (int i = 0; i < block; ++i) bucket.leave();
    state.ResumeTiming();
  }
}
BENCHMARK(bucket_try_enter);

void bucket_commit(benchmark::State& state) {
  token_bucket bucket(fast, 2 * block);
  instant now = clock_now();
  while (state.KeepRunningBatch(block)) {
    state.PauseTiming();
    now += block * token_time;
    enter_all(bucket, now);
    state.ResumeTiming();
    for (int i = 0; i < block; ++i) benchmark::DoNotOptimize(from_memory(bucket).commit(now));
  }
}
BENCHMARK(bucket_commit);

void bucket_try_enter_and_commit(benchmark::State& state) {
  token_bucket bucket(fast, 1000);
  instant now = clock_now();
  for (auto _ : state) {
    now += token_time;
    benchmark::DoNotOptimize(from_memory(bucket).try_enter(now));
    benchmark::DoNotOptimize(bucket.commit(now));
  }
}
BENCHMARK(bucket_try_enter_and_commit);

void bucket_try_enter_with_clock(benchmark::State& state) {
  token_bucket bucket(fast, 2 * block);
  while (state.KeepRunningBatch(block)) {
    for (int i = 0; i < block; ++i) benchmark::DoNotOptimize(from_memory(bucket).try_enter(clock_now()));
    state.PauseTiming();
    for (int i = 0; i < block; ++i) bucket.leave();
    state.ResumeTiming();
  }
}
BENCHMARK(bucket_try_enter_with_clock);

void bucket_refused(benchmark::State& state) {
  token_bucket bucket(1, 1);
  const instant now = clock_now();
  bucket.drain(now + std::chrono::hours(1));
  for (auto _ : state) benchmark::DoNotOptimize(from_memory(bucket).try_enter(now));
}
BENCHMARK(bucket_refused);

// The whole way of a request that finds a token, but for its answer.
void scheduler_try_enter_and_commit(benchmark::State& state) {
  scheduler limit({fast, 1000}, 0);
  instant now = clock_now();
  for (auto _ : state) {
    now += 2 * token_time;
    benchmark::DoNotOptimize(from_memory(limit).try_enter(now));
    benchmark::DoNotOptimize(limit.commit(now));
  }
}
BENCHMARK(scheduler_try_enter_and_commit);

void scheduler_try_enter_and_commit_with_clock(benchmark::State& state) {
  scheduler limit({fast, 1000}, 0);
  for (auto _ : state) {
    const instant now = clock_now();
    if (from_memory(limit).try_enter(now)) benchmark::DoNotOptimize(limit.commit(now));
  }
}
BENCHMARK(scheduler_try_enter_and_commit_with_clock);

// What an answer costs under the limit's lock.
void scheduler_accepted(benchmark::State& state) {
  scheduler limit({fast, 1000}, 0);
  instant now = clock_now();
  const mux::policy::ticket sent{now, 1};
  for (auto _ : state) {
    now += token_time;
    from_memory(limit).accepted(sent, now, {});
  }
}
BENCHMARK(scheduler_accepted);

// All threads pass: a turn and back, so that no number of iterations empties the bucket.
void bucket_contended(benchmark::State& state) {
  static token_bucket bucket(fast, 2 * block);
  const instant now = clock_now();
  for (auto _ : state) {
    benchmark::DoNotOptimize(bucket.try_enter(now));
    bucket.leave();
  }
}
BENCHMARK(bucket_contended)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

// Hardly anybody passes: a thousand tokens a second for millions of calls.
void bucket_contended_refused(benchmark::State& state) {
  static token_bucket bucket(1e3, 10);
  instant now = clock_now();
  for (auto _ : state) {
    now += std::chrono::nanoseconds(20);
    if (bucket.try_enter(now)) benchmark::DoNotOptimize(bucket.commit(now));
  }
}
BENCHMARK(bucket_contended_refused)->Threads(1)->Threads(2)->Threads(4)->UseRealTime();

}  // namespace
