#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "transport/transport.hpp"
#include "transport/watch.hpp"

namespace mux::inline v0::transport {

struct dial_options {
  dial_options() {}
  /// How long an address may take before the next one is tried beside it. RFC 8305, section 5.
  std::chrono::nanoseconds stagger = std::chrono::milliseconds(250);
  std::size_t most = 16;  ///< addresses that are tried
};

struct dialled {
  dialled() {}
  wait_end end = wait_end::ready;
  std::optional<asio::ip::tcp::socket> socket;  ///< connected
  boost::system::error_code failure;            ///< of the address that failed last
  std::size_t tried = 0;                        ///< addresses
};

/// Connects to the first of `addresses` that answers (Happy Eyeballs, RFC 8305): they are tried in their
/// order with the families alternating, the next one as soon as one fails or takes longer than the stagger.
/// The sockets live on `home`; their handlers run on the strand of the caller. Ends with a socket, with
/// `failure` once all have failed, or without either at `limit` or by cancellation.
asio::awaitable<dialled> dial(asio::any_io_executor home, std::vector<asio::ip::tcp::endpoint> addresses,
                              std::optional<clock::time_point> limit, dial_options how = {});

/// The same addresses, families alternating, that of the first leading.
[[nodiscard]] std::vector<asio::ip::tcp::endpoint> alternating(
    const std::vector<asio::ip::tcp::endpoint>& addresses);

/// This process or the system has no file descriptor left.
[[nodiscard]] bool out_of_descriptors(const boost::system::error_code& why) noexcept;
/// One more file descriptor can be had. The resolver does not say that this is what it lacks.
[[nodiscard]] bool descriptor_left() noexcept;
/// In words, also for what the system says in riddles.
[[nodiscard]] std::string reason_of(const boost::system::error_code& why);

}  // namespace mux::inline v0::transport
