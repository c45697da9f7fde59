#include <algorithm>
#include <string>

#include "transport/authority.hpp"
#include "transport/transport.hpp"

namespace mux::inline v0::transport {
namespace {

error invalid(std::string_view why) {
  return {errc::invalid_argument, "base URL: " + std::string(why)};
}
error insecure(std::string_view why) {
  return {errc::insecure_base_url, "base URL: " + std::string(why)};
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

result<base_url> parse_base_url(std::string_view text) {
  for (const char c : text)
    if (c <= ' ' || c > '~' || c == '\\')
      return invalid("holds a blank, a control byte, a backslash or a byte beyond ASCII");
  const std::size_t mark = text.find("://");
  std::string scheme(text.substr(0, mark == std::string_view::npos ? 0 : mark));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
  if (scheme != "https" && scheme != "http") return insecure("must begin with https://");
  if (text.find_first_of("?#") != std::string_view::npos)
    return invalid("must have neither query nor fragment");

  std::string_view rest = text.substr(mark + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view path = rest.substr(slash);
  const std::string_view where = rest.substr(0, slash);
  if (where.find('@') != std::string_view::npos) return invalid("must not hold a user name or password");

  base_url url;
  url.origin.tls = scheme == "https";
  url.origin.port = url.origin.tls ? 443 : 80;
  result<authority> named = parse_authority(where);
  if (!named) return invalid(named.error().detail);
  url.origin.host = std::move(named->host);
  if (named->port) url.origin.port = *named->port;
  if (!url.origin.tls && !is_loopback(url.origin.host))
    return insecure("plain http is allowed to this machine only (127.0.0.0/8, ::1, localhost)");
  while (path.ends_with('/')) path.remove_suffix(1);
  url.prefix = path;
  return url;
}

}  // namespace mux::inline v0::transport
