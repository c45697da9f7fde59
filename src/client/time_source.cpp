#include "client/time_source.hpp"

#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <pthread.h>
#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace mux::inline v0::client_detail {

namespace {

class steady_alarm final : public alarm {
  // Shared with the timer's handler, which may run while the alarm is being destroyed.
  struct state {
    state(asio::any_io_executor executor, std::function<void()> what)
        : timer(std::move(executor)), then(std::move(what)) {}
    std::mutex mutex;
    asio::steady_timer timer;
    const std::function<void()> then;
    std::uint64_t round = 0;
  };

 public:
  steady_alarm(asio::any_io_executor executor, std::function<void()> then)
      : state_(std::make_shared<state>(std::move(executor), std::move(then))) {}
  ~steady_alarm() override { cancel(); }

  void arm(policy::instant when) override {
    const std::scoped_lock lock(state_->mutex);
    const auto round = ++state_->round;
    state_->timer.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(when)));
    state_->timer.async_wait([weak = std::weak_ptr(state_), round](boost::system::error_code ec) {
      const auto self = weak.lock();
      if (ec || !self) return;
      {
        const std::scoped_lock inner(self->mutex);
        if (self->round != round) return;
      }
      self->then();
    });
  }

  void cancel() override {
    const std::scoped_lock lock(state_->mutex);
    ++state_->round;
    state_->timer.cancel();
  }

 private:
  std::shared_ptr<state> state_;
};

std::chrono::nanoseconds read(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

/// How long the machine slept since it was started: the steady clock stands still meanwhile.
std::chrono::nanoseconds time_asleep() {
  const auto steady = read(CLOCK_MONOTONIC);
  return read(CLOCK_BOOTTIME) - steady;
}

std::atomic<std::uint64_t> forks{0};

void watch_forks() {
  static const int registered = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
  static_cast<void>(registered);
}

class steady final : public time_source {
 public:
  steady() { watch_forks(); }
  policy::instant now() const override {
    return std::chrono::duration_cast<policy::instant>(std::chrono::steady_clock::now().time_since_epoch());
  }
  std::uint64_t discontinuities() override {
    // The two clocks are read one after the other; less than this is no sleep.
    constexpr std::chrono::nanoseconds noticeable = std::chrono::milliseconds(100);
    const std::int64_t asleep = time_asleep().count();
    std::int64_t known = asleep_.load();
    if (asleep - known > noticeable.count() && asleep_.compare_exchange_strong(known, asleep)) ++sleeps_;
    return sleeps_.load() + forks.load();
  }
  std::unique_ptr<alarm> make_alarm(asio::any_io_executor executor, std::function<void()> then) override {
    return std::make_unique<steady_alarm>(std::move(executor), std::move(then));
  }

 private:
  std::atomic<std::int64_t> asleep_{time_asleep().count()};
  std::atomic<std::uint64_t> sleeps_{0};
};

}  // namespace

std::shared_ptr<time_source> steady_time() {
  return std::make_shared<steady>();
}

}  // namespace mux::inline v0::client_detail
