#include "policy/deadline_queue.hpp"

#include <algorithm>
#include <bit>

namespace mux::inline v0::policy {

namespace {

std::uint64_t elapsed_ticks(instant now) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(now.count(), 0) / tick);
}

/// The first tick in which all instants are later than the deadline.
std::uint64_t deadline_tick(instant deadline) noexcept {
  return elapsed_ticks(std::min(deadline, never)) + 1;
}

}  // namespace

// A bucket holds the deadlines that first differ from the clock in the same bit; those that are past lie in
// bucket 0.
void deadline_queue::put(waiter& w) noexcept {
  const std::uint64_t due = deadline_tick(w.deadline);
  const int bucket = due <= clock_ ? 0 : std::bit_width(due ^ clock_);
  waiter*& first = buckets_[static_cast<std::size_t>(bucket)];
  w.deadline_bucket = static_cast<std::int8_t>(bucket);
  w.deadline_before = nullptr;
  w.deadline_after = first;
  if (first) first->deadline_before = &w;
  first = &w;
  occupied_ |= std::uint64_t{1} << bucket;
}

void deadline_queue::insert(waiter& w, instant now) noexcept {
  advance(elapsed_ticks(now));
  put(w);
}

void deadline_queue::remove(waiter& w) noexcept {
  if (w.deadline_bucket < 0) return;
  waiter*& first = buckets_[static_cast<std::size_t>(w.deadline_bucket)];
  (w.deadline_before ? w.deadline_before->deadline_after : first) = w.deadline_after;
  if (w.deadline_after) w.deadline_after->deadline_before = w.deadline_before;
  if (!first) occupied_ &= ~(std::uint64_t{1} << w.deadline_bucket);
  w.deadline_bucket = -1;
}

void deadline_queue::advance(std::uint64_t to) noexcept {
  if (to <= clock_) return;
  // Buckets above the highest changed bit keep their meaning; in those below, every deadline is past.
  const int top = std::bit_width(clock_ ^ to);
  clock_ = to;
  const std::uint64_t touched = occupied_ & ((std::uint64_t{2} << top) - 2);
  for (std::uint64_t left = touched; left != 0; left &= left - 1) {
    const int bucket = std::countr_zero(left);
    waiter* w = buckets_[static_cast<std::size_t>(bucket)];
    buckets_[static_cast<std::size_t>(bucket)] = nullptr;
    occupied_ &= ~(std::uint64_t{1} << bucket);
    while (w) {
      waiter* const next = w->deadline_after;
      put(*w);
      w = next;
    }
  }
}

waiter* deadline_queue::pop_expired(instant now) noexcept {
  if (occupied_ == 0) return nullptr;
  advance(elapsed_ticks(now));
  waiter* const w = buckets_[0];
  if (w) remove(*w);
  return w;
}

instant deadline_queue::earliest() const noexcept {
  if (occupied_ == 0) return never;
  const int bucket = std::countr_zero(occupied_);
  const waiter& first = *buckets_[static_cast<std::size_t>(bucket)];
  if (bucket == 0) return instant(static_cast<std::int64_t>(clock_) * tick);
  if (!first.deadline_after) return instant(static_cast<std::int64_t>(deadline_tick(first.deadline)) * tick);
  // The least number that differs from the clock in this bit first.
  const std::uint64_t bit = std::uint64_t{1} << (bucket - 1);
  const std::uint64_t least = (clock_ | (bit - 1)) + 1;
  return instant(
      static_cast<std::int64_t>(std::min(least, static_cast<std::uint64_t>(never.count() / tick))) * tick);
}

}  // namespace mux::inline v0::policy
