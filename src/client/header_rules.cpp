#include "client/header_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "client/authorization.hpp"
#include "client/control_bytes.hpp"
#include "client/wipe.hpp"
#include "transport/text.hpp"

namespace mux::inline v0::client_detail {

namespace {

// Framing, routing and credentials: two of a kind would let two readers understand different requests.
constexpr std::array<std::string_view, 13> own = {"accept-encoding",
                                                  "authorization",
                                                  "connection",
                                                  "content-length",
                                                  "content-type",
                                                  "expect",
                                                  "host",
                                                  "keep-alive",
                                                  "proxy-authorization",
                                                  "te",
                                                  "trailer",
                                                  "transfer-encoding",
                                                  "upgrade"};

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

std::optional<error> check_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name))
      return error(errc::invalid_argument,
                   "a header's name is empty or holds a character that names must not");
    if (std::any_of(own.begin(), own.end(), [&n = name](auto o) { return transport::same_text(n, o); }))
      return error(errc::invalid_argument, "the header " + name + " is written by the library itself");
    if (has_control(value))
      return error(errc::invalid_argument, "the value of the header " + name + " holds a control character");
  }
  return {};
}

void replace_header(transport::headers& fields, std::pair<std::string, std::string> by) {
  std::erase_if(fields, [&](const auto& one) { return transport::same_text(one.first, by.first); });
  fields.push_back(std::move(by));
}

void wipe_credentials(transport::headers& fields) noexcept {
  for (auto& [name, value] : fields)
    if (name == authorization) wipe(value.data(), value.size());
}

}  // namespace mux::inline v0::client_detail
