#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "client/core.hpp"
#include "client/upload.hpp"
#include "unit/client/storage_model.hpp"

namespace mux_test {

using namespace std::chrono_literals;
using mux::errc;

inline constexpr std::uint64_t unit = 256 * 1024;
inline constexpr const char* storage_url =
    "https://storage.example/bucket/o?upload_id=canary&Signature=canary";

inline std::string some_bytes(std::uint64_t size, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  std::uint64_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + at, &word, 8);
  }
  for (; at < size; ++at) bytes[at] = static_cast<char>(random());
  return bytes;
}

/// A source in memory.
class bytes_source final : public mux::body_source {
 public:
  explicit bytes_source(std::string of) : bytes(std::move(of)), announced(bytes.size()) {}
  [[nodiscard]] std::uint64_t size() const override { return announced; }
  asio::awaitable<mux::result<std::size_t>> read(std::uint64_t offset, std::span<char> into) override {
    asio::steady_timer sleep(co_await asio::this_coro::executor, asio::steady_timer::time_point::min());
    co_await sleep.async_wait(asio::use_awaitable);
    largest = std::max(largest, into.size());
    ++reads;
    if (fails) co_return *fails;
    const std::uint64_t left = bytes.size() - std::min<std::uint64_t>(offset, bytes.size());
    const std::size_t n = std::min<std::size_t>(into.size(), left);
    std::memcpy(into.data(), bytes.data() + std::min<std::uint64_t>(offset, bytes.size()), n);
    co_return n;
  }

  std::string bytes;
  std::uint64_t announced;
  std::optional<mux::error> fails;
  std::size_t largest = 0;
  int reads = 0;
};

/// Keeps what an observer is told.
class scribe final : public mux::observer {
 public:
  void on_answered(const mux::operation& op, int status, std::chrono::nanoseconds) override {
    told += std::string(op.id) + std::string(op.path) + std::to_string(status) + '\n';
    statuses.push_back(status);
  }
  void on_retry(const mux::operation& op, const mux::error& why, int, std::chrono::nanoseconds by) override {
    told += std::string(op.id) + why.message() + '\n';
    pauses.push_back(by);
  }
  void on_finished(const mux::operation& op, const mux::error* why, int) override {
    told += std::string(op.id) + (why ? why->message() : "") + '\n';
  }
  std::string told;
  std::vector<int> statuses;
  std::vector<std::chrono::nanoseconds> pauses;
};

/// Uploads into a storage model in virtual time.
struct upload_world {
  upload_world() {
    options.credentials.token_id = "id";
    options.credentials.token_secret = "secret";
    options.headers = {{"X-Team", "ingest"}};
    options.observer = watcher;
    settings.chunk = unit;
    settings.on_progress = [this](std::uint64_t durable, std::uint64_t) { progress.push_back(durable); };
  }

  mux::detail::client_core& core() {
    if (!core_) {
      auto made = mux::detail::client_core::make(io.get_executor(), options, storage, time);
      EXPECT_TRUE(made) << made.error();
      core_ = *made;
    }
    return *core_;
  }

  void start(mux::body_source& from, std::string_view url = storage_url) { spawn(from, url, ended()); }
  /// One that `by` can end.
  void start_cancellable(mux::body_source& from, asio::cancellation_slot by) {
    spawn(from, storage_url, asio::bind_cancellation_slot(by, ended()));
  }
  mux::result<mux::upload_outcome> upload(mux::body_source& from, std::string_view url = storage_url) {
    start(from, url);
    time->run(io);
    EXPECT_TRUE(got.has_value()) << "the upload never ended";
    return got.value_or(mux::error(errc::none));
  }
  mux::result<mux::upload_outcome> upload(const std::string& bytes) {
    bytes_source from(bytes);
    return upload(from);
  }
  /// What fate each request has, by number; the others go as they should.
  void fates(std::vector<fate> all) {
    storage->decide = [all = std::move(all)](std::size_t n) { return n < all.size() ? all[n] : fate(); };
  }
  [[nodiscard]] std::vector<std::string> ranges() const {
    std::vector<std::string> all;
    for (const put& p : storage->puts) all.push_back(p.range);
    return all;
  }

  asio::io_context io;
  std::shared_ptr<virtual_time> time = std::make_shared<virtual_time>();
  std::shared_ptr<storage_model> storage = std::make_shared<storage_model>(*time);
  std::shared_ptr<scribe> watcher = std::make_shared<scribe>();
  mux::client_options options;
  mux::upload_options settings;
  asio::cancellation_signal cancel;
  std::vector<std::uint64_t> progress;
  std::optional<mux::result<mux::upload_outcome>> got;
  int endings = 0;
  std::shared_ptr<mux::detail::client_core> core_;

 private:
  std::function<void(std::exception_ptr, mux::result<mux::upload_outcome>)> ended() {
    return [this](std::exception_ptr thrown, mux::result<mux::upload_outcome> outcome) {
      ++endings;
      if (!thrown) got.emplace(std::move(outcome));
    };
  }
  template <class Token>
  void spawn(mux::body_source& from, std::string_view url, Token then) {
    core();
    got.reset();
    asio::co_spawn(
        io, mux::client_detail::upload(core_, mux::client_detail::piece_of_upload(url), from, settings),
        std::move(then));
  }
};

}  // namespace mux_test
