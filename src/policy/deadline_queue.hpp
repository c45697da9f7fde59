#pragma once

#include <array>
#include <cstdint>

#include "policy/instant.hpp"
#include "policy/waiter.hpp"

namespace mux::inline v0::policy {

/// The deadlines of waiters, earliest first: a radix heap whose links lie in the waiters. No allocation;
/// insertion and removal of any waiter in O(1); each waiter is moved at most once a bucket on its way to its
/// deadline. Works in ticks of 1,024 ns; a deadline is past at most two ticks after its instant.
class deadline_queue {
 public:
  void insert(waiter& w, instant now) noexcept;
  /// Does nothing for a waiter that is not in.
  void remove(waiter& w) noexcept;
  /// Takes out one waiter whose deadline is past; null if there is none.
  waiter* pop_expired(instant now) noexcept;
  /// No deadline is past before this; `never` if the queue is empty.
  [[nodiscard]] instant earliest() const noexcept;

 private:
  static constexpr int bucket_count = 54;  ///< 53 bits of ticks: longer than an instant can say
  void put(waiter& w) noexcept;
  void advance(std::uint64_t to) noexcept;

  std::array<waiter*, bucket_count> buckets_{};
  std::uint64_t occupied_ = 0;  ///< bit i: bucket i is not empty
  std::uint64_t clock_ = 0;     ///< ticks; no deadline in buckets 1 and up is at or before it
};

}  // namespace mux::inline v0::policy
