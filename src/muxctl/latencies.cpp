#include "muxctl/latencies.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::muxctl {

namespace {

using std::chrono::milliseconds;

// Where bucket `i` of `per_octave` begins; the first one holds everything below its end.
milliseconds edge(std::size_t i, std::size_t per_octave) noexcept {
  return milliseconds(std::llround(std::exp2(static_cast<double>(i) / static_cast<double>(per_octave))));
}

}  // namespace

void latencies::add(milliseconds took) noexcept {
  const double ms = static_cast<double>(std::max<std::int64_t>(1, took.count()));
  const auto at = static_cast<std::size_t>(std::log2(ms) * per_octave);
  ++buckets_[std::min(at, buckets_.size() - 1)];
  ++count_;
  longest_ = std::max(longest_, took);
}

milliseconds latencies::quantile(double share) const noexcept {
  const double wanted = share * static_cast<double>(count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > 0 && static_cast<double>(seen) >= wanted) return std::min(edge(i + 1, per_octave), longest_);
  }
  return longest_;
}

std::vector<latencies::bar> latencies::bars() const {
  constexpr std::size_t together = per_octave / 2;
  std::vector<bar> found;
  for (std::size_t i = 0; i < buckets_.size(); i += together) {
    std::uint64_t count = 0;
    for (std::size_t j = i; j < i + together; ++j) count += buckets_[j];
    found.push_back({i == 0 ? milliseconds(0) : edge(i, per_octave), edge(i + together, per_octave), count});
  }
  const auto filled = [](const bar& b) { return b.count > 0; };
  found.erase(std::find_if(found.rbegin(), found.rend(), filled).base(), found.end());
  found.erase(found.begin(), std::find_if(found.begin(), found.end(), filled));
  return found;
}

}  // namespace mux::inline v0::muxctl
