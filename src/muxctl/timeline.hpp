#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "muxctl/batch_facts.hpp"

namespace mux::inline v0::muxctl {

/// All runs of a batch as if there had been no time between them, with no more points than a plot can show.
struct timeline {
  struct point {
    double seconds = 0;
    double done = 0, failed = 0, refused = 0, bytes = 0;  ///< so far; `refused` in all runs
    double allowed = 0;                                   ///< creates a second; may be infinite
  };
  std::vector<point> points;
  std::vector<double> starts;  ///< of the second run and later ones; at most as many as points
  double length = 0;           ///< seconds

  /// What happened between two instants.
  struct interval {
    double from = 0, to = 0;
    double rate = 0;     ///< creates a second
    double allowed = 0;  ///< at its end
    double refused = 0;
  };
  /// The same in at most `most` intervals of equal length.
  [[nodiscard]] std::vector<interval> intervals(std::size_t most) const;
};

[[nodiscard]] timeline make_timeline(const std::vector<run_facts>& runs, std::size_t most_points);

}  // namespace mux::inline v0::muxctl
