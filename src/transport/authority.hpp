#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mux/result.hpp>

namespace mux::inline v0::transport {

/// `host[:port]` of a URL.
struct authority {
  std::string host;  ///< lower case; an IPv6 address in its usual form, without brackets
  std::optional<std::uint16_t> port;
};
/// Errors: `invalid_argument`, without saying what the text was for and without showing it.
[[nodiscard]] result<authority> parse_authority(std::string_view text);

/// `localhost` or an address of this machine's own.
[[nodiscard]] bool is_loopback(const std::string& host);

}  // namespace mux::inline v0::transport
