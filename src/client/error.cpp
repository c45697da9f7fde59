#include <ostream>

#include <boost/assert/source_location.hpp>

#include <mux/error.hpp>

namespace mux::inline v0 {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::none:
      return "none";
    case errc::invalid_argument:
      return "invalid_argument";
    case errc::missing_credentials:
      return "missing_credentials";
    case errc::insecure_base_url:
      return "insecure_base_url";
    case errc::invalid_ca_file:
      return "invalid_ca_file";
    case errc::would_exceed_deadline:
      return "would_exceed_deadline";
    case errc::limiter_state:
      return "limiter_state";
    case errc::pool_exhausted:
      return "pool_exhausted";
    case errc::shut_down:
      return "shut_down";
    case errc::resolve_failed:
      return "resolve_failed";
    case errc::connect_failed:
      return "connect_failed";
    case errc::tls_failed:
      return "tls_failed";
    case errc::certificate_untrusted:
      return "certificate_untrusted";
    case errc::certificate_wrong_host:
      return "certificate_wrong_host";
    case errc::timed_out:
      return "timed_out";
    case errc::connection_lost:
      return "connection_lost";
    case errc::connection_lost_unanswered:
      return "connection_lost_unanswered";
    case errc::cancelled:
      return "cancelled";
    case errc::ambiguous:
      return "ambiguous";
    case errc::bad_request:
      return "bad_request";
    case errc::unauthorized:
      return "unauthorized";
    case errc::permission_denied:
      return "permission_denied";
    case errc::not_found:
      return "not_found";
    case errc::conflict:
      return "conflict";
    case errc::unprocessable:
      return "unprocessable";
    case errc::rate_limited:
      return "rate_limited";
    case errc::server_error:
      return "server_error";
    case errc::unexpected_status:
      return "unexpected_status";
    case errc::not_json:
      return "not_json";
    case errc::truncated_body:
      return "truncated_body";
    case errc::response_too_large:
      return "response_too_large";
    case errc::bad_response:
      return "bad_response";
    case errc::upload_expired:
      return "upload_expired";
    case errc::source_changed:
      return "source_changed";
    case errc::source_unreadable:
      return "source_unreadable";
  }
  return "unknown";
}

std::string_view to_string(call_phase phase) noexcept {
  switch (phase) {
    case call_phase::prepare:
      return "prepare";
    case call_phase::queue:
      return "queue";
    case call_phase::resolve:
      return "resolve";
    case call_phase::connect:
      return "connect";
    case call_phase::tls:
      return "tls";
    case call_phase::write:
      return "write";
    case call_phase::first_byte:
      return "first_byte";
    case call_phase::body:
      return "body";
    case call_phase::decode:
      return "decode";
    case call_phase::done:
      return "done";
  }
  return "unknown";
}

std::string_view to_string(stop_reason reason) noexcept {
  switch (reason) {
    case stop_reason::not_retryable:
      return "not_retryable";
    case stop_reason::ambiguous:
      return "ambiguous";
    case stop_reason::exhausted:
      return "exhausted";
    case stop_reason::deadline:
      return "deadline";
    case stop_reason::budget:
      return "budget";
    case stop_reason::cancelled:
      return "cancelled";
  }
  return "unknown";
}

error::error() noexcept = default;
error::error(errc what, std::string why) : code(what), detail(std::move(why)) {}

std::string error::message() const {
  std::string text(to_string(code));
  const auto add = [&text](std::string_view separator, std::string_view part) {
    if (part.empty()) return;
    text += separator;
    text += part;
  };
  if (cause != errc::none) add(", ", to_string(cause));
  add(": ", detail);
  if (http_status != 0) add(", ", "HTTP " + std::to_string(http_status));
  add(", ", api_type);
  for (const std::string& m : api_messages) add(": ", m);
  if (!request_id.empty()) add(", ", "request id " + request_id);
  if (attempts > 1) add(", ", std::to_string(attempts) + " tries");
  if (ambiguous) add("; ", "the server may have executed the call");
  add("; ", hint);
  return text;
}

std::ostream& operator<<(std::ostream& out, const error& e) {
  return out << e.message();
}

request_failed::request_failed(mux::error info)
    : std::runtime_error(info.message()), info_(std::move(info)) {}

void throw_error(error e) {
  switch (e.code) {
    case errc::missing_credentials:
    case errc::insecure_base_url:
    case errc::invalid_ca_file:
    case errc::limiter_state:
      throw configuration_error(std::move(e));
    case errc::bad_request:
      throw bad_request_error(std::move(e));
    case errc::unauthorized:
      throw authentication_error(std::move(e));
    case errc::permission_denied:
      throw permission_denied_error(std::move(e));
    case errc::not_found:
      throw not_found_error(std::move(e));
    case errc::conflict:
      throw conflict_error(std::move(e));
    case errc::unprocessable:
      throw unprocessable_entity_error(std::move(e));
    case errc::rate_limited:
      throw rate_limit_error(std::move(e));
    case errc::server_error:
      throw internal_server_error(std::move(e));
    case errc::timed_out:
      throw connection_timeout_error(std::move(e));
    case errc::pool_exhausted:
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::tls_failed:
    case errc::certificate_untrusted:
    case errc::certificate_wrong_host:
    case errc::connection_lost:
    case errc::connection_lost_unanswered:
      throw connection_error(std::move(e));
    case errc::ambiguous:
      throw ambiguous_error(std::move(e));
    case errc::not_json:
    case errc::truncated_body:
    case errc::response_too_large:
    case errc::bad_response:
    case errc::unexpected_status:
      throw response_error(std::move(e));
    default:
      throw request_failed(std::move(e));
  }
}

void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw_error(e);
}

}  // namespace mux::inline v0
