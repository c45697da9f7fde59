#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace mux::inline v0::policy {

/// A moment: nanoseconds since the epoch of whatever monotonic clock the caller uses. Nothing in this room
/// reads one.
using instant = std::chrono::nanoseconds;
using duration = std::chrono::nanoseconds;

/// Buckets and deadlines count in steps of this length, in nanoseconds.
inline constexpr std::int64_t tick = 1024;

/// Later than every real moment; leaves room for additions.
inline constexpr instant never{std::numeric_limits<std::int64_t>::max() / 4};

/// The moment `span` after `now`; `never` for a span that stands for "without end".
[[nodiscard]] constexpr instant after(instant now, duration span) noexcept {
  return span >= never - now ? never : now + span;
}

}  // namespace mux::inline v0::policy
