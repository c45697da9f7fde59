#include "policy/fair_queue.hpp"

#include <algorithm>
#include <new>

namespace mux::inline v0::policy {

flow& fair_queue::flow_of(band& b, std::uint64_t key) noexcept {
  if (key == 0) return b.keyless;
  try {
    return b.keyed[key];
  } catch (const std::bad_alloc&) {
    return b.keyless;
  }
}

void fair_queue::push(waiter& w) noexcept {
  band& b = bands_[w.band];
  if (w.place != 0) {
    waiter* at = b.returning.waiting.back();
    while (at && at->place > w.place) at = at->before;
    b.returning.waiting.insert_after(at, w);
    w.in = &b.returning;
  } else {
    w.place = ++places_;
    flow& f = flow_of(b, w.key);
    if (f.waiting.empty()) {  // enters the ring behind everybody
      f.after = b.turn ? b.turn : &f;
      f.before = b.turn ? b.turn->before : &f;
      f.before->after = &f;
      f.after->before = &f;
      if (!b.turn) b.turn = &f;
      ++b.flows;
    }
    f.waiting.push_back(w);
    w.in = &f;
  }
  w.queued = true;
  ++b.size;
  ++size_;
}

void fair_queue::remove(waiter& w) noexcept {
  band& b = bands_[w.band];
  flow& f = *w.in;
  f.waiting.remove(w);
  w.in = nullptr;
  w.queued = false;
  --b.size;
  --size_;
  if (&f == &b.returning || !f.waiting.empty()) return;
  f.before->after = f.after;
  f.after->before = f.before;
  if (b.turn == &f) b.turn = f.after == &f ? nullptr : f.after;
  --b.flows;
  if (&f != &b.keyless) b.keyed.erase(w.key);
}

waiter& fair_queue::head(band& b) noexcept {
  if (!b.returning.waiting.empty()) return *b.returning.waiting.front();
  waiter& w = *b.turn->waiting.front();
  b.turn = b.turn->after;
  return w;
}

waiter& fair_queue::pop() noexcept {
  // An empty band keeps no credit for later, as usual in deficit round robin.
  while (bands_[turn_].size == 0 || bands_[turn_].credit == 0) {
    turn_ = (turn_ + 1) % band_count;
    bands_[turn_].credit = weights[turn_];
  }
  band& b = bands_[turn_];
  --b.credit;
  waiter& w = head(b);
  remove(w);
  return w;
}

std::size_t fair_queue::before(std::uint8_t which, std::uint64_t key, bool returning) const noexcept {
  const band& b = bands_[which];
  std::size_t in_band = b.returning.waiting.size();
  if (!returning) {
    const flow* own = &b.keyless;
    if (key != 0) {
      const auto found = b.keyed.find(key);
      own = found == b.keyed.end() ? nullptr : &found->second;
    }
    const std::size_t in_flow = own ? own->waiting.size() : 0;
    const std::size_t others = b.flows - (in_flow > 0 ? 1 : 0);
    // While its own flow is served `in_flow` times, each other one gets at most one turn more.
    in_band = std::min(b.size, in_band + in_flow + others * (in_flow + 1));
  }
  // So often its band is served from now on until it goes itself, even if the round under way is over for the
  // band; until then every other band is served as often and gets its weight each time.
  const std::size_t rounds = in_band / static_cast<std::size_t>(weights[which]) + 1;
  std::size_t all = in_band;
  for (std::size_t i = 0; i < band_count; ++i)
    if (i != which) all += std::min(bands_[i].size, rounds * static_cast<std::size_t>(weights[i]));
  return all;
}

waiter_list fair_queue::clear() noexcept {
  waiter_list all;
  while (size_ > 0) all.push_back(pop());
  return all;
}

}  // namespace mux::inline v0::policy
