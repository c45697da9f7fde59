// How precisely a limit wakes those who wait, on the real clock: 500 calls at 100 a second, each of which
// should go when its token comes. Five seconds a run.
//
//   bench_client --benchmark_filter=wake

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "client/lane.hpp"
#include "client/passage.hpp"

namespace {

namespace asio = boost::asio;
using mux::client_detail::lane;
using mux::client_detail::passage;
using mux::policy::instant;

constexpr mux::operation row{"bench.call",
                             mux::http_method::get,
                             "/bench",
                             mux::rate_class::video_other,
                             mux::idempotency::safe,
                             mux::pagination::none,
                             mux::api_host::api,
                             200,
                             false};

constexpr std::size_t count = 500;
constexpr double rate = 100;

class timed_calls {
 public:
  std::vector<instant> run() {
    for (std::size_t i = 0; i < count; ++i) asio::co_spawn(io_, call(*this), asio::detached);
    io_.run();
    return std::move(departures_);
  }
  /// Between two tokens, as the limit counts: a hair below the rate that the server allows.
  [[nodiscard]] mux::policy::duration interval() const {
    return std::chrono::duration_cast<mux::policy::duration>(
        std::chrono::duration<double>(1 / lane_->stats().rate));
  }

 private:
  static asio::awaitable<void> call(timed_calls& self) {
    passage pass(self.lane_, row, self.options_, mux::policy::never);
    mux::result<void> turn = co_await pass.enter();
    if (turn && pass.depart()) self.departures_.push_back(self.time_->now());
  }

  asio::io_context io_{1};
  std::shared_ptr<mux::client_detail::time_source> time_ = mux::client_detail::steady_time();
  std::shared_ptr<lane> lane_ =
      lane::make(row.limit, mux::class_limit(rate, 2), 1, io_.get_executor(), time_, nullptr, nullptr);
  mux::call_options options_;
  std::vector<instant> departures_;
};

// The bucket holds one token: each departure is due one interval after the one before.
void wake_lateness(benchmark::State& state) {
  for (auto _ : state) {
    timed_calls calls;
    const mux::policy::duration interval = calls.interval();
    const std::vector<instant> departures = calls.run();
    if (departures.size() != count) state.SkipWithError("somebody was not let go");
    std::vector<double> late;
    for (std::size_t i = 1; i < departures.size(); ++i)
      late.push_back(static_cast<double>((departures[i] - departures[i - 1] - interval).count()) / 1e6);
    std::sort(late.begin(), late.end());
    const auto share = [&](double p) {
      return late[static_cast<std::size_t>(p * static_cast<double>(late.size() - 1))];
    };
    state.counters["p50_ms"] = share(0.5);
    state.counters["p99_ms"] = share(0.99);
    state.counters["max_ms"] = late.back();
    state.counters["earliest_ms"] = late.front();
  }
}
BENCHMARK(wake_lateness)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
