#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "emulator/api.hpp"

namespace mux::inline v0::emulator {

namespace asio = boost::asio;

/// What all connections of a server share. Outlives them.
struct session_context {
  emulator::api& api;
  asio::ssl::context* tls = nullptr;  ///< null: plain http
  std::size_t max_header = 0;
  std::size_t max_body = 0;
  std::chrono::nanoseconds idle_timeout{0};
};

/// A connection. It owns itself while it is open.
class session {
 public:
  virtual ~session() = default;
  /// Closes the connection as soon as no answer is under way. May be called from any thread.
  virtual void finish() = 0;
};

/// Serves `socket`, whose executor is a strand, until it is closed; then calls `ended`.
[[nodiscard]] std::shared_ptr<session> start_session(asio::ip::tcp::socket socket,
                                                     const session_context& context,
                                                     std::function<void()> ended);

}  // namespace mux::inline v0::emulator
