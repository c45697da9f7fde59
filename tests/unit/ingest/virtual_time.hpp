#pragma once

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Time that passes only when everybody sleeps.
class virtual_time final : public timing {
 public:
  using instant = std::chrono::steady_clock::time_point;

  [[nodiscard]] instant now() const override { return now_; }
  [[nodiscard]] std::unique_ptr<alarm> make_alarm(asio::any_io_executor executor) override {
    return std::make_unique<virtual_alarm>(*this, std::move(executor));
  }
  void jump(std::chrono::nanoseconds by) { now_ += std::chrono::duration_cast<instant::duration>(by); }

  /// Goes on to the next instant that somebody waits for. False if nobody does.
  bool advance() {
    if (sleepers_.empty()) return false;
    now_ = std::max(now_, sleepers_.begin()->first);
    while (!sleepers_.empty() && sleepers_.begin()->first <= now_) {
      const auto ring = std::move(sleepers_.begin()->second);
      sleepers_.erase(sleepers_.begin());
      ring();
    }
    return true;
  }
  using sleeper = std::multimap<instant, std::function<void()>>::iterator;
  sleeper add(instant at, std::function<void()> ring) { return sleepers_.emplace(at, std::move(ring)); }
  void remove(sleeper who) { sleepers_.erase(who); }

 private:
  class virtual_alarm final : public alarm {
   public:
    virtual_alarm(virtual_time& time, asio::any_io_executor executor)
        : time_(time), event_(std::move(executor)) {}

    asio::awaitable<void> wait(std::optional<instant> until) override {
      if (!std::exchange(woken_, false)) {
        event_.expires_at(instant::max());
        std::optional<sleeper> place;
        if (until)
          place = time_.add(*until, [this, &place] {
            place.reset();
            event_.cancel();
          });
        boost::system::error_code ignored;
        co_await event_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (place) time_.remove(*place);
      }
      woken_ = false;
    }
    void wake() override {
      woken_ = true;
      event_.cancel();
    }

   private:
    virtual_time& time_;
    asio::steady_timer event_;
    bool woken_ = false;
  };

  instant now_{1h};
  std::multimap<instant, std::function<void()>> sleepers_;
};

/// Runs a coroutine to its end while time passes by itself. Throws if it can never end.
template <class T>
T run(asio::io_context& io, virtual_time& time, asio::awaitable<T> work) {
  std::optional<T> outcome;
  std::exception_ptr fault;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, T value) {
    fault = e;
    if (!e) outcome.emplace(std::move(value));
  });
  while (!outcome && !fault) {
    io.restart();
    io.poll();
    if (!outcome && !fault && !time.advance()) throw std::runtime_error("everybody waits for ever");
  }
  if (fault) std::rethrow_exception(fault);
  return std::move(*outcome);
}

}  // namespace mux::inline v0::ingest::test
