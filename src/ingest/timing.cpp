#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest {
namespace {

class timer_alarm final : public alarm {
 public:
  explicit timer_alarm(asio::any_io_executor executor) : timer_(std::move(executor)) {}

  asio::awaitable<void> wait(std::optional<std::chrono::steady_clock::time_point> until) override {
    if (!std::exchange(woken_, false)) {
      timer_.expires_at(until.value_or(std::chrono::steady_clock::time_point::max()));
      boost::system::error_code woken;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    woken_ = false;
  }

  void wake() override {
    woken_ = true;
    timer_.cancel();
  }

 private:
  asio::steady_timer timer_;
  bool woken_ = false;
};

class steady_timing final : public timing {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override {
    return std::chrono::steady_clock::now();
  }
  [[nodiscard]] std::unique_ptr<alarm> make_alarm(asio::any_io_executor executor) override {
    return std::make_unique<timer_alarm>(std::move(executor));
  }
};

}  // namespace

timing& system_timing() noexcept {
  static steady_timing clock;
  return clock;
}

}  // namespace mux::inline v0::ingest
