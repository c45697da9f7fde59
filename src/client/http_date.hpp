#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mux::inline v0::client_detail {

/// An HTTP date in the form that servers must send (RFC 9110 §5.6.7, `Sun, 06 Nov 1994 08:49:37 GMT`).
/// Nothing for anything else.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// What `retry-after-ms` and `Retry-After` (seconds or a date) ask for, measured from `now`; negative values
/// count as zero, absurd ones as a day. Nothing if neither can be read.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_retry_after(
    std::string_view milliseconds, std::string_view retry_after, std::optional<std::chrono::sys_seconds> now);

}  // namespace mux::inline v0::client_detail
