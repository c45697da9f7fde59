#pragma once

#include <boost/asio/awaitable.hpp>

#include "client/core.hpp"

namespace mux::inline v0::client_detail {

/// Sleeps; true if it was cancelled. To be awaited on a strand.
asio::awaitable<bool> pause(detail::client_core& core, policy::duration length);

}  // namespace mux::inline v0::client_detail
