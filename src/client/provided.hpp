#pragma once

#include <boost/asio/awaitable.hpp>

#include <mux/result.hpp>

#include "client/journey.hpp"

namespace mux::inline v0::client_detail {

/// Puts the credentials of the next try into its headers, if the client has a provider and the call goes to
/// the API. Errors: the provider's own, `timed_out` if it outlasts the call's limits, those of
/// `check_credentials`.
asio::awaitable<result<void>> authorize(journey& j);

}  // namespace mux::inline v0::client_detail
