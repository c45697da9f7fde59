#pragma once

#include <optional>
#include <string_view>

#include "policy/header_signal.hpp"

namespace mux::inline v0::client_detail {

/// What `X-RateLimit-Limit` and `X-RateLimit-Remaining` say: two whole numbers, the first above zero. Nothing
/// for anything else, one of them missing included.
[[nodiscard]] std::optional<policy::quota> parse_quota(std::string_view limit, std::string_view remaining);

}  // namespace mux::inline v0::client_detail
