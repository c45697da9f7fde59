#include "muxctl/exit_code.hpp"

namespace mux::inline v0::muxctl {

exit_code exit_code_of(const error& e) noexcept {
  switch (e.code == errc::ambiguous && e.cause != errc::none ? e.cause : e.code) {
    case errc::none:
      return exit_code::done;
    case errc::invalid_argument:
    case errc::insecure_base_url:
    case errc::invalid_ca_file:
      return exit_code::usage;
    case errc::missing_credentials:
    case errc::unauthorized:
    case errc::permission_denied:
      return exit_code::credentials;
    case errc::would_exceed_deadline:
    case errc::pool_exhausted:
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::tls_failed:
    case errc::certificate_untrusted:
    case errc::certificate_wrong_host:
    case errc::timed_out:
    case errc::connection_lost:
    case errc::connection_lost_unanswered:
    case errc::server_error:
      return exit_code::unreachable;
    case errc::bad_request:
    case errc::not_found:
    case errc::conflict:
    case errc::unprocessable:
    case errc::rate_limited:
    case errc::upload_expired:
      return exit_code::refused;
    case errc::unexpected_status:
      return e.http_status >= 400 && e.http_status < 500 ? exit_code::refused : exit_code::unusable_answer;
    case errc::not_json:
    case errc::truncated_body:
    case errc::response_too_large:
    case errc::bad_response:
      return exit_code::unusable_answer;
    case errc::ambiguous:
    case errc::limiter_state:
    case errc::shut_down:
    case errc::cancelled:
    case errc::source_changed:
    case errc::source_unreadable:
      break;
  }
  return exit_code::failed;
}

exit_code exit_code_of_signal(int signal) noexcept {
  return static_cast<exit_code>(128 + signal);
}

}  // namespace mux::inline v0::muxctl
