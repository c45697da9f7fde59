#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "client/time_source.hpp"

namespace bench {

/// A clock for one thread that jumps from alarm to alarm as soon as everything that was posted before is
/// done. An alarm costs what a post costs.
class stepping_time final : public mux::client_detail::time_source {
 public:
  explicit stepping_time(boost::asio::io_context& io) : io_(io) {}

  mux::policy::instant now() const override { return now_; }
  std::unique_ptr<mux::client_detail::alarm> make_alarm(boost::asio::any_io_executor,
                                                        std::function<void()> then) override {
    ++made_;
    return std::make_unique<entry>(*this, std::move(then));
  }

  /// Alarms go off this much later than they should, so that more is due at a time.
  void set_lateness(mux::policy::duration late) { late_ = late; }
  /// While it stands still no alarm goes off.
  void hold() { held_ = true; }
  void go() {
    held_ = false;
    for (entry* e = waiting_; e; e = std::exchange(e->next_, nullptr)) e->post();
    waiting_ = nullptr;
  }
  [[nodiscard]] std::size_t made() const noexcept { return made_; }
  /// Alarms under way: set and not gone off.
  [[nodiscard]] std::size_t pending() const noexcept { return pending_; }
  [[nodiscard]] std::size_t gone_off() const noexcept { return gone_off_; }

 private:
  class entry final : public mux::client_detail::alarm {
   public:
    entry(stepping_time& owner, std::function<void()> then) : owner_(owner), then_(std::move(then)) {}
    ~entry() override { entry::cancel(); }

    void arm(mux::policy::instant when) override {
      entry::cancel();
      when_ = when;
      ++owner_.pending_;
      if (posted_) return;
      if (owner_.held_) {
        next_ = std::exchange(owner_.waiting_, this);
        posted_ = true;
      } else {
        post();
      }
    }
    void cancel() override {
      if (when_ == mux::policy::never) return;
      when_ = mux::policy::never;
      --owner_.pending_;
    }
    void post() {
      posted_ = true;
      boost::asio::post(owner_.io_, [this] { fire(); });
    }

   private:
    friend class stepping_time;
    void fire() {
      posted_ = false;
      if (when_ == mux::policy::never) return;
      owner_.now_ = std::max(owner_.now_, when_ + owner_.late_);
      ++owner_.gone_off_;
      entry::cancel();
      then_();
    }

    stepping_time& owner_;
    const std::function<void()> then_;
    mux::policy::instant when_ = mux::policy::never;
    entry* next_ = nullptr;
    bool posted_ = false;
  };

  boost::asio::io_context& io_;
  mux::policy::instant now_ = std::chrono::hours(24);
  mux::policy::duration late_{0};
  entry* waiting_ = nullptr;
  bool held_ = false;
  std::size_t made_ = 0;
  std::size_t pending_ = 0;
  std::size_t gone_off_ = 0;
};

}  // namespace bench
