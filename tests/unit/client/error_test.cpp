#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mux/error.hpp>
#include <mux/result.hpp>

namespace {

using mux::errc;

/// The most derived of our classes that `throw_error` throws for this code.
std::string thrown(errc code) {
  try {
    mux::throw_error(mux::error(code, "why"));
  } catch (const mux::configuration_error&) {
    return "configuration";
  } catch (const mux::bad_request_error&) {
    return "bad_request";
  } catch (const mux::authentication_error&) {
    return "authentication";
  } catch (const mux::permission_denied_error&) {
    return "permission_denied";
  } catch (const mux::not_found_error&) {
    return "not_found";
  } catch (const mux::conflict_error&) {
    return "conflict";
  } catch (const mux::unprocessable_entity_error&) {
    return "unprocessable_entity";
  } catch (const mux::rate_limit_error&) {
    return "rate_limit";
  } catch (const mux::internal_server_error&) {
    return "internal_server";
  } catch (const mux::connection_timeout_error&) {
    return "connection_timeout";
  } catch (const mux::connection_error&) {
    return "connection";
  } catch (const mux::ambiguous_error&) {
    return "ambiguous";
  } catch (const mux::response_error&) {
    return "response";
  } catch (const mux::request_failed&) {
    return "request_failed";
  }
}

TEST(error, each_code_throws_the_class_that_a_caller_would_catch) {
  const std::vector<std::pair<errc, std::string>> expected = {
      {errc::missing_credentials, "configuration"},
      {errc::insecure_base_url, "configuration"},
      {errc::invalid_ca_file, "configuration"},
      {errc::limiter_state, "configuration"},
      {errc::bad_request, "bad_request"},
      {errc::unauthorized, "authentication"},
      {errc::permission_denied, "permission_denied"},
      {errc::not_found, "not_found"},
      {errc::conflict, "conflict"},
      {errc::unprocessable, "unprocessable_entity"},
      {errc::rate_limited, "rate_limit"},
      {errc::server_error, "internal_server"},
      {errc::timed_out, "connection_timeout"},
      {errc::pool_exhausted, "connection"},
      {errc::resolve_failed, "connection"},
      {errc::connect_failed, "connection"},
      {errc::tls_failed, "connection"},
      {errc::certificate_untrusted, "connection"},
      {errc::certificate_wrong_host, "connection"},
      {errc::connection_lost, "connection"},
      {errc::connection_lost_unanswered, "connection"},
      {errc::ambiguous, "ambiguous"},
      {errc::not_json, "response"},
      {errc::truncated_body, "response"},
      {errc::response_too_large, "response"},
      {errc::bad_response, "response"},
      {errc::unexpected_status, "response"},
      {errc::cancelled, "request_failed"},
      {errc::shut_down, "request_failed"},
      {errc::would_exceed_deadline, "request_failed"},
      {errc::invalid_argument, "request_failed"},
  };
  for (const auto& [code, name] : expected) EXPECT_EQ(thrown(code), name) << mux::to_string(code);
}

TEST(error, the_value_of_a_failed_result_throws_the_same) {
  const mux::result<int> failed = mux::error(errc::not_found, "gone");
  EXPECT_THROW((void)failed.value(), mux::not_found_error);
}

TEST(error, every_code_has_a_name_of_its_own) {
  std::vector<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(errc::bad_response); ++code) {
    const std::string_view name = mux::to_string(static_cast<errc>(code));
    EXPECT_NE(name, "unknown") << code;
    for (const std::string_view other : names) EXPECT_NE(name, other);
    names.push_back(name);
  }
}

TEST(error, the_message_says_what_where_and_what_to_do) {
  mux::error e(errc::not_found, "no such thing");
  e.http_status = 404;
  e.api_type = "not_found";
  e.api_messages = {"The resource does not exist."};
  e.request_id = "rq1";
  e.hint = "look again";
  e.attempts = 2;
  EXPECT_EQ(
      e.message(),
      "not_found: no such thing, HTTP 404, not_found: The resource does not exist., request id rq1, 2 tries; "
      "look again");
}

}  // namespace
