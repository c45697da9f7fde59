#include <cmath>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "ingest_simulation/job.hpp"

namespace mux::inline v0::ingest::simulation {
namespace {

constexpr double early = 0.05, tolerance = 0.1;

// A hundred and more by hand: scripts/simulate_ingest eta --seeds 1000. Of twenty jobs one may be off: what
// others will leave of a limit is not known after a twentieth.
constexpr int off_of(int seeds) {
  return seeds / 20;
}

/// Jobs whose shown time left was within the tolerance, once the twentieth part was done.
int well_predicted(scenario (*job_of)(std::uint64_t), int seeds) {
  int good = 0;
  for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(seeds); ++seed) {
    const outcome done = run_job(job_of(seed));
    EXPECT_TRUE(done.complaints.empty()) << "seed " << seed << ": " << done.complaints.front();
    const double error = eta_error(done, early);
    if (std::abs(error) <= tolerance)
      ++good;
    else
      std::printf("seed %d: %+.1f %%\n", static_cast<int>(seed), 100 * error);
  }
  return good;
}

TEST(forecast_test, the_end_of_a_job_is_known_after_its_twentieth_part) {
  constexpr int seeds = 30;
  EXPECT_GE(well_predicted(everyday_job, seeds), seeds - off_of(seeds));
}

TEST(forecast_test, the_end_of_uploads_is_known_after_their_twentieth_part) {
  constexpr int seeds = 10;
  EXPECT_GE(well_predicted(everyday_files, seeds), seeds - off_of(seeds));
}

}  // namespace
}  // namespace mux::inline v0::ingest::simulation
