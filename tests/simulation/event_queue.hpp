#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "policy/instant.hpp"

namespace mux::inline v0::simulation {

using policy::duration;
using policy::instant;

/// Virtual time: what is due runs in the order of its instants, and in the order of its coming where those
/// are equal. Time stands still while something runs.
class event_queue {
 public:
  using action = std::function<void()>;

  [[nodiscard]] instant now() const { return now_; }
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  /// An instant that has passed counts as now.
  void at(instant when, action what);
  void after(duration wait, action what) { at(now_ + wait, std::move(what)); }
  /// Runs everything that is due up to and at `end`; it is `end` then.
  void run_until(instant end);
  /// Runs what is left, but nothing later than `end`. False if something is left.
  bool run_out(instant end);

 private:
  struct event {
    instant when;
    std::uint64_t number;
    action what;
  };
  static bool later(const event& a, const event& b) {
    return a.when != b.when ? a.when > b.when : a.number > b.number;
  }
  void run_first();

  std::vector<event> heap_;
  instant now_{0};
  std::uint64_t events_ = 0;
};

}  // namespace mux::inline v0::simulation
