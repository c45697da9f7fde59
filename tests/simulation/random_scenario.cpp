#include <algorithm>

#include "simulation/scenario.hpp"

namespace mux::inline v0::simulation {

namespace {

limit_description any_limit(random& dice) {
  constexpr double rates[] = {0.5, 1, 2, 5, 10};
  constexpr double sizes[] = {1, 2, 5, 10, 30, 100};
  constexpr double windows[] = {1, 2, 10, 30, 60};
  limit_description limit;
  limit.kind = static_cast<limit_kind>(dice.below(3));
  limit.rate = rates[dice.below(std::size(rates))];
  limit.size = limit.kind == limit_kind::bucket ? sizes[dice.below(std::size(sizes))]
                                                : windows[dice.below(std::size(windows))];
  return limit;
}

fault_rates any_faults(random& dice) {
  fault_rates f;
  if (dice.chance(0.5)) return f;
  for (double* rate : {&f.error_before, &f.error_after, &f.lost_before, &f.lost_after, &f.silent, &f.cut_body,
                       &f.nothing_sent})
    if (dice.chance(0.4)) *rate = dice.between(0, 0.1);
  f.forbidden = dice.chance(0.3) ? 0.3 : 0;
  f.busy_after = dice.chance(0.3) ? 0.5 : 0;
  return f;
}

client_description any_client(random& dice, const limit_description& limit, double length) {
  client_description c;
  c.settings.rate = limit.rate * (dice.chance(0.8) ? 1 : dice.between(0.5, 2));
  if (dice.chance(0.4))
    c.settings.burst = limit.kind == limit_kind::bucket && dice.chance(0.7)
                           ? static_cast<int>(limit.size)
                           : 1 + static_cast<int>(dice.below(50));
  c.settings.discover = dice.chance(0.2);
  switch (dice.below(3)) {
    case 0:
      c.at_once = 1 + dice.below(30);
      break;
    case 1:
      c.calls = c.at_once = 1 + dice.below(150);
      break;
    default:
      c.every = dice.between(0.1, 5) / limit.rate;
  }
  c.creates = dice.chance(0.5) ? dice.uniform() : 0;
  c.keys = dice.chance(0.3) ? 1 + dice.below(5) : 1;
  c.all_bands = dice.chance(0.3);
  c.starts = dice.chance(0.3) ? dice.between(0, length / 2) : 0;
  c.leaves = dice.chance(0.3) ? dice.between(c.starts, length) : 0;
  c.deadline = dice.chance(0.3) ? dice.between(0.1, 40) : 0;
  c.cancelled = dice.chance(0.3) ? dice.between(0, 0.5) : 0;
  c.patience = dice.between(0.1, 30);
  c.connect = dice.chance(0.3) ? dice.between(0.001, 0.5) : 0;
  c.disconnected = dice.chance(0.3) ? dice.between(0, 0.3) : 0;
  c.share_state = dice.chance(0.3);
  for (double at = c.starts; dice.chance(0.25);) {
    at += dice.between(1, length / 3);
    const double sleep = dice.chance(0.8) ? dice.between(0.1, 60) : dice.between(600, 90'000);
    c.suspends.emplace_back(at, sleep);
    at += sleep;
  }
  return c;
}

}  // namespace

scenario random_scenario(std::uint64_t seed) {
  random dice(derive(seed, 0));
  scenario s;
  s.name = "storm";
  s.seed = seed;
  s.seconds = dice.between(20, 300);
  s.server.limit = any_limit(dice);
  if (dice.chance(0.5)) s.server.headers = static_cast<header_form>(dice.below(6));
  if (dice.chance(0.5)) s.server.retry_after = static_cast<retry_after_form>(dice.below(5));
  s.server.faults = any_faults(dice);
  if (dice.chance(0.2)) s.foreign = s.server.limit.rate * dice.between(0, 1.2);
  s.finish = dice.chance(0.5);
  for (std::size_t left = 1 + dice.below(dice.chance(0.5) ? 4 : 20); left > 0;) {
    client_description c = any_client(dice, s.server.limit, s.seconds);
    c.count = 1 + dice.below(std::min<std::size_t>(left, 5));
    left -= c.count;
    s.clients.push_back(c);
  }
  return s;
}

}  // namespace mux::inline v0::simulation
