#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <boost/asio/execution_context.hpp>

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

/// Somebody who has coroutines asleep whose handlers lie inside their own frames.
class keeper {
 public:
  /// Hands over the handlers of those asleep on the context, as it shuts down.
  virtual std::vector<std::shared_ptr<void>> take_sleepers(asio::execution_context& context) = 0;

 protected:
  ~keeper() = default;
};

/// The service of an execution context that knows who has coroutines asleep on it. When the context shuts
/// down it has their handlers destroyed, which frees frames that would otherwise keep themselves alive.
/// Thread-safe.
class parking final : public asio::execution_context::service {
 public:
  using key_type = parking;
  explicit parking(asio::execution_context& context) : asio::execution_context::service(context) {}
  static asio::execution_context::id id;

  /// Further calls for the same keeper do nothing.
  void add(const std::shared_ptr<keeper>& one);

 private:
  void shutdown() noexcept override;

  std::mutex mutex_;
  std::unordered_map<const keeper*, std::weak_ptr<keeper>> keepers_;
  std::size_t crowded_ = 16;  ///< so many keepers: some of them will be gone
};

}  // namespace mux::inline v0::client_detail
