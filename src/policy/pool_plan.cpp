#include "policy/pool_plan.hpp"

#include <algorithm>
#include <utility>

namespace mux::inline v0::policy {
namespace {

// The server closes at its limit; a request that is on its way then is lost.
constexpr std::chrono::seconds before_the_server{1};

auto first_without_place(const auto& waiting) {
  return std::find_if(waiting.begin(), waiting.end(), [](const auto& one) { return !one.second.opening; });
}

// Longer spans would leave the clock's range.
constexpr pool_plan::nanoseconds longest = std::chrono::hours(24 * 3650);

}  // namespace

pool_plan::pool_plan(limits bounds) : limits_(bounds) {
  limits_.idle = std::min(limits_.idle, longest);
  limits_.age = std::min(limits_.age, longest);
}

std::size_t pool_plan::add_host() {
  hosts_.emplace_back();
  return hosts_.size() - 1;
}

void pool_plan::drop(host_state& at, std::vector<idler>::iterator which) {
  closing_.push_back(which->connection);
  at.idle.erase(which);
  --at.taken;
  --taken_;
}

bool pool_plan::drop_oldest() {
  host_state* oldest = nullptr;
  for (host_state& one : hosts_)
    if (!one.idle.empty() && (oldest == nullptr || one.idle.front().since < oldest->idle.front().since))
      oldest = &one;
  if (oldest != nullptr) drop(*oldest, oldest->idle.begin());
  return oldest != nullptr;
}

void pool_plan::expire(time_point now) {
  if (now <= next_expiry_) return;
  next_expiry_ = time_point::max();
  for (host_state& one : hosts_) {
    for (std::size_t i = one.idle.size(); i-- > 0;) {
      if (one.idle[i].until < now)
        drop(one, one.idle.begin() + static_cast<std::ptrdiff_t>(i));
      else
        next_expiry_ = std::min(next_expiry_, one.idle[i].until);
    }
  }
}

pool_plan::decision pool_plan::ask(std::size_t host, freshness how, time_point now) {
  expire(now);
  host_state& at = hosts_[host];
  if (how != freshness::unused && !at.idle.empty() &&
      (how == freshness::any || now - at.idle.back().since <= limits_.idle_when_recent)) {
    const std::uint64_t connection = at.idle.back().connection;
    at.idle.pop_back();
    return {verdict::reuse, connection};
  }
  if (at.taken >= limits_.per_host) {
    if (!at.idle.empty()) drop(at, at.idle.begin());
  } else if (taken_ >= limits_.total) {
    drop_oldest();
  }
  const std::uint64_t ticket = next_ticket_++;
  const bool room = at.taken < limits_.per_host && taken_ < limits_.total;
  at.waiting.emplace_hint(at.waiting.end(), ticket, waiter{how, room});
  if (!room) {
    ++waiting_;
    return {verdict::wait, ticket};
  }
  ++at.taken;
  ++taken_;
  return {verdict::open, ticket};
}

bool pool_plan::reserve(std::size_t host, std::size_t wanted) {
  host_state& at = hosts_[host];
  if (at.taken >= std::min(wanted, limits_.per_host) || taken_ >= limits_.total) return false;
  ++at.taken;
  ++taken_;
  return true;
}

pool_plan::host_state* pool_plan::neediest(const host_state* but) {
  if (waiting_ == 0) return nullptr;
  host_state* best = nullptr;
  std::uint64_t earliest = 0;
  for (host_state& one : hosts_) {
    if (&one == but || one.taken >= limits_.per_host) continue;
    const auto first = first_without_place(one.waiting);
    if (first == one.waiting.end()) continue;
    if (best == nullptr || std::pair(one.taken, first->first) < std::pair(best->taken, earliest)) {
      best = &one;
      earliest = first->first;
    }
  }
  return best;
}

pool_plan::grant pool_plan::serve(host_state& at) {
  const auto first = first_without_place(at.waiting);
  const std::uint64_t ticket = first->first;
  at.waiting.at(ticket).opening = true;
  --waiting_;
  ++at.taken;
  ++taken_;
  return {ticket, verdict::open};
}

std::optional<pool_plan::grant> pool_plan::give_back(std::size_t host, std::uint64_t connection,
                                                     const vitals& of, time_point now) {
  host_state& at = hosts_[host];
  const bool bounded = limits_.age > nanoseconds::zero();
  if (bounded && now - of.born > limits_.age) {
    closing_.push_back(connection);
    return lose(host);
  }
  const auto make_room = [&](host_state& next) {
    closing_.push_back(connection);
    --at.taken;
    --taken_;
    return serve(next);
  };
  const auto first = std::find_if(at.waiting.begin(), at.waiting.end(), [&](const auto& one) {
    return !one.second.opening || one.second.how != freshness::unused || of.unused;
  });
  host_state* const other = neediest(&at);
  if (other != nullptr) {
    const bool richer = at.taken > other->taken + 1;
    const bool last_in_turn =
        other->taken == 0 &&
        (first == at.waiting.end() || first_without_place(other->waiting)->first < first->first);
    if (richer || last_in_turn || first == at.waiting.end()) return make_room(*other);
  }
  if (first != at.waiting.end()) {
    const std::uint64_t ticket = first->first;
    const waiter found = first->second;
    if (found.how == freshness::unused && !of.unused) return make_room(at);
    if (!found.opening) --waiting_;
    at.waiting.erase(first);
    return grant{ticket, verdict::reuse};
  }
  time_point until = now + limits_.idle;
  if (of.keep_alive)
    until = std::min(until, now + std::max(nanoseconds::zero(), *of.keep_alive - before_the_server));
  if (bounded) until = std::min(until, of.born + limits_.age);
  at.idle.push_back({connection, now, until});
  next_expiry_ = std::min(next_expiry_, until);
  return std::nullopt;
}

std::optional<pool_plan::grant> pool_plan::lose(std::size_t host) {
  --hosts_[host].taken;
  --taken_;
  host_state* const next = neediest();
  if (next == nullptr) return std::nullopt;
  return serve(*next);
}

bool pool_plan::leave(std::size_t host, std::uint64_t ticket) {
  auto& waiting = hosts_[host].waiting;
  const auto found = waiting.find(ticket);
  if (found == waiting.end()) return false;
  if (!found->second.opening) --waiting_;
  waiting.erase(found);
  return true;
}

bool pool_plan::evict() {
  return drop_oldest();
}

void pool_plan::clear() {
  while (drop_oldest()) continue;
}

std::vector<std::uint64_t> pool_plan::closing(time_point now) {
  expire(now);
  return std::exchange(closing_, {});
}

std::size_t pool_plan::idle() const noexcept {
  std::size_t all = 0;
  for (const host_state& one : hosts_) all += one.idle.size();
  return all;
}

}  // namespace mux::inline v0::policy
