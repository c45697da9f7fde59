#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mux::inline v0::ingest {

/// What tells whether a local file is still the one that it was.
struct file_facts {
  std::uint64_t size = 0;     ///< bytes
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  friend bool operator==(const file_facts&, const file_facts&) = default;
};

/// Of a regular file, symbolic links followed; nothing if there is none.
[[nodiscard]] std::optional<file_facts> look_at(const std::string& path) noexcept;

}  // namespace mux::inline v0::ingest
