#include "muxctl/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::muxctl {

namespace {

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

timeline make_timeline(const std::vector<run_facts>& runs, std::size_t most_points) {
  timeline all;
  for (const run_facts& run : runs) all.length += seconds(run.elapsed());
  const double cell = all.length / static_cast<double>(most_points);
  double begin = 0, refused = 0;
  for (const run_facts& run : runs) {
    if (begin > 0 && all.starts.size() < most_points) all.starts.push_back(begin);
    if (all.points.empty() && !run.samples.empty()) {
      timeline::point& first = all.points.emplace_back();
      first.done = static_cast<double>(run.before);
      first.allowed = run.samples.front().allowed_rate;
    }
    for (const ingest::run_sample& sample : run.samples) {
      const timeline::point next{
          begin + seconds(sample.elapsed),    static_cast<double>(sample.done),
          static_cast<double>(sample.failed), refused + static_cast<double>(sample.refused),
          static_cast<double>(sample.bytes),  sample.allowed_rate};
      // Of the samples in one cell the last one stays, and the beginning.
      const bool same = all.points.size() > 1 &&
                        std::floor(all.points.back().seconds / cell) == std::floor(next.seconds / cell);
      if (same)
        all.points.back() = next;
      else
        all.points.push_back(next);
    }
    begin += seconds(run.elapsed());
    refused += static_cast<double>(run.refused());
  }
  return all;
}

std::vector<timeline::interval> timeline::intervals(std::size_t most) const {
  std::vector<interval> found;
  if (points.size() < 2) return found;
  const std::size_t count = std::min(most, points.size() - 1);
  auto before = points.begin();
  for (std::size_t i = 1; i <= count; ++i) {
    const double until = length * static_cast<double>(i) / static_cast<double>(count);
    const auto after = std::prev(std::upper_bound(before, points.end(), until + 1e-9,
                                                  [](double t, const point& p) { return t < p.seconds; }));
    // Nothing was noted within: the interval goes on with the next one.
    if (after == before || after->seconds <= before->seconds) continue;
    const double took = after->seconds - before->seconds;
    found.push_back({before->seconds, after->seconds, std::max(0.0, after->done - before->done) / took,
                     after->allowed, std::max(0.0, after->refused - before->refused)});
    before = after;
  }
  return found;
}

}  // namespace mux::inline v0::muxctl
