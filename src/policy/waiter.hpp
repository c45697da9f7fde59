#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

struct flow;

/// Place of a call that got its turn without queueing.
inline constexpr std::uint64_t first_place = 1;

/// A call that waits; lives where the call lives, which must outlast its stay in the queue.
struct waiter {
  // What the caller says.
  instant deadline = never;
  std::uint64_t key = 0;    ///< of whoever makes the call: keys of one band are served in turn; 0: nobody's
  std::uint64_t place = 0;  ///< 0 for a newcomer; a call that returns, as it was refused, brings its old one

  // What the queues say.
  flow* in = nullptr;
  waiter* before = nullptr;
  waiter* after = nullptr;
  waiter* deadline_before = nullptr;
  waiter* deadline_after = nullptr;

  // Small things last, as what is derived may use the room behind them.
  std::uint8_t band = 1;  ///< said by the caller: 0 (served most) to 3
  bool queued = false;
  std::int8_t deadline_bucket = -1;  ///< -1: in no deadline queue
};
static_assert(sizeof(waiter) <= 96);

/// A first-in-first-out list of waiters, linked through themselves.
class waiter_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return !first_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] waiter* front() const noexcept { return first_; }
  [[nodiscard]] waiter* back() const noexcept { return last_; }
  void push_back(waiter& w) noexcept { insert_after(last_, w); }
  /// Null for the front.
  void insert_after(waiter* at, waiter& w) noexcept {
    w.before = at;
    w.after = at ? at->after : first_;
    (at ? at->after : first_) = &w;
    (w.after ? w.after->before : last_) = &w;
    ++size_;
  }
  void remove(waiter& w) noexcept {
    (w.before ? w.before->after : first_) = w.after;
    (w.after ? w.after->before : last_) = w.before;
    w.before = w.after = nullptr;
    --size_;
  }
  waiter* pop_front() noexcept {
    waiter* w = first_;
    if (w) remove(*w);
    return w;
  }

 private:
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace mux::inline v0::policy
