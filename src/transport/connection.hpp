#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "transport/stream.hpp"
#include "transport/tls.hpp"
#include "transport/transport.hpp"
#include "transport/watch.hpp"

namespace mux::inline v0::transport {

class response_parser;

/// One HTTP/1.1 connection to an origin. Used by one coroutine at a time, on whatever strand that runs: no
/// handler of an earlier user can still touch it, so that it may serve coroutines of different strands one
/// after the other.
class connection {
 public:
  connection(std::uint64_t id, const asio::any_io_executor& executor, const network_options& options,
             std::shared_ptr<tls_context> tls, origin to);

  /// Resolves, connects and shakes hands. Nothing is returned on success.
  asio::awaitable<std::optional<wire_error>> open(std::optional<clock::time_point> deadline);
  /// One request, one answer. The connection is `reusable` afterwards or closed.
  asio::awaitable<outcome> exchange(const wire_request& request, std::optional<clock::time_point> deadline);

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  /// Open, and between two exchanges.
  [[nodiscard]] bool reusable() const noexcept { return reusable_; }
  [[nodiscard]] bool quiet() { return stream_.quiet(); }
  /// Gives up the socket because its execution context ends.
  void abandon() noexcept;

 private:
  using failure = std::optional<wire_error>;

  asio::awaitable<failure> reach(watch& time);
  asio::awaitable<failure> connect(watch& time, const asio::ip::tcp::endpoint& address, std::size_t left);
  asio::awaitable<failure> shake_hands(watch& time);
  asio::awaitable<failure> send(watch& time);
  asio::awaitable<failure> receive(watch& time, response_parser& parser);

  void enter(watch& time, call_phase phase, std::chrono::nanoseconds length);
  [[nodiscard]] wire_error fail(errc code, std::string_view why) const;
  [[nodiscard]] wire_error fail(wait_end how, const watch& time) const;
  [[nodiscard]] wire_error lost(std::string_view why) const;
  [[nodiscard]] std::string stream_fault() const;

  const std::uint64_t id_;
  const network_options& options_;  ///< the pool's, which outlives its connections
  const std::shared_ptr<tls_context> tls_;
  const origin to_;
  stream stream_;
  std::string outgoing_;  ///< kept for its memory
  std::string incoming_;  ///< bytes of the answer that the parser has not taken, at the front
  std::size_t unread_ = 0;
  std::uint64_t sent_before_ = 0;
  call_phase phase_ = call_phase::resolve;
  bool reusable_ = false;
  bool served_ = false;
  bool answer_started_ = false;
  bool in_exchange_ = false;
  bool written_ = false;  ///< all of the request was
};

}  // namespace mux::inline v0::transport
