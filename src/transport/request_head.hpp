#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transport/transport.hpp"
#include "transport/wiped_string.hpp"

namespace mux::inline v0::transport {

/// What of a body is written from where it stands, as copying it would take its size in memory again: all of
/// it or nothing.
[[nodiscard]] constexpr std::string_view apart_from_head(std::string_view body) noexcept {
  return body.size() > 64 * 1024 ? body : std::string_view();
}

/// Writes `request` as HTTP/1.1, head and body unless that is apart, behind what `out` holds; `gzip` offers
/// to take a compressed answer unless the request has an Accept-Encoding of its own. On error, with `out` in
/// an unspecified state, why this cannot be sent as one request, in words that quote nothing of it.
[[nodiscard]] std::optional<std::string_view> write_request(wiped_string& out, const origin& to,
                                                            const wire_request& request, bool gzip);

/// `host:port`, an IPv6 address in brackets.
[[nodiscard]] std::string name_of(const origin& of);

}  // namespace mux::inline v0::transport
