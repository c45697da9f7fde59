#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "policy/scheduler.hpp"
#include "simulation/checks.hpp"
#include "simulation/event_queue.hpp"

namespace mux::inline v0::simulation {

/// Where clients run: a clock that stands still while the machine sleeps, and the limiter's state that its
/// processes share, if they do.
class machine {
 public:
  explicit machine(event_queue& events) : events_(events) {}

  [[nodiscard]] instant now() const { return (asleep_ ? fell_asleep_ : events_.now()) - slept_; }
  /// Runs `what` when this machine's clock says `when`; later if it sleeps then.
  void at(instant when, event_queue::action what);
  /// Runs `what` now, or when the machine is awake again.
  void deliver(event_queue::action what);

  void fall_asleep();
  void wake_up();
  /// Called by `wake_up` before everything that had to wait.
  void on_wake(event_queue::action what) { first_thing_.push_back(std::move(what)); }

  // Of the processes that share the limiter's state; otherwise of the one client.
  std::optional<policy::limit_state> stored;
  conformance sent;
  std::vector<const policy::scheduler*> schedulers;

 private:
  event_queue& events_;
  duration slept_{0};
  instant fell_asleep_{0};
  bool asleep_ = false;
  std::vector<event_queue::action> first_thing_;
  std::vector<event_queue::action> waiting_;
};

}  // namespace mux::inline v0::simulation
