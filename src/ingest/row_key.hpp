#pragma once

#include <array>

#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {

/// Identity of a row in its batch: SHA-256 of its cells, positions and the signature of its URL aside. Rows
/// with the same cells are one row.
using row_key = std::array<unsigned char, 32>;

[[nodiscard]] row_key key_of(const manifest_row& row);

}  // namespace mux::inline v0::ingest
