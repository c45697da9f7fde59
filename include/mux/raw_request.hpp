#pragma once

#include <string>
#include <string_view>

#include <mux/operation.hpp>
#include <mux/request.hpp>

namespace mux::inline v0::requests {

/// Any call to the API's host, for what is not described here yet; the answer is the body as it is. `target`
/// is a path with its query, percent-encoded by the caller: `/video/v1/assets?limit=10`. `json`: the body, if
/// it is not empty. The limit class follows from method and path; a GET may be repeated, PUT and DELETE too,
/// a POST or PATCH counts as one that must not be executed twice (`request::repeat` says otherwise). Errors:
/// `invalid_argument` when sent, if the target does not begin with `/`, holds a byte that does not belong
/// there or steps like `..`.
[[nodiscard]] request<std::string> raw(http_method method, std::string_view target, std::string json = {});

/// A file at an address that the API gave: exports, master access, static renditions, VTT. Sent without
/// credentials, limits and default headers; https only, except to this machine. For `client::download`.
/// Errors: `insecure_base_url` or `invalid_argument` when sent.
[[nodiscard]] request<std::string> file(std::string_view url);

}  // namespace mux::inline v0::requests
