#include "client/parking.hpp"

#include <algorithm>
#include <utility>

namespace mux::inline v0::client_detail {

asio::execution_context::id parking::id;

void parking::add(const std::shared_ptr<keeper>& one) {
  const std::scoped_lock lock(mutex_);
  if (keepers_.size() >= crowded_) {
    std::erase_if(keepers_, [](const auto& k) { return k.second.expired(); });
    crowded_ = std::max(crowded_, 2 * keepers_.size());
  }
  keepers_.insert_or_assign(one.get(), one);
}

void parking::shutdown() noexcept {
  std::unordered_map<const keeper*, std::weak_ptr<keeper>> keepers;
  {
    const std::scoped_lock lock(mutex_);
    keepers = std::exchange(keepers_, {});
  }
  // All of them are taken before the first is destroyed, as its coroutine may end a client that wakes others.
  std::vector<std::vector<std::shared_ptr<void>>> handlers;
  for (const auto& k : keepers)
    if (const auto present = k.second.lock()) handlers.push_back(present->take_sleepers(context()));
}

}  // namespace mux::inline v0::client_detail
