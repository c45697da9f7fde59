#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mux/ingest/engine.hpp>

#include "ingest_simulation/scenario.hpp"
#include "ingest_simulation/simulated_mux.hpp"

namespace mux::inline v0::ingest::simulation {

/// What a listener was shown at a moment of the job.
struct shown_progress {
  double at = 0;     ///< seconds since the job began
  double share = 0;  ///< of the rows or, if there are files, of the bytes that are done
  double eta = 0;    ///< seconds
};

/// How a job went, by the ledger and the journal. Good if `complaints` is empty.
struct outcome {
  std::vector<std::string> complaints;  ///< the first 20
  std::uint64_t rows = 0;
  std::uint64_t assets = 0;      ///< that the simulated Mux made
  std::uint64_t duplicates = 0;  ///< of these: more than one of a row
  std::uint64_t lost = 0;        ///< rows whose asset, or its id, is not known to the journal
  std::uint64_t unfinished = 0;  ///< rows in no final state
  std::uint64_t failed = 0;      ///< rows that were refused
  std::uint64_t found = 0, repeated = 0, ambiguous = 0;
  std::uint64_t refusals = 0;  ///< answers 429
  std::uint64_t pages = 0;
  int runs = 0;
  double length = 0;  ///< seconds of virtual time
  std::array<std::uint64_t, fate_count> fates{};
  std::vector<shown_progress> shown;  ///< of the last run
};

/// Writes the scenario's manifest, runs the engine over it until it is done, and compares the journal with
/// the ledger.
[[nodiscard]] outcome run_job(const scenario& job);

/// Error of the ETA shown when `share` of what the last run had to do was done, as a part of the time that it
/// really still took; positive if the job took less.
[[nodiscard]] double eta_error(const outcome& of, double share);

}  // namespace mux::inline v0::ingest::simulation
