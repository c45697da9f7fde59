#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace mux::inline v0::api {

/// Items a page: as asked, but at least one and at most what the operation allows; the most if nothing was
/// asked.
inline int page_limit(const std::optional<std::int64_t>& asked, int most) {
  return static_cast<int>(std::clamp<std::int64_t>(asked.value_or(most), 1, most));
}

}  // namespace mux::inline v0::api
