#include "client/answer_error.hpp"

#include "codec/codec.hpp"

namespace mux::inline v0::client_detail {

namespace {

std::string hint_of(int status) {
  switch (status) {
    case 401:
      return "check the token id and secret, and that they belong to each other";
    case 403:
    case 404:
      return "a token of another environment or without the permission gets the same answer; whoami shows "
             "both";
    default:
      return {};
  }
}

}  // namespace

errc code_of_status(int status) noexcept {
  switch (status) {
    case 400:
      return errc::bad_request;
    case 401:
      return errc::unauthorized;
    case 403:
      return errc::permission_denied;
    case 404:
      return errc::not_found;
    case 409:
      return errc::conflict;
    case 422:
      return errc::unprocessable;
    case 429:
      return errc::rate_limited;
    default:
      return status >= 500 && status < 600 ? errc::server_error : errc::unexpected_status;
  }
}

error answer_error(const operation& op, const transport::wire_response& response) {
  error e(code_of_status(response.status));
  e.http_status = response.status;
  e.phase = call_phase::done;
  e.bytes_sent = true;
  e.request_id = response.field("x-request-id");
  e.hint = hint_of(response.status);
  if (response.status >= 300 && response.status < 400) {
    e.detail = "the server answered with a redirect, which is not followed for API calls";
    return e;
  }
  codec::error_body body = codec::read_error_body(response.body);
  e.api_type = std::move(body.type);
  e.api_messages = std::move(body.messages);
  if (e.api_messages.empty()) e.detail = "the answer holds no message";
  e.detail += e.detail.empty() ? "" : " ";
  e.detail += "(";
  e.detail += op.id;
  e.detail += ")";
  return e;
}

}  // namespace mux::inline v0::client_detail
