#include "simulation/machine.hpp"

namespace mux::inline v0::simulation {

void machine::at(instant when, event_queue::action what) {
  events_.at(when + slept_, [this, when, what = std::move(what)]() mutable {
    deliver([this, when, what = std::move(what)]() mutable {
      // It slept in between: the clock has not come so far yet.
      if (now() < when) return at(when, std::move(what));
      what();
    });
  });
}

void machine::deliver(event_queue::action what) {
  if (asleep_)
    waiting_.push_back(std::move(what));
  else
    what();
}

void machine::fall_asleep() {
  if (asleep_) return;
  fell_asleep_ = events_.now();
  asleep_ = true;
}

void machine::wake_up() {
  if (!asleep_) return;
  slept_ += events_.now() - fell_asleep_;
  asleep_ = false;
  for (const event_queue::action& what : first_thing_) what();
  std::vector<event_queue::action> late;
  late.swap(waiting_);
  for (const event_queue::action& what : late) what();
}

}  // namespace mux::inline v0::simulation
