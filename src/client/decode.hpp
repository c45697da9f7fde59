#pragma once

#include <string>

#include <mux/options.hpp>
#include <mux/request.hpp>
#include <mux/send.hpp>

namespace mux::inline v0::client_detail {

/// Reads the body of a success into `out`, of the type that `request.answer` describes; null if nobody wants
/// it. Errors: those of the answer itself, with status and request id.
[[nodiscard]] result<void> decode(const client_options& options, const detail::request_base& request,
                                  const answer& head, std::string& body, void* out);

}  // namespace mux::inline v0::client_detail
