#pragma once

#include <string>

#include <mux/ingest/error.hpp>

#include "muxctl/failure.hpp"

namespace mux::inline v0::muxctl {

/// Why an ingest could not begin or go on. A failed call keeps its own code.
[[nodiscard]] failure failure_of(const ingest::error& e);

}  // namespace mux::inline v0::muxctl
