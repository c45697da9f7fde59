#pragma once

#include "simulation/record.hpp"
#include "simulation/scenario.hpp"

namespace mux::inline v0::simulation {

/// Runs the scenario from its first event to its last, watching everything that must always hold.
[[nodiscard]] outcome run(const scenario& s);

}  // namespace mux::inline v0::simulation
