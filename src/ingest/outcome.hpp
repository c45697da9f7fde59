#pragma once

#include <cstdint>

#include <mux/error.hpp>
#include <mux/ingest/error.hpp>

namespace mux::inline v0::ingest {

/// What a create without a usable answer means for its row.
enum class verdict : std::uint8_t {
  ambiguous,  ///< it may have been executed
  refused,    ///< the API refused this row; it would do so again
  unsent,     ///< given up by us before anything was sent
  later,      ///< certainly not executed; worth another try
  hopeless,   ///< certainly not executed, and the other rows would fare alike
};

[[nodiscard]] verdict judge_create(const mux::error& e) noexcept;

/// A host that cannot be reached, or does not do its work, as the reason why a batch cannot go on.
[[nodiscard]] error unreachable(mux::error cause);

/// A failed call as the reason why a batch cannot begin or go on.
[[nodiscard]] error to_error(mux::error cause);

}  // namespace mux::inline v0::ingest
