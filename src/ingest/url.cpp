#include "ingest/url.hpp"

#include <algorithm>
#include <charconv>

#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {
namespace {

constexpr std::string_view expected_url = "an absolute URL such as https://example.com/video.mp4";

struct url_parts {
  std::string_view scheme, user_info, host, port, path, query, fragment;
  bool absolute = false;  ///< has `scheme://`
  bool has_port = false;
};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

constexpr bool of_scheme(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

url_parts split(std::string_view url) noexcept {
  url_parts parts;
  const std::size_t colon = url.find("://");
  if (colon == url.npos) return parts;
  parts.absolute = true;
  parts.scheme = url.substr(0, colon);
  url.remove_prefix(colon + 3);
  const auto cut_back = [&](char mark) {
    const std::size_t at = url.find(mark);
    if (at == url.npos) return std::string_view();
    const std::string_view tail = url.substr(at + 1);
    url = url.substr(0, at);
    return tail;
  };
  parts.fragment = cut_back('#');
  parts.query = cut_back('?');
  const std::size_t slash = url.find('/');
  if (slash != url.npos) {
    parts.path = url.substr(slash);
    url = url.substr(0, slash);
  }
  if (const std::size_t at = url.rfind('@'); at != url.npos) {
    parts.user_info = url.substr(0, at);
    url.remove_prefix(at + 1);
  }
  const std::size_t bracket = url.find(']');
  if (const std::size_t port = url.find(':', bracket == url.npos ? 0 : bracket); port != url.npos) {
    parts.has_port = true;
    parts.port = url.substr(port + 1);
    url = url.substr(0, port);
  }
  parts.host = url;
  return parts;
}

bool is_scheme(std::string_view text, std::string_view scheme) noexcept {
  return std::equal(text.begin(), text.end(), scheme.begin(), scheme.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool good_host(std::string_view host) noexcept {
  if (host.empty()) return false;
  const bool address = host.front() == '[' && host.back() == ']' && host.size() > 4;
  if (address) host = host.substr(1, host.size() - 2);
  return std::all_of(host.begin(), host.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || (address && (c == ':' || c == '%'));
  });
}

bool good_port(std::string_view port) noexcept {
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
  return fault == std::errc() && end == port.data() + port.size() && number > 0 && number <= 65535;
}

url_fault at_part(std::string_view url, std::string_view part, std::string message, std::string expected) {
  const std::size_t offset = part.data() == nullptr ? 0 : static_cast<std::size_t>(part.data() - url.data());
  return {offset, std::move(message), std::move(expected)};
}

void replace_all(std::string& text, std::string_view what) {
  // A shorter piece is no secret and would tear harmless words apart.
  if (what.size() < 4) return;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at))
    text.replace(at, what.size(), "…");
}

}  // namespace

std::optional<url_fault> check_url(std::string_view url) {
  if (url.empty()) return url_fault{0, "the URL is missing", std::string(expected_url)};
  if (url.size() > max_url_bytes)
    return url_fault{0, "the URL has " + std::to_string(url.size()) + " bytes",
                     "at most " + std::to_string(max_url_bytes)};
  const auto bad = std::find_if(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\' || c == '"' || c == '<' ||
           c == '>';
  });
  if (bad != url.end())
    return url_fault{static_cast<std::size_t>(bad - url.begin()), "a character that a URL cannot hold",
                     "its percent-encoded form, %20 for a space"};
  const url_parts parts = split(url);
  if (!parts.absolute) return url_fault{0, "not an absolute URL", std::string(expected_url)};
  // An asset of Mux is the source of a clip.
  if (parts.scheme == "mux" && parts.host == "assets" && parts.path.size() > 1) return std::nullopt;
  if (!is_scheme(parts.scheme, "http") && !is_scheme(parts.scheme, "https"))
    return url_fault{0, "a URL that Mux cannot fetch",
                     "http:// or https://, or mux://assets/ASSET_ID for a clip"};
  if (!good_host(parts.host))
    return at_part(url, parts.host, "the URL has no valid host", std::string(expected_url));
  if (parts.has_port && !good_port(parts.port))
    return at_part(url, parts.port, "the URL has no valid port", "a number from 1 to 65535");
  return std::nullopt;
}

bool holds_secret(std::string_view url) noexcept {
  const url_parts parts = split(url);
  return !parts.user_info.empty() || !parts.query.empty();
}

std::string without_secrets(std::string text, std::string_view url) {
  const url_parts parts = split(url);
  for (std::string_view secret : {parts.query, parts.user_info, parts.fragment}) replace_all(text, secret);
  for (std::string_view rest = parts.query; !rest.empty();) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos) replace_all(text, pair.substr(equals + 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (const std::size_t colon = parts.user_info.find(':'); colon != parts.user_info.npos)
    replace_all(text, parts.user_info.substr(colon + 1));
  return text;
}

std::string with_shown_urls(std::string_view text) {
  std::string out;
  for (std::size_t mark = text.find("://"); mark != text.npos; mark = text.find("://")) {
    std::size_t begin = mark;
    while (begin > 0 && of_scheme(text[begin - 1])) --begin;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'`<>", mark), text.size());
    out += text.substr(0, begin);
    out += shown_url(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return out.append(text);
}

std::string shown_url(std::string_view url) {
  const url_parts parts = split(url);
  if (!parts.absolute) return std::string(url.substr(0, url.find_first_of("?#")));
  std::string shown(parts.scheme);
  shown += "://";
  if (!parts.user_info.empty()) shown += "…@";
  shown += parts.host;
  if (parts.has_port) (shown += ':') += parts.port;
  shown += parts.path;
  if (!parts.query.empty()) shown += "?…";
  return shown;
}

}  // namespace mux::inline v0::ingest
