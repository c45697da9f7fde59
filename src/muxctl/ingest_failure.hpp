#pragma once

#include <string>
#include <utility>

#include <mux/ingest/error.hpp>

#include "muxctl/failure.hpp"

namespace mux::inline v0::muxctl {

/// Why an ingest could not begin or go on. A failed call keeps its own code.
[[nodiscard]] failure failure_of(const ingest::error& e);

/// What a call of the ingest library gave. Errors: throws `failure`.
template <class T>
T value_or_fail(ingest::result<T> got) {
  if (!got) throw failure_of(got.error());
  return std::move(*got);
}

}  // namespace mux::inline v0::muxctl
