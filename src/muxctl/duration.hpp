#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mux::inline v0::muxctl {

/// `90`, `1.5s`, `250ms`, `2m`, `1h`: a number with an optional unit, seconds without one. Nothing if it is
/// none, is negative or longer than a year.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// For people: `0.4s`, `28s`, `3m05s`, `11h07m`, `2d03h`.
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds time);

}  // namespace mux::inline v0::muxctl
