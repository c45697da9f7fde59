#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/parking.hpp"

namespace mux::inline v0::client_detail {

/// Lets one coroutine sleep until any thread calls `release`. Lives in the coroutine's frame. The handler is
/// kept here, inside the frame that it owns; `parking` breaks that cycle when the execution context goes
/// first.
class suspension final : parked {
 public:
  suspension() = default;
  ~suspension() { leave(); }
  suspension(const suspension&) = delete;
  suspension& operator=(const suspension&) = delete;

  /// Returns after `release`, at once if that came before. `on_cancel()` is called on cancellation; it must
  /// see to it that `release` is called, now or soon. Named by reference: it must outlive the wait.
  template <class OnCancel>
  asio::awaitable<void> wait(OnCancel& on_cancel) {
    // Named, as GCC 12 breaks capturing lambdas inside a co_await expression.
    auto start = [this, &on_cancel](auto handler) { store(std::move(handler), on_cancel); };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
  }

  /// Wakes the coroutine on its own executor. Thread-safe; further calls do nothing.
  void release() {
    std::optional<handler_type> due;
    {
      const std::scoped_lock lock(mutex_);
      released_ = true;
      if (handler_) {
        due.emplace(std::move(*handler_));
        handler_.reset();
      }
    }
    if (!due) return;
    leave();
    resume(std::move(*due));
  }

 private:
  using handler_type = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

  template <class OnCancel>
  void store(handler_type handler, OnCancel& on_cancel) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.assign([&on_cancel](asio::cancellation_type) { on_cancel(); });
    auto& context = asio::query(handler.get_executor(), asio::execution::context);
    {
      const std::scoped_lock lock(mutex_);
      if (!released_) {
        handler_.emplace(std::move(handler));
        enter(context);
        return;
      }
    }
    resume(std::move(handler));
  }

  static void resume(handler_type handler) {
    auto executor = handler.get_executor();
    asio::post(executor, std::move(handler));
  }

  // Called by `parking` when the context shuts down: the handler, and with it the frame, is destroyed
  // outside.
  std::shared_ptr<void> surrender() override {
    const std::scoped_lock lock(mutex_);
    if (!handler_) return nullptr;
    auto kept = std::make_shared<handler_type>(std::move(*handler_));
    handler_.reset();
    return kept;
  }

  std::mutex mutex_;
  std::optional<handler_type> handler_;
  bool released_ = false;
};

}  // namespace mux::inline v0::client_detail
