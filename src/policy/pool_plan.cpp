#include "policy/pool_plan.hpp"

#include <algorithm>
#include <utility>

namespace mux::inline v0::policy {

void pool_plan::drop_oldest() {
  dropped_.push_back(idle_.front().connection);
  idle_.erase(idle_.begin());
  --taken_;
}

pool_plan::decision pool_plan::ask(freshness how, time_point now) {
  const nanoseconds longest =
      how == freshness::recent ? std::min(limits_.idle_when_recent, limits_.idle) : limits_.idle;
  if (how != freshness::unused && !idle_.empty() && now - idle_.back().since <= longest) {
    const std::uint64_t connection = idle_.back().connection;
    idle_.pop_back();
    return {verdict::reuse, connection};
  }
  if (taken_ >= limits_.most && !idle_.empty()) drop_oldest();
  if (taken_ < limits_.most) {
    ++taken_;
    return {verdict::open, 0};
  }
  const std::uint64_t ticket = next_ticket_++;
  waiting_.insert(waiting_.end(), ticket);
  return {verdict::wait, ticket};
}

std::optional<pool_plan::grant> pool_plan::give_back(std::uint64_t connection, time_point now) {
  if (waiting_.empty()) {
    idle_.push_back({connection, now});
    return std::nullopt;
  }
  const std::uint64_t first = waiting_.extract(waiting_.begin()).value();
  return grant{first, verdict::reuse};
}

std::optional<pool_plan::grant> pool_plan::lose() {
  if (waiting_.empty()) {
    --taken_;
    return std::nullopt;
  }
  const std::uint64_t first = waiting_.extract(waiting_.begin()).value();
  return grant{first, verdict::open};
}

bool pool_plan::leave(std::uint64_t ticket) {
  return waiting_.erase(ticket) == 1;
}

std::vector<std::uint64_t> pool_plan::expire(time_point now) {
  while (!idle_.empty() && now - idle_.front().since > limits_.idle) drop_oldest();
  return std::exchange(dropped_, {});
}

std::vector<std::uint64_t> pool_plan::clear() {
  while (!idle_.empty()) drop_oldest();
  return std::exchange(dropped_, {});
}

}  // namespace mux::inline v0::policy
