#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "client/time_source.hpp"

namespace mux_test {

/// A clock that stands still until `run` has nothing else to do, and then jumps to the next alarm.
class virtual_time final : public mux::client_detail::time_source {
 public:
  mux::policy::instant now() const override { return now_; }

  std::unique_ptr<mux::client_detail::alarm> make_alarm(boost::asio::any_io_executor executor,
                                                        std::function<void()> then) override {
    return std::make_unique<entry>(*this, std::move(executor), std::move(then));
  }
  std::uint64_t discontinuities() override { return sleeps_; }

  /// Runs everything until neither work nor an alarm is left, or `until` is reached.
  void run(boost::asio::io_context& io, mux::policy::instant until = mux::policy::never) {
    for (;;) {
      io.restart();
      if (io.poll() > 0) continue;
      if (armed_.empty() || armed_.begin()->first > until) break;
      auto due = armed_.extract(armed_.begin());
      if (due.key() > now_) now_ = due.key();
      due.mapped()->fire();
    }
    if (until != mux::policy::never && until > now_) now_ = until;
  }

  /// Runs one handler, or one alarm if there is none. False: nothing is left to do.
  bool step(boost::asio::io_context& io) {
    io.restart();
    if (io.poll_one() > 0) return true;
    if (armed_.empty()) return false;
    auto due = armed_.extract(armed_.begin());
    if (due.key() > now_) now_ = due.key();
    due.mapped()->fire();
    return true;
  }

  /// Alarms that are set.
  [[nodiscard]] std::size_t armed() const { return armed_.size(); }
  void advance(mux::policy::duration by) { now_ += by; }
  /// The machine sleeps: this clock stands still, the world's goes on.
  void sleep() { ++sleeps_; }

 private:
  class entry final : public mux::client_detail::alarm {
   public:
    entry(virtual_time& owner, boost::asio::any_io_executor executor, std::function<void()> then)
        : owner_(owner), executor_(std::move(executor)), then_(std::move(then)) {}
    ~entry() override { entry::cancel(); }
    void arm(mux::policy::instant when) override {
      entry::cancel();
      owner_.armed_.emplace(when, this);
    }
    void cancel() override {
      std::erase_if(owner_.armed_, [this](const auto& one) { return one.second == this; });
    }
    void fire() { boost::asio::post(executor_, then_); }

   private:
    virtual_time& owner_;
    boost::asio::any_io_executor executor_;
    std::function<void()> then_;
  };

  mux::policy::instant now_ = std::chrono::hours(1);
  std::uint64_t sleeps_ = 0;
  std::multimap<mux::policy::instant, entry*> armed_;
};

}  // namespace mux_test
