#include "transport/authority.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/ip/address.hpp>

namespace mux::inline v0::transport {
namespace {

namespace asio = boost::asio;

constexpr std::string_view digits = "0123456789";
constexpr std::string_view host_bytes = "abcdefghijklmnopqrstuvwxyz0123456789-._";

error invalid(const char* why) {
  return {errc::invalid_argument, why};
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Cuts the host off `rest`, which begins with it, and leaves what follows it there.
result<std::string> take_host(std::string_view& rest) {
  std::string host;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return invalid("the bracket of the IPv6 address is not closed");
    boost::system::error_code ec;
    const std::string literal(rest.substr(1, end - 1));
    const asio::ip::address_v6 address = asio::ip::make_address_v6(literal, ec);
    if (ec || literal.find('%') != std::string::npos)
      return invalid("not an IPv6 address between the brackets");
    host = address.to_string();
    rest.remove_prefix(end + 1);
  } else {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    host = rest.substr(0, end);
    std::transform(host.begin(), host.end(), host.begin(), lower);
    rest.remove_prefix(end);
    if (host.empty()) return invalid("the host is missing");
    if (host.size() > 253) return invalid("the host is longer than 253 bytes");
    if (host.find_first_not_of(host_bytes) != std::string::npos)
      return invalid("the host holds a byte that no host name has");
  }
  return host;
}

result<std::uint16_t> take_port(std::string_view text) {
  unsigned value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.find_first_not_of(digits) != std::string_view::npos || parsed.ec != std::errc{} ||
      value == 0 || value > 65535)
    return invalid("the port must be a number from 1 to 65535");
  return static_cast<std::uint16_t>(value);
}

}  // namespace

result<authority> parse_authority(std::string_view text) {
  authority named;
  result<std::string> host = take_host(text);
  if (!host) return std::move(host).error();
  named.host = std::move(*host);
  if (text.empty()) return named;
  if (!text.starts_with(':')) return invalid("something other than a port follows the host");
  const result<std::uint16_t> port = take_port(text.substr(1));
  if (!port) return port.error();
  named.port = *port;
  return named;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code ec;
  const asio::ip::address address = asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

}  // namespace mux::inline v0::transport
