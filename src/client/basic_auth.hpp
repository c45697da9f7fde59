#pragma once

#include <string>
#include <string_view>

namespace mux::inline v0::client_detail {

/// Value of an `Authorization` header (RFC 7617).
[[nodiscard]] std::string basic_auth(std::string_view user, std::string_view password);

}  // namespace mux::inline v0::client_detail
