#pragma once

#include <mux/error.hpp>
#include <mux/operation.hpp>

#include "transport/transport.hpp"

namespace mux::inline v0::client_detail {

/// The code of an answer with this status. Precondition: the status is not a success.
[[nodiscard]] errc code_of_status(int status) noexcept;

/// The error that an answer with this status means: code, the API's type and messages, request id, hint.
/// Precondition: the status is not a success.
[[nodiscard]] error answer_error(const operation& op, const transport::wire_response& response);

}  // namespace mux::inline v0::client_detail
