// One client on several threads, and calls cancelled anywhere on their way over real TLS. Meant for
// ThreadSanitizer too.

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <mux/emulator/server.hpp>
#include <mux/mux.hpp>

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

class threads : public testing::Test {
 protected:
  threads() : emulator(unlimited()) {
    emulator.start();
    settings.base_url = emulator.base_url();
    settings.credentials.token_id = emulator.token_id();
    settings.credentials.token_secret = emulator.token_secret();
    settings.ca_file = emulator.ca_file().string();
    for (mux::class_limit& limit : settings.limits.classes) limit.rate = mux::unlimited_rate;
  }
  static mux::emulator::server_options unlimited() {
    mux::emulator::server_options options;
    options.limits.fill(mux::emulator::no_limit);
    options.ready_after = 0s;
    return options;
  }
  /// Calls that the server refused for their form or their number.
  std::uint64_t refused() const {
    std::uint64_t sum = 0;
    for (const auto& c : emulator.ledger().classes) sum += c.refused;
    return sum;
  }

  mux::emulator::server emulator;
  mux::client_options settings;
};

asio::awaitable<std::size_t> count(const mux::client& client, int limit) {
  mux::asset_list_params params;
  params.limit = limit;
  mux::pager<mux::asset> pages = client.video.assets.list(params);
  std::size_t all = 0;
  while (std::optional<mux::page<mux::asset>> page = co_await pages.next()) all += page->items.size();
  co_return all;
}

asio::awaitable<std::size_t> count_borrowed(const mux::client& client) {
  mux::pager<mux::asset_view> pages = client.video.assets.list_borrowed();
  std::size_t all = 0;
  while (std::optional<mux::asset_view> one = co_await pages.next_item()) all += one->id.empty() ? 0 : 1;
  co_return all;
}

asio::awaitable<std::size_t> create_and_fetch(const mux::client& client, int rounds) {
  std::size_t well = 0;
  for (int i = 0; i < rounds; ++i) {
    mux::asset_create_params params;
    params.inputs.emplace_back("https://example.com/a.mp4");
    const mux::asset made = co_await client.video.assets.create(params);
    const mux::asset seen = co_await client.video.assets.retrieve(made.id);
    if (seen.id == made.id) ++well;
  }
  co_return well;
}

TEST_F(threads, one_client_serves_calls_of_all_threads) {
  constexpr std::size_t workers = 8, rounds = 10;
  emulator.seed_assets(230);
  asio::thread_pool pool(4);
  const mux::client client(pool.get_executor(), settings);
  std::vector<std::future<std::size_t>> lists, creates;
  for (std::size_t i = 0; i < workers; ++i) {
    lists.push_back(asio::co_spawn(pool, count(client, 50), asio::use_future));
    lists.push_back(asio::co_spawn(pool, count_borrowed(client), asio::use_future));
    creates.push_back(asio::co_spawn(pool, create_and_fetch(client, rounds), asio::use_future));
  }
  for (auto& one : creates) EXPECT_EQ(one.get(), rounds);
  for (auto& one : lists) EXPECT_GE(one.get(), 230u);
  pool.join();
  EXPECT_EQ(emulator.created().size(), workers * rounds);
  EXPECT_EQ(refused(), 0u);
  const mux::client_stats stats = client.stats();
  EXPECT_LE(stats.pool.open, settings.pool.per_host);
  EXPECT_EQ(stats.failed, 0u);
}

/// Starts a listing, cancels it from its own strand after a while, and waits for its end.
bool cancelled_after(asio::thread_pool& pool, const mux::client& client, int hops) {
  const auto strand = asio::make_strand(pool);
  const auto signal = std::make_shared<asio::cancellation_signal>();
  std::promise<bool> ended;
  asio::co_spawn(
      strand, count(client, 10),
      asio::bind_cancellation_slot(signal->slot(), [&ended](std::exception_ptr thrown, std::size_t) {
        try {
          if (thrown) std::rethrow_exception(thrown);
          ended.set_value(false);
        } catch (const mux::request_failed& e) {
          EXPECT_EQ(e.code(), mux::errc::cancelled) << e.what();
          ended.set_value(true);
        } catch (const boost::system::system_error& e) {
          EXPECT_EQ(e.code(), asio::error::operation_aborted) << e.what();
          ended.set_value(true);
        }
      }));
  struct hop {
    asio::strand<asio::thread_pool::executor_type> strand;
    std::shared_ptr<asio::cancellation_signal> signal;
    int left;
    void operator()() {
      if (--left <= 0)
        signal->emit(asio::cancellation_type::terminal);
      else
        asio::post(strand, hop{strand, signal, left});
    }
  };
  asio::post(strand, hop{strand, signal, hops});
  return ended.get_future().get();
}

TEST_F(threads, calls_cancelled_anywhere_end_once_and_leave_the_client_whole) {
  emulator.seed_assets(200);
  asio::thread_pool pool(3);
  const mux::client client(pool.get_executor(), settings);
  int cancelled = 0;
  for (int round = 0; round < 120; ++round) cancelled += cancelled_after(pool, client, 1 + round * 3) ? 1 : 0;
  EXPECT_GT(cancelled, 0);
  EXPECT_EQ(asio::co_spawn(pool, count(client, 100), asio::use_future).get(), 200u);
  EXPECT_TRUE(asio::co_spawn(pool, client.drain(1min), asio::use_future).get());
  pool.join();
  EXPECT_EQ(client.stats().pool.open, 0u);
  for (const mux::class_stats& c : client.stats().classes) EXPECT_EQ(c.queued + c.in_flight, 0u);
}

// The same on one thread, step by step: every place between the first handler and the last is hit.
TEST_F(threads, a_call_cancelled_after_any_number_of_steps_ends_once) {
  emulator.seed_assets(1);
  for (int steps = 0;; ++steps) {
    ASSERT_LT(steps, 10000);
    asio::io_context io;
    const mux::client client(io.get_executor(), settings);
    asio::cancellation_signal signal;
    int endings = 0;
    bool well = false;
    asio::co_spawn(io, count(client, 10),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, std::size_t) {
                     ++endings;
                     well = thrown == nullptr;
                   }));
    for (int i = 0; i < steps && endings == 0; ++i) io.run_one();
    const bool over = endings > 0;
    if (!over) signal.emit(asio::cancellation_type::terminal);
    io.run();
    ASSERT_EQ(endings, 1) << steps;
    if (over) {
      EXPECT_TRUE(well);
      EXPECT_GT(steps, 5);
      break;
    }
    EXPECT_EQ(client.stats().pool.open, client.stats().pool.idle) << steps;
  }
}

}  // namespace
