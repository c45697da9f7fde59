#pragma once

#include <optional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "transport/transport.hpp"
#include "transport/watch.hpp"

namespace mux::inline v0::transport {

struct addresses {
  addresses() {}
  wait_end end = wait_end::ready;
  std::vector<asio::ip::tcp::endpoint> endpoints;
  boost::system::error_code failure;
};

/// The addresses of a host; an address stands for itself. The system's resolver cannot be interrupted: after
/// `limit` it is left to finish on its own and nobody waits for it any more.
asio::awaitable<addresses> look_up(const origin& of, std::optional<clock::time_point> limit);

}  // namespace mux::inline v0::transport
