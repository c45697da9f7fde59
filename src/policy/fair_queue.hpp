#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "policy/waiter.hpp"

namespace mux::inline v0::policy {

inline constexpr std::size_t band_count = 4;

/// The waiters of one key in one band, first in first out.
struct flow {
  waiter_list waiting;
  flow* before = nullptr;  ///< in the ring of flows that have waiters
  flow* after = nullptr;
};

/// Who goes next: four bands by deficit round robin in the ratio 8:4:2:1; within a band the keys in turn, so
/// that one big batch does not hold up the others; within a key first in, first out. A call that comes back
/// after a refusal goes ahead of its band, in the order of first arrival. Insertion, removal of any waiter
/// and the next one in O(1); a key that appears in a band for the first time costs an allocation, and shares
/// the queue of the keyless if there is no memory.
class fair_queue {
 public:
  fair_queue() = default;
  fair_queue(const fair_queue&) = delete;
  fair_queue& operator=(const fair_queue&) = delete;

  /// Gives a newcomer its place.
  void push(waiter& w) noexcept;
  void remove(waiter& w) noexcept;
  /// Takes out the one that goes next. Not empty.
  waiter& pop() noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// At most so many of those that are here now go before a newcomer of that band and key, or before one that
  /// comes back.
  [[nodiscard]] std::size_t before(std::uint8_t band, std::uint64_t key, bool returning) const noexcept;
  /// Takes out everybody.
  waiter_list clear() noexcept;
  /// Calls `see(waiter&)` for everybody, in no particular order.
  template <class See>
  void for_each(See&& see) const {
    const auto all_of = [&](const flow& f) {
      for (waiter* w = f.waiting.front(); w; w = w->after) see(*w);
    };
    for (const band& b : bands_) {
      all_of(b.returning);
      all_of(b.keyless);
      for (const auto& keyed : b.keyed) all_of(keyed.second);
    }
  }

 private:
  struct band {
    flow returning;  ///< not in the ring: it comes first
    flow keyless;
    std::unordered_map<std::uint64_t, flow> keyed;
    flow* turn = nullptr;  ///< the flow in the ring that is served next
    std::size_t flows = 0;
    std::size_t size = 0;
    int credit = 0;
  };
  flow& flow_of(band& b, std::uint64_t key) noexcept;
  static waiter& head(band& b) noexcept;

  static constexpr std::array<int, band_count> weights = {8, 4, 2, 1};

  std::array<band, band_count> bands_;
  std::size_t turn_ = band_count - 1;
  std::size_t size_ = 0;
  std::uint64_t places_ = first_place;
};

}  // namespace mux::inline v0::policy
