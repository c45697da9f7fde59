#pragma once

#include <memory>
#include <mutex>

#include <boost/asio/execution_context.hpp>

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

class parking;

/// Something that keeps a coroutine's handler inside the coroutine's own frame.
class parked {
 protected:
  parked() = default;
  ~parked() = default;
  /// Registers with the context; `leave` may be called any number of times.
  void enter(asio::execution_context& context);
  void leave() noexcept;

 private:
  friend class parking;
  virtual std::shared_ptr<void> surrender() = 0;

  parking* lot_ = nullptr;
  parked* before_ = nullptr;
  parked* after_ = nullptr;
};

/// The service of an execution context that knows every coroutine asleep on it. When the context shuts down
/// it takes their handlers away, which frees frames that would otherwise keep themselves alive.
class parking final : public asio::execution_context::service {
 public:
  using key_type = parking;
  explicit parking(asio::execution_context& context) : asio::execution_context::service(context) {}
  static asio::execution_context::id id;

 private:
  friend class parked;
  void shutdown() noexcept override;

  std::mutex mutex_;
  parked* first_ = nullptr;
};

}  // namespace mux::inline v0::client_detail
