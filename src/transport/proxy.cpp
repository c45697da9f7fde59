#include "transport/proxy.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <openssl/evp.h>

#include "transport/authority.hpp"
#include "transport/request_head.hpp"
#include "transport/text.hpp"

namespace mux::inline v0::transport {
namespace {

error invalid(std::string_view why) {
  return {errc::invalid_argument, "proxy URL: " + std::string(why)};
}

int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// False if a percent sign is not followed by two hexadecimal digits or stands for a control byte.
bool decode(std::string_view text, wiped_string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return false;
      c = static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    }
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return false;
    out += c;
  }
  return true;
}

/// Value of Proxy-Authorization for `user[:password]` as a URL has it. RFC 7617.
std::optional<secret> basic(std::string_view user_info) {
  const std::size_t colon = std::min(user_info.find(':'), user_info.size());
  wiped_string pair;
  pair.reserve(user_info.size() + 16);
  if (!decode(user_info.substr(0, colon), pair) || pair.find(':') != wiped_string::npos) return std::nullopt;
  pair += ':';
  if (!decode(user_info.substr(std::min(colon + 1, user_info.size())), pair)) return std::nullopt;
  wiped_string text("Basic ");
  const std::size_t start = text.size();
  text.resize(start + (pair.size() + 2) / 3 * 4 + 1);
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + start),
                      reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
  return secret(std::string_view(text).substr(0, start + static_cast<std::size_t>(size)));
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool within(const asio::ip::address& one, const asio::ip::address& of, unsigned short prefix) {
  using namespace asio::ip;
  if (one.is_v4() != of.is_v4()) return false;
  if (one.is_v4())
    return network_v4(one.to_v4(), prefix).network() == network_v4(of.to_v4(), prefix).network();
  return network_v6(one.to_v6(), prefix).network() == network_v6(of.to_v6(), prefix).network();
}

}  // namespace

result<std::optional<proxy>> proxy::make(const proxy_options& options) {
  std::string_view rest = options.url.reveal();
  if (rest.empty()) return std::optional<proxy>();
  if (std::any_of(rest.begin(), rest.end(), [](char c) { return c <= ' ' || c > '~'; }))
    return invalid("holds a blank, a control byte or a byte beyond ASCII");
  const std::size_t mark = rest.find("://");
  if (mark != std::string_view::npos) {
    if (!same_text(rest.substr(0, mark), "http")) return invalid("must begin with http://");
    rest.remove_prefix(mark + 3);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  proxy made;
  // A password may hold an unescaped @, / or ?: the last @ ends it.
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    std::optional<secret> credentials = basic(rest.substr(0, at));
    if (!credentials) return invalid("user name or password are not properly percent-encoded");
    made.credentials_ = std::move(*credentials);
    rest.remove_prefix(at + 1);
  }
  result<authority> named = parse_authority(rest);
  if (!named) return invalid(named.error().detail);
  made.at_.tls = false;
  made.at_.host = std::move(named->host);
  made.at_.port = named->port.value_or(80);

  for (std::string_view list = options.bypass; !list.empty();) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (auto one = parse_exception(trimmed(list.substr(0, comma)))) made.direct_.push_back(std::move(*one));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return std::optional<proxy>(std::move(made));
}

std::optional<proxy::exception> proxy::parse_exception(std::string_view text) {
  exception made;
  made.all = text == "*";
  if (made.all) return made;
  // An address without brackets has no port: its last part could be one.
  boost::system::error_code not_an_address;
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view host = text.substr(0, slash);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  made.address = asio::ip::make_address(std::string(host), not_an_address);
  if (!not_an_address) {
    const unsigned short whole = made.address.is_v4() ? 32 : 128;
    made.prefix = whole;
    if (slash == text.size()) return made;
    const std::string_view bits = text.substr(slash + 1);
    const auto read = std::from_chars(bits.data(), bits.data() + bits.size(), made.prefix);
    if (bits.empty() || read.ec != std::errc() || read.ptr != bits.data() + bits.size() ||
        made.prefix > whole)
      return std::nullopt;
    return made;
  }
  if (text.starts_with("*.")) text.remove_prefix(1);
  if (text.starts_with('.')) text.remove_prefix(1);
  result<authority> named = parse_authority(text);
  if (!named) return std::nullopt;
  made.port = named->port;
  made.address = asio::ip::make_address(named->host, not_an_address);
  if (not_an_address)
    made.name = std::move(named->host);
  else
    made.prefix = made.address.is_v4() ? 32 : 128;
  return made;
}

bool proxy::exception::covers(const origin& to) const {
  if (all) return true;
  if (port && *port != to.port) return false;
  if (!name.empty()) {
    if (!to.host.ends_with(name)) return false;
    const std::size_t before = to.host.size() - name.size();
    return before == 0 || to.host[before - 1] == '.';
  }
  boost::system::error_code not_an_address;
  const asio::ip::address host = asio::ip::make_address(to.host, not_an_address);
  return !not_an_address && within(host, address, prefix);
}

bool proxy::serves(const origin& to) const {
  return to.tls && !is_loopback(to.host) &&
         std::none_of(direct_.begin(), direct_.end(), [&](const exception& one) { return one.covers(to); });
}

wiped_string proxy::request(const origin& to) const {
  const std::string target = name_of(to);
  wiped_string text;
  text.reserve(64 + 2 * target.size() + credentials_.reveal().size());  // one piece of memory, wiped once
  text.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target).append("\r\n");
  if (!credentials_.empty())
    text.append("Proxy-Authorization: ").append(credentials_.reveal()).append("\r\n");
  text.append("\r\n");
  return text;
}

tunnel_answer judge_tunnel(std::string_view answer) {
  constexpr std::string_view version = "HTTP/1.";
  constexpr std::size_t line = version.size() + 5;  // up to the last digit of the status
  tunnel_answer judged;
  const std::string_view start = answer.substr(0, version.size());
  if (start != version.substr(0, start.size())) {
    judged.refusal = "what answers there does not speak HTTP";
    return judged;
  }
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (answer.size() >= longest_tunnel_answer) judged.refusal = "its answer does not end";
    return judged;
  }
  int status = 0;
  const std::string_view digits = answer.substr(std::min(version.size() + 2, answer.size()), 3);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  const bool separated = answer[version.size() + 1] == ' ' && (answer[line] == ' ' || answer[line] == '\r');
  if (digits.size() != 3 || read.ptr != digits.data() + 3 || status < 100 || !separated)
    judged.refusal = "its answer is not HTTP";
  else if (status == 407)
    judged.refusal = "it wants credentials, or others: user and password in the proxy's URL (status 407)";
  else if (status < 200 || status > 299)
    judged.refusal = "it refused to open a tunnel (status " + std::to_string(status) + ")";
  else if (answer.size() > end + 4)
    judged.refusal = "it sent bytes through the tunnel before we did";
  judged.complete = judged.refusal.empty();
  return judged;
}

}  // namespace mux::inline v0::transport
