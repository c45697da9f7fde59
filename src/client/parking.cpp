#include "client/parking.hpp"

#include <vector>

namespace mux::inline v0::client_detail {

asio::execution_context::id parking::id;

void parked::enter(asio::execution_context& context) {
  lot_ = &asio::use_service<parking>(context);
  const std::scoped_lock lock(lot_->mutex_);
  before_ = nullptr;
  after_ = lot_->first_;
  if (after_) after_->before_ = this;
  lot_->first_ = this;
}

void parked::leave() noexcept {
  if (!lot_) return;
  const std::scoped_lock lock(lot_->mutex_);
  (before_ ? before_->after_ : lot_->first_) = after_;
  if (after_) after_->before_ = before_;
  before_ = after_ = nullptr;
  lot_ = nullptr;
}

void parking::shutdown() noexcept {
  std::vector<std::shared_ptr<void>> handlers;
  for (;;) {
    parked* one = nullptr;
    {
      const std::scoped_lock lock(mutex_);
      one = first_;
    }
    if (!one) break;
    one->leave();
    handlers.push_back(one->surrender());
  }
}

}  // namespace mux::inline v0::client_detail
