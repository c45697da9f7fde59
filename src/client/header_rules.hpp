#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mux/error.hpp>

#include "transport/transport.hpp"

namespace mux::inline v0::client_detail {

/// What keeps headers of the caller's from being sent: a name that is none or belongs to the library, a value
/// that could end the line. Values are not shown.
[[nodiscard]] std::optional<error> check_headers(
    const std::vector<std::pair<std::string, std::string>>& headers);

/// Adds a header; one of the same name gives way.
void replace_header(transport::headers& fields, std::pair<std::string, std::string> by);

/// Overwrites the value of `Authorization`.
void wipe_credentials(transport::headers& fields) noexcept;

}  // namespace mux::inline v0::client_detail
