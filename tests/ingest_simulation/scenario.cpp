#include "ingest_simulation/scenario.hpp"

#include <algorithm>
#include <cmath>

#include "simulation/random.hpp"

namespace mux::inline v0::ingest::simulation {
namespace {

/// In [low, high), evenly spread over the orders of magnitude.
double of_any_size(mux::simulation::random& chance, double low, double high) {
  return low * std::pow(high / low, chance.uniform());
}

scenario everyday(std::uint64_t seed, mux::simulation::random& chance) {
  scenario job;
  job.seed = seed;
  job.latency = of_any_size(chance, 0.03, 0.6);
  job.lag = chance.between(0, 5);
  job.late = chance.between(0, 20);
  const double sick = chance.chance(0.5) ? of_any_size(chance, 0.0002, 0.005) : 0;
  job.chance.answer_lost = job.chance.reset = job.chance.error_before = job.chance.error_after = sick;
  job.chance.late_effect = job.chance.late_answer = sick / 2;
  job.burst = 1 + static_cast<int>(chance.below(20));
  job.burst_known = chance.chance(0.5);
  return job;
}

}  // namespace

scenario every_trouble(std::uint64_t seed, std::uint64_t urls, std::uint64_t files) {
  mux::simulation::random chance(mux::simulation::derive(seed, 0));
  scenario job;
  job.seed = seed;
  job.urls = urls;
  job.files = files;
  job.bad = 0.002;
  job.rate = chance.between(20, 60);
  job.burst = 2 + static_cast<int>(chance.below(20));
  job.burst_known = chance.chance(0.5);
  job.newest_first = chance.chance(0.8);
  job.latency = chance.between(0.02, 0.15);
  troubles& each = job.chance;
  each.answer_lost = each.reset = each.error_before = each.error_after = each.late_effect = 0.01;
  each.late_answer = 0.01;
  each.unreadable = 0.005;
  each.unreachable = 0.001;
  each.page = 0.0001;
  each.look = 0.002;
  each.cut = 0.02;
  each.expired = 0.002;
  each.errored = 0.001;
  const double length = static_cast<double>(job.rows()) / job.rate;
  for (int i = 0; i < 3; ++i) job.aborts.push_back(chance.between(0, length));
  // Others use the limit for a while, so that the server refuses.
  const double others = chance.between(0.1, 0.6) * length;
  job.changes = {{others, 0.7 * job.rate}, {others + 0.2 * length, job.rate}};
  return job;
}

scenario everyday_job(std::uint64_t seed) {
  mux::simulation::random chance(mux::simulation::derive(seed, 1));
  scenario job = everyday(seed, chance);
  // Others begin or cease to use the limit while the job is young.
  const bool changing = chance.chance(0.4);
  job.rate = of_any_size(chance, 1, 5);
  const double shortest = changing ? 3'600 : 900;
  const double length = of_any_size(chance, shortest, std::max(1.1 * shortest, 4'000 / job.rate));
  job.urls = static_cast<std::uint64_t>(length * job.rate);
  if (changing) job.changes.push_back({chance.between(0, 0.01) * length, job.rate * chance.between(0.4, 1)});
  return job;
}

scenario everyday_files(std::uint64_t seed) {
  mux::simulation::random chance(mux::simulation::derive(seed, 2));
  scenario job = everyday(seed, chance);
  job.rate = of_any_size(chance, 1, 5);
  job.files = 100 + chance.below(400);
  job.largest_file = static_cast<std::uint64_t>(of_any_size(chance, 50e6, 2e9));
  job.bytes_a_second = of_any_size(chance, 0.5e6, 10e6);
  job.chance.cut = job.chance.reset / 4;
  return job;
}

}  // namespace mux::inline v0::ingest::simulation
