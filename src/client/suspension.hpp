#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

/// Lets one coroutine sleep until any thread calls `release`. Lives in the coroutine's frame, and keeps there
/// the handler that owns the frame: whoever knows the suspension must take it away when the execution context
/// goes first. No lock, no allocation but Asio's for the cancellation slot.
class suspension {
 public:
  suspension() = default;
  suspension(const suspension&) = delete;
  suspension& operator=(const suspension&) = delete;

  /// An operation to be named and then awaited: over after `release`, at once if that came before.
  /// `owner.on_sleep(context)` is called before it falls asleep, with the execution context of the coroutine;
  /// `owner.on_cancel()` on cancellation: it must see to it that `release` is called, now or soon. The owner
  /// must outlive the wait.
  template <class Owner>
  auto wait(Owner& owner) {
    return asio::async_initiate<const asio::deferred_t, void()>(start<Owner>{this, &owner}, asio::deferred);
  }

  /// Wakes the coroutine on its own executor. Thread-safe; further calls do nothing.
  void release() {
    const actions* kept = kept_.exchange(&gone, std::memory_order_acq_rel);
    if (kept) kept->resume(handler_);
  }

  // Of a coroutine that nobody can release at the same time:
  [[nodiscard]] bool asleep_on(const asio::execution_context& context) const noexcept {
    const actions* const kept = kept_.load(std::memory_order_acquire);
    return kept && kept->runs_on(handler_, context);
  }
  /// The handler, whose destruction is the coroutine's. `release` does nothing from then on.
  [[nodiscard]] std::shared_ptr<void> take_away() {
    const actions* const kept = kept_.exchange(&gone, std::memory_order_acq_rel);
    return kept ? kept->take_away(handler_) : nullptr;
  }

  /// Ready for another wait, after the one before is over.
  void reset() noexcept { kept_.store(nullptr, std::memory_order_relaxed); }

 private:
  /// What can be done to a handler whose type is forgotten. The first two take it out of its place.
  struct actions {
    void (*resume)(void* place);
    std::shared_ptr<void> (*take_away)(void* place);
    bool (*runs_on)(const void* place, const asio::execution_context& context);
  };

  template <class Handler>
  static Handler take(void* place) {
    auto* const kept = static_cast<Handler*>(place);
    Handler taken(std::move(*kept));
    kept->~Handler();
    return taken;
  }
  template <class Handler>
  static void post(Handler handler) {
    // What `asio::post` comes to here, without its copies of the executor.
    const auto executor = asio::require(handler.get_executor(), asio::execution::blocking.never);
    executor.execute(std::move(handler));
  }
  template <class Handler>
  static constexpr actions actions_of = {
      [](void* place) { post(take<Handler>(place)); },
      [](void* place) -> std::shared_ptr<void> { return std::make_shared<Handler>(take<Handler>(place)); },
      [](const void* place, const asio::execution_context& context) {
        const auto executor = static_cast<const Handler*>(place)->get_executor();
        return &asio::query(executor, asio::execution::context) == &context;
      }};
  /// Stands for a handler that is not here any more, or need not come.
  static constexpr actions gone = {[](void*) {}, [](void*) { return std::shared_ptr<void>(); },
                                   [](const void*, const asio::execution_context&) { return false; }};

  template <class Owner>
  struct start {
    suspension* self;
    Owner* owner;

    template <class Handler>
    void operator()(Handler handler) const {
      static_assert(sizeof(Handler) == sizeof(handler_) && alignof(Handler) <= alignof(void*));
      auto slot = asio::get_associated_cancellation_slot(handler);
      if (slot.is_connected()) slot.assign([o = owner](asio::cancellation_type) { o->on_cancel(); });
      owner->on_sleep(asio::query(handler.get_executor(), asio::execution::context));
      new (self->handler_) Handler(std::move(handler));
      const actions* awake = nullptr;
      // If it fails it was released before, and nobody else touches the handler.
      if (!self->kept_.compare_exchange_strong(awake, &actions_of<Handler>, std::memory_order_acq_rel))
        post(take<Handler>(self->handler_));
    }
  };

  alignas(void*) std::byte handler_[sizeof(void*)];
  std::atomic<const actions*> kept_{nullptr};
};

}  // namespace mux::inline v0::client_detail
