#include "ingest_simulation/job.hpp"

#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mux::inline v0::ingest::simulation {
namespace {

using ::testing::IsEmpty;

class job_test : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(job_test, rows_through_every_kind_of_trouble_make_one_asset_each) {
  const scenario job = every_trouble(GetParam(), 5'000, 0);
  const outcome done = run_job(job);
  EXPECT_THAT(done.complaints, IsEmpty());
  EXPECT_EQ(done.rows, job.rows());
  EXPECT_EQ(done.assets + done.failed, job.rows());
  EXPECT_GT(done.found, 50u);
  EXPECT_GT(done.repeated, 20u);
  for (std::size_t kind = 0; kind < fate_count; ++kind)
    EXPECT_GT(done.fates[kind], 0u) << "trouble " << kind << " did not happen";
}

TEST_P(job_test, files_and_urls_are_waited_for_through_every_kind_of_trouble) {
  scenario job = every_trouble(GetParam(), 600, 150);
  job.wait = true;
  const outcome done = run_job(job);
  EXPECT_THAT(done.complaints, IsEmpty());
  EXPECT_EQ(done.rows, job.rows());
  EXPECT_EQ(done.duplicates + done.lost + done.unfinished, 0u);
}

INSTANTIATE_TEST_SUITE_P(seeds, job_test, ::testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace mux::inline v0::ingest::simulation
