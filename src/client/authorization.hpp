#pragma once

#include <optional>
#include <string>

#include <mux/credentials.hpp>
#include <mux/error.hpp>

namespace mux::inline v0::client_detail {

inline constexpr const char* authorization = "Authorization";

/// Value of the `Authorization` header: Bearer, else Basic (RFC 7617). A secret.
[[nodiscard]] std::string authorization_value(const credentials& of);

/// What makes credentials unusable. Errors: `missing_credentials`, `invalid_argument`.
[[nodiscard]] std::optional<error> check_credentials(const credentials& c);

}  // namespace mux::inline v0::client_detail
