#include "client/time_source.hpp"

#include <chrono>
#include <mutex>
#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace mux::inline v0::client_detail {

namespace {

class steady_alarm final : public alarm {
  // Shared with the timer's handler, which may run while the alarm is being destroyed.
  struct state {
    explicit state(asio::any_io_executor executor) : timer(std::move(executor)) {}
    std::mutex mutex;
    asio::steady_timer timer;
    std::function<void()> then;
    std::uint64_t round = 0;
  };

 public:
  explicit steady_alarm(asio::any_io_executor executor)
      : state_(std::make_shared<state>(std::move(executor))) {}
  ~steady_alarm() override { cancel(); }

  void arm(policy::instant when, std::function<void()> then) override {
    std::function<void()> replaced;
    const std::scoped_lock lock(state_->mutex);
    replaced = std::exchange(state_->then, std::move(then));
    const auto round = ++state_->round;
    state_->timer.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(when)));
    state_->timer.async_wait([weak = std::weak_ptr(state_), round](boost::system::error_code ec) {
      const auto self = weak.lock();
      if (ec || !self) return;
      std::function<void()> due;
      {
        const std::scoped_lock inner(self->mutex);
        if (self->round != round) return;
        due = std::exchange(self->then, nullptr);
      }
      if (due) due();
    });
  }

  void cancel() override {
    std::function<void()> dropped;
    const std::scoped_lock lock(state_->mutex);
    ++state_->round;
    dropped = std::exchange(state_->then, nullptr);
    state_->timer.cancel();
  }

 private:
  std::shared_ptr<state> state_;
};

class steady final : public time_source {
 public:
  policy::instant now() const override {
    return std::chrono::duration_cast<policy::instant>(std::chrono::steady_clock::now().time_since_epoch());
  }
  std::unique_ptr<alarm> make_alarm(asio::any_io_executor executor) override {
    return std::make_unique<steady_alarm>(std::move(executor));
  }
};

}  // namespace

std::shared_ptr<time_source> steady_time() {
  return std::make_shared<steady>();
}

}  // namespace mux::inline v0::client_detail
