#include "transport/request_head.hpp"

#include <mux/operation.hpp>

namespace mux::inline v0::transport {
namespace {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

bool one_line(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

std::string name_of(const origin& of) {
  return bracketed(of.host) + ':' + std::to_string(of.port);
}

bool write_request(std::string& out, const origin& to, const wire_request& request) {
  if (request.target.empty() || !one_line(request.target) ||
      request.target.find(' ') != std::string_view::npos)
    return false;
  const bool standard_port = to.port == (to.tls ? 443 : 80);
  out.append(to_string(request.method)).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
  out.append(standard_port ? bracketed(to.host) : name_of(to)).append("\r\n");
  if (request.fields != nullptr) {
    for (const auto& [name, value] : *request.fields) {
      if (name.empty() || !one_line(name) || !one_line(value)) return false;
      out.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (!request.body.empty()) out.append("Content-Type: application/json\r\n");
  const bool carries = request.method != http_method::get && request.method != http_method::delete_;
  if (carries || !request.body.empty())
    out.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  out.append("\r\n").append(request.body);
  return true;
}

}  // namespace mux::inline v0::transport
