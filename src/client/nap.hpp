#pragma once

#include <memory>
#include <vector>

#include "client/parking.hpp"
#include "client/suspension.hpp"

namespace mux::inline v0::client_detail {

/// The sleep of one coroutine that waits in no queue. Held by a shared pointer.
class nap final : public keeper, public std::enable_shared_from_this<nap> {
 public:
  /// To be named and then awaited: over after `release` or a cancellation.
  auto wait() { return sleep_.wait(*this); }
  /// Thread-safe; further calls do nothing.
  void release() { sleep_.release(); }
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

  std::vector<std::shared_ptr<void>> take_sleepers(asio::execution_context& context) override {
    std::vector<std::shared_ptr<void>> handlers;
    if (sleep_.asleep_on(context)) handlers.push_back(sleep_.take_away());
    return handlers;
  }

 private:
  friend class suspension;
  void on_sleep(asio::execution_context& context) {
    asio::use_service<parking>(context).add(shared_from_this());
  }
  void on_cancel() {
    cancelled_ = true;
    release();
  }

  suspension sleep_;
  bool cancelled_ = false;
};

}  // namespace mux::inline v0::client_detail
