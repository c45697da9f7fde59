#pragma once

#include <chrono>
#include <string>

namespace mux::inline v0::muxctl {

/// RFC 3339 in UTC: `2026-11-23T00:17:05Z`, with milliseconds if they are not zero.
[[nodiscard]] std::string format_instant(std::chrono::sys_time<std::chrono::milliseconds> at);

}  // namespace mux::inline v0::muxctl
