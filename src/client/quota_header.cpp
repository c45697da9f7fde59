#include "client/quota_header.hpp"

#include <charconv>
#include <cstdint>

namespace mux::inline v0::client_detail {

namespace {

std::optional<double> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

std::optional<policy::quota> parse_quota(std::string_view limit, std::string_view remaining) {
  const auto size = whole_number(limit);
  const auto left = whole_number(remaining);
  if (!size || !left || *size < 1) return {};
  return policy::quota{*size, *left};
}

}  // namespace mux::inline v0::client_detail
