#pragma once

#include <string>

#include "transport/transport.hpp"

namespace mux::inline v0::transport {

/// Writes `request` as HTTP/1.1, head and body, behind what `out` holds. False, with `out` in an unspecified
/// state, if a line end or NUL in the target or in a header would change the meaning of what is sent.
[[nodiscard]] bool write_request(std::string& out, const origin& to, const wire_request& request);

/// `host:port`, an IPv6 address in brackets.
[[nodiscard]] std::string name_of(const origin& of);

}  // namespace mux::inline v0::transport
