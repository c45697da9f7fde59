#include "simulation/event_queue.hpp"

#include <algorithm>

namespace mux::inline v0::simulation {

void event_queue::at(instant when, action what) {
  heap_.push_back({std::max(when, now_), ++events_, std::move(what)});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

void event_queue::run_first() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  event first = std::move(heap_.back());
  heap_.pop_back();
  now_ = first.when;
  first.what();
}

void event_queue::run_until(instant end) {
  run_out(end);
  now_ = std::max(now_, end);
}

bool event_queue::run_out(instant end) {
  while (!heap_.empty() && heap_.front().when <= end) run_first();
  return heap_.empty();
}

}  // namespace mux::inline v0::simulation
