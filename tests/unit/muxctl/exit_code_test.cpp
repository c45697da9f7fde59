#include "muxctl/exit_code.hpp"

#include <csignal>

#include <gtest/gtest.h>

#include "muxctl/failure.hpp"
#include "muxctl/ingest_failure.hpp"

using namespace mux::muxctl;
using mux::errc;

namespace {

int code_of(errc code) {
  return static_cast<int>(exit_code_of(code));
}

int code_of(mux::ingest::errc code) {
  return static_cast<int>(failure_of(mux::ingest::error(code)).exit);
}

}  // namespace

TEST(exit_code, is_the_contract_for_each_kind_of_failure) {
  EXPECT_EQ(code_of(errc::none), 0);
  for (const errc usage : {errc::invalid_argument, errc::insecure_base_url, errc::invalid_ca_file})
    EXPECT_EQ(code_of(usage), 2);
  for (const errc credentials : {errc::missing_credentials, errc::unauthorized, errc::permission_denied})
    EXPECT_EQ(code_of(credentials), 4);
  for (const errc network : {errc::resolve_failed, errc::connect_failed, errc::tls_failed,
                             errc::certificate_untrusted, errc::certificate_wrong_host, errc::timed_out,
                             errc::connection_lost, errc::connection_lost_unanswered, errc::server_error,
                             errc::pool_exhausted, errc::would_exceed_deadline})
    EXPECT_EQ(code_of(network), 5) << mux::to_string(network);
  for (const errc refused : {errc::bad_request, errc::not_found, errc::conflict, errc::unprocessable,
                             errc::rate_limited, errc::upload_expired})
    EXPECT_EQ(code_of(refused), 8) << mux::to_string(refused);
  for (const errc unusable : {errc::not_json, errc::truncated_body, errc::response_too_large,
                              errc::bad_response, errc::unexpected_status})
    EXPECT_EQ(code_of(unusable), 9) << mux::to_string(unusable);
}

TEST(exit_code, of_a_status_without_a_code_of_its_own_depends_on_its_class) {
  mux::error odd(errc::unexpected_status);
  for (const int refused : {402, 410, 413, 451}) {
    odd.http_status = refused;
    EXPECT_EQ(exit_code_of(odd), exit_code::refused) << refused;
  }
  for (const int unusable : {302, 600}) {
    odd.http_status = unusable;
    EXPECT_EQ(exit_code_of(odd), exit_code::unusable_answer) << unusable;
  }
}

TEST(exit_code, of_an_unknown_failure_is_a_failure) {
  for (int code = 1; code < 64; ++code) EXPECT_NE(code_of(static_cast<errc>(code)), 0) << code;
}

TEST(exit_code, of_a_signal_is_128_and_its_number) {
  EXPECT_EQ(exit_code_of_signal(SIGHUP), exit_code::hung_up);
  EXPECT_EQ(exit_code_of_signal(SIGINT), exit_code::interrupted);
  EXPECT_EQ(exit_code_of_signal(SIGTERM), exit_code::terminated);
}

TEST(exit_code, of_an_ingest_tells_manifest_journal_and_api_apart) {
  using ingest_errc = mux::ingest::errc;
  EXPECT_EQ(code_of(ingest_errc::manifest_invalid), 3);
  EXPECT_EQ(code_of(ingest_errc::manifest_unreadable), 3);
  for (const ingest_errc journal :
       {ingest_errc::journal_locked, ingest_errc::journal_foreign, ingest_errc::journal_corrupt,
        ingest_errc::journal_newer, ingest_errc::journal_unavailable, ingest_errc::disk_full,
        ingest_errc::other_environment})
    EXPECT_EQ(code_of(journal), 7);
  EXPECT_EQ(code_of(ingest_errc::credentials_refused), 4);
  EXPECT_EQ(code_of(ingest_errc::unreachable), 5);
}

TEST(failure, of_an_ingest_keeps_the_code_of_the_failed_call) {
  mux::ingest::error e(mux::ingest::errc::unreachable, "the API could not be reached");
  e.cause = mux::error(errc::certificate_wrong_host, "the certificate is for other.example");
  const failure f = failure_of(e);
  EXPECT_EQ(f.code, "certificate_wrong_host");
  EXPECT_EQ(f.exit, exit_code::unreachable);
}

TEST(failure, prints_code_message_hint_and_request_id_on_lines_of_their_own) {
  mux::error e(errc::not_found, "no such thing");
  e.http_status = 404;
  e.api_messages = {"The requested resource either doesn't exist or you don't have access to it."};
  e.hint = "look at the permissions";
  e.request_id = "F8a2";
  EXPECT_EQ(to_text(failure(e), false),
            "muxctl: error: [not_found] no such thing (HTTP 404): The requested resource either doesn't "
            "exist or you "
            "don't have access to it.\n"
            "muxctl: hint: look at the permissions\n"
            "muxctl: request id: F8a2\n");
}

TEST(failure, warns_of_repeating_an_ambiguous_call) {
  mux::error e(errc::ambiguous, "the connection was lost");
  e.cause = errc::connection_lost_unanswered;
  e.ambiguous = true;
  EXPECT_EQ(static_cast<int>(mux::muxctl::exit_code_of(e)), 5);
  EXPECT_NE(to_text(failure(e), false).find("look before you repeat"), std::string::npos);
}

TEST(failure, lets_no_message_of_the_api_steer_the_terminal) {
  mux::error e(errc::bad_request);
  e.api_messages = {"\x1b[2J\r\nmuxctl: all is well"};
  e.request_id = "\x1b]0;x\x07";
  const std::string text = to_text(failure(e), false);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find("\nmuxctl: all is well"), std::string::npos);
}

TEST(failure, is_coloured_only_if_asked_for) {
  const failure f(exit_code::usage, "usage", "x");
  EXPECT_EQ(to_text(f, false).find('\x1b'), std::string::npos);
  EXPECT_NE(to_text(f, true).find('\x1b'), std::string::npos);
}
