// A listing of seeded assets through the whole stack, over TLS on loopback, from an emulator in the same
// process on a thread of its own. `cpu` is the process's: client and emulator together; `client_cpu` the
// client's thread alone.

#include <ctime>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/emulator/server.hpp>
#include <mux/mux.hpp>

namespace {

constexpr std::size_t assets = 20000;

double thread_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

mux::emulator::server& emulator() {
  static mux::emulator::server* const server = [] {
    mux::emulator::server_options options;
    options.limits.fill(mux::emulator::no_limit);
    auto* s = new mux::emulator::server(std::move(options));
    s->start();
    s->seed_assets(assets, mux::emulator::seed_style::rich);
    return s;
  }();
  return *server;
}

mux::client_options unlimited() {
  mux::client_options o;
  o.base_url = emulator().base_url();
  o.credentials.token_id = emulator().token_id();
  o.credentials.token_secret = emulator().token_secret();
  o.ca_file = emulator().ca_file().string();
  for (mux::class_limit& limit : o.limits.classes) limit.rate = std::numeric_limits<double>::infinity();
  return o;
}

boost::asio::awaitable<std::size_t> list_all(const mux::client& client) {
  std::size_t count = 0;
  mux::pager<mux::asset> pages = client.video.assets.list();
  while (std::optional<mux::page<mux::asset>> page = co_await pages.next()) count += page->items.size();
  co_return count;
}

void list_assets(benchmark::State& state) {
  boost::asio::io_context io(1);
  const mux::client client(io.get_executor(), unlimited());
  std::size_t seen = 0;
  const double before = thread_seconds();
  for (auto _ : state) {
    boost::asio::co_spawn(io, list_all(client), [&](std::exception_ptr e, std::size_t n) {
      if (e) std::rethrow_exception(e);
      seen += n;
    });
    io.run();
    io.restart();
  }
  if (seen != assets * state.iterations()) state.SkipWithError("the listing is not complete");
  state.counters["assets/s"] = benchmark::Counter(static_cast<double>(seen), benchmark::Counter::kIsRate);
  state.counters["client_cpu_us/asset"] = (thread_seconds() - before) * 1e6 / static_cast<double>(seen);
}
BENCHMARK(list_assets)->Unit(benchmark::kMillisecond)->UseRealTime();

boost::asio::awaitable<void> get_many(const mux::client& client, const std::string& id, int count) {
  for (int i = 0; i < count; ++i) {
    const mux::asset asset = co_await client.video.assets.retrieve(id);
    benchmark::DoNotOptimize(asset.id.data());
  }
}

boost::asio::awaitable<std::string> any_id(const mux::client& client) {
  mux::pager<mux::asset> pages = client.video.assets.list();
  std::optional<mux::page<mux::asset>> page = co_await pages.next();
  co_return page->items.front().id;
}

void get_asset_on_eight_connections(benchmark::State& state) {
  constexpr int workers = 8, each = 50;
  boost::asio::io_context io(1);
  const mux::client client(io.get_executor(), unlimited());
  std::string id;
  boost::asio::co_spawn(io, any_id(client), [&](std::exception_ptr e, std::string found) {
    if (e) std::rethrow_exception(e);
    id = std::move(found);
  });
  io.run();
  const double before = thread_seconds();
  for (auto _ : state) {
    io.restart();
    for (int w = 0; w < workers; ++w)
      boost::asio::co_spawn(io, get_many(client, id, each), boost::asio::detached);
    io.run();
  }
  const double calls = static_cast<double>(state.iterations()) * workers * each;
  state.counters["calls/s"] = benchmark::Counter(calls, benchmark::Counter::kIsRate);
  state.counters["client_cpu_us/call"] = (thread_seconds() - before) * 1e6 / calls;
}
BENCHMARK(get_asset_on_eight_connections)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
