#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "policy/instant.hpp"

namespace mux::inline v0::simulation {

/// A seed of its own for each of the parts that draw from one seed.
inline std::uint64_t derive(std::uint64_t seed, std::uint64_t part) {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15 * (part + 1);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/// Chance that is the same with every standard library: the engine is specified to the bit, the standard's
/// distributions are not.
class random {
 public:
  explicit random(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }
  bool chance(double probability) { return uniform() < probability; }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(uniform() * static_cast<double>(n)); }

 private:
  std::mt19937_64 engine_;
};

inline policy::duration seconds(double s) {
  return policy::duration(static_cast<std::int64_t>(std::llround(s * 1e9)));
}
inline double seconds(policy::duration d) {
  return static_cast<double>(d.count()) * 1e-9;
}

}  // namespace mux::inline v0::simulation
