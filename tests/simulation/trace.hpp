#pragma once

#include <iosfwd>

#include "simulation/scenario.hpp"

namespace mux::inline v0::simulation {

/// Writes what happened in a run at a server with a token bucket as CSV with the columns `second`, `series`
/// (`arrival`, `grant`, `refusal`, `optimum`), `client` and `count`, the number so far of that series and
/// client. The optimum, of all clients together, is the moment at which each call could have been served at
/// the earliest.
void write_trace(const scenario& s, std::ostream& out);

}  // namespace mux::inline v0::simulation
