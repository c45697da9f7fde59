#include "muxctl/latencies.hpp"

#include <algorithm>
#include <bit>

namespace mux::inline v0::muxctl {

using std::chrono::seconds;

// From 64 on an octave has as many buckets as its four upper bits below the first have values.
std::size_t latencies::bucket_of(std::int64_t time) noexcept {
  const auto value = static_cast<std::uint64_t>(time);
  if (value < exact) return value;
  const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 7;
  const std::size_t within = (value >> (octave + 2)) - per_octave;
  return std::min(exact + octave * per_octave + within, exact + per_octave * octaves - 1);
}

std::int64_t latencies::end_of(std::size_t bucket) noexcept {
  if (bucket < exact) return static_cast<std::int64_t>(bucket);
  if (bucket + 1 == exact + per_octave * octaves) return seconds::max().count();
  const std::size_t octave = (bucket - exact) / per_octave, within = (bucket - exact) % per_octave;
  return static_cast<std::int64_t>((per_octave + within + 1) << (octave + 2)) - 1;
}

void latencies::add(std::chrono::milliseconds took) noexcept {
  const seconds whole = std::max(seconds(0), std::chrono::round<seconds>(took));
  ++buckets_[bucket_of(whole.count())];
  ++count_;
  longest_ = std::max(longest_, whole);
}

seconds latencies::quantile(double share) const noexcept {
  const double wanted = share * static_cast<double>(count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > 0 && static_cast<double>(seen) >= wanted) return std::min(seconds(end_of(i)), longest_);
  }
  return longest_;
}

std::vector<latencies::bar> latencies::bars() const {
  std::vector<bar> found;
  if (count_ == 0) return found;
  std::size_t next = 0;
  for (std::int64_t from = 0, to = 0; from <= longest_.count(); from = to + 1, to = 2 * to + 1) {
    std::uint64_t count = 0;
    for (; next < buckets_.size() && end_of(next) <= to; ++next) count += buckets_[next];
    found.push_back({seconds(from), seconds(to), count});
  }
  for (; next < buckets_.size(); ++next) found.back().count += buckets_[next];
  return found;
}

}  // namespace mux::inline v0::muxctl
