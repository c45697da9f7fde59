#pragma once

#include <mux/json.hpp>

#include "codec/schema.hpp"

namespace mux::inline v0::detail {

// Instantiated beside each table, so that `to_json` and `from_json` cost something only for the types that
// are used.
template <class T>
const codec::type& described() noexcept {
  return codec::type_of<T>;
}

}  // namespace mux::inline v0::detail
