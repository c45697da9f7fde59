#include "transport/request_head.hpp"

#include <mux/operation.hpp>

#include "transport/text.hpp"

namespace mux::inline v0::transport {
namespace {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

// Servers refuse longer ones, most of them without saying why.
constexpr std::size_t target_limit = 8 * 1024;

bool visible(std::string_view text) noexcept {
  return none(text, [](char c) { return c <= ' ' || c >= '\x7f'; });
}

/// Fields that tell where a request ends or whom it is for; two of them could be understood in two ways.
bool reserved(std::string_view name) noexcept {
  return same_text(name, "host") || same_text(name, "content-length") || same_text(name, "transfer-encoding");
}

}  // namespace

std::string name_of(const origin& of) {
  return bracketed(of.host) + ':' + std::to_string(of.port);
}

std::optional<std::string_view> write_request(wiped_string& out, const origin& to,
                                              const wire_request& request, bool gzip) {
  if (request.target.empty() || !visible(request.target))
    return "the target is empty or holds a blank, a control character or one beyond ASCII";
  if (request.target.size() > target_limit) return "the target is longer than 8 KiB";
  const bool standard_port = to.port == (to.tls ? 443 : 80);
  out.append(to_string(request.method)).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
  out.append(standard_port ? bracketed(to.host) : name_of(to)).append("\r\n");
  bool encoding = false;
  if (request.fields != nullptr) {
    for (const auto& [name, value] : *request.fields) {
      if (!token(name) || reserved(name))
        return "a header's name is empty, holds a character that names must not, or is reserved";
      if (!printable(value)) return "a header's value holds a control character";
      encoding = encoding || same_text(name, "accept-encoding");
      out.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (gzip && !encoding) out.append("Accept-Encoding: gzip\r\n");
  if (request.json && !request.body.empty()) out.append("Content-Type: application/json\r\n");
  const bool carries = request.method != http_method::get && request.method != http_method::delete_;
  if (carries || !request.body.empty())
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  out.append("\r\n");
  if (apart_from_head(request.body).empty()) out.append(request.body);
  return std::nullopt;
}

}  // namespace mux::inline v0::transport
