#include "ingest/outcome.hpp"

#include <utility>

namespace mux::inline v0::ingest {
namespace {

verdict judge_status(int status) noexcept {
  if (status < 200) return verdict::hopeless;
  if (status < 300) return verdict::ambiguous;  // done, but the id is unknown
  if (status < 400) return verdict::hopeless;   // somebody else answers for the API
  switch (status) {
    // 404 is how the API says that the token lacks a permission.
    case 401:
    case 403:
    case 404:
    case 405:
    case 501:
    case 505:
      return verdict::hopeless;
    case 408:
      return verdict::ambiguous;
    case 429:
      return verdict::later;
    default:
      return status < 500 ? verdict::refused : verdict::ambiguous;
  }
}

}  // namespace

verdict judge_create(const mux::error& e) noexcept {
  if (e.ambiguous) return verdict::ambiguous;
  if (e.http_status != 0) return judge_status(e.http_status);
  if (e.bytes_sent) return verdict::ambiguous;
  switch (e.code) {
    case mux::errc::cancelled:
    case mux::errc::shut_down:
      return verdict::unsent;
    case mux::errc::invalid_argument:
      return verdict::refused;
    case mux::errc::missing_credentials:
    case mux::errc::insecure_base_url:
    case mux::errc::invalid_ca_file:
    case mux::errc::limiter_state:
    case mux::errc::certificate_untrusted:
    case mux::errc::certificate_wrong_host:
      return verdict::hopeless;
    case mux::errc::would_exceed_deadline:
    case mux::errc::pool_exhausted:
    case mux::errc::rate_limited:
    case mux::errc::resolve_failed:
    case mux::errc::connect_failed:
    case mux::errc::tls_failed:
    case mux::errc::timed_out:
    case mux::errc::connection_lost:
      return verdict::later;
    default:
      return verdict::ambiguous;
  }
}

error unreachable(mux::error cause) {
  error e(errc::unreachable, "the uploads' storage cannot be reached");
  e.cause = std::move(cause);
  return e;
}

error to_error(mux::error cause) {
  const int status = cause.http_status;
  error e;
  if (status == 401 || status == 403 || cause.code == mux::errc::missing_credentials)
    e = error(errc::credentials_refused, "the API refuses the credentials");
  else if (status == 408 || status == 429 || status >= 500 ||
           (status == 0 && cause.code != mux::errc::bad_response))
    e = error(errc::unreachable, "the API cannot be reached");
  else
    e = error(errc::api_failed, "the API gave an answer that makes going on pointless");
  e.cause = std::move(cause);
  return e;
}

}  // namespace mux::inline v0::ingest
