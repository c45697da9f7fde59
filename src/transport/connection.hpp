#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "transport/stream.hpp"
#include "transport/tls.hpp"
#include "transport/transport.hpp"
#include "transport/watch.hpp"
#include "transport/wiped_string.hpp"

namespace mux::inline v0::transport {

class proxy;
class response_parser;
class sink_feed;

/// One HTTP/1.1 connection to an origin. Used by one coroutine at a time, on whatever strand that runs: no
/// handler of an earlier user can still touch it, so that it may serve coroutines of different strands one
/// after the other.
class connection {
 public:
  /// `via`: the proxy whose tunnel leads to `to`; it must outlive the connection. Null: directly.
  connection(std::uint64_t id, const network_options& options, std::shared_ptr<tls_context> tls, origin to,
             const proxy* via);

  /// Resolves, connects and shakes hands; the socket lives on `home`. Nothing is returned on success. May be
  /// called again after a failure.
  asio::awaitable<std::optional<wire_error>> open(asio::any_io_executor home,
                                                  std::optional<clock::time_point> deadline);
  /// One request, one answer. The connection is `reusable` afterwards or closed.
  asio::awaitable<outcome> exchange(const wire_request& request, std::optional<clock::time_point> deadline);

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] const origin& to() const noexcept { return to_; }
  /// Open, and between two exchanges.
  [[nodiscard]] bool reusable() const noexcept { return reusable_; }
  /// Nothing has come that was not asked for, and the peer has not closed.
  [[nodiscard]] bool quiet();
  /// The last `open` failed because there are no more file descriptors.
  [[nodiscard]] bool starved() const noexcept { return starved_; }
  /// When it was opened.
  [[nodiscard]] clock::time_point born() const noexcept { return born_; }
  /// Exchanges so far.
  [[nodiscard]] std::uint64_t served() const noexcept { return served_; }
  /// Its handshake took up the TLS session of an earlier one.
  [[nodiscard]] bool resumed() const noexcept { return resumed_; }
  /// How long the server says that it keeps an idle connection (`Keep-Alive: timeout`).
  [[nodiscard]] std::optional<std::chrono::seconds> keep_alive() const noexcept { return keep_alive_; }
  /// Gives up the socket because its execution context ends.
  void abandon() noexcept;

 private:
  using failure = std::optional<wire_error>;

  asio::awaitable<failure> reach(watch& time, asio::any_io_executor home);
  asio::awaitable<failure> connect(watch& time, asio::any_io_executor home,
                                   std::vector<asio::ip::tcp::endpoint> addresses);
  asio::awaitable<failure> dig(watch& time);
  asio::awaitable<failure> shake_hands(watch& time);
  asio::awaitable<failure> send(watch& time, std::string_view body);
  asio::awaitable<failure> receive(watch& time, response_parser& parser, std::string& body,
                                   std::optional<sink_feed>& feed);

  void enter(watch& time, call_phase phase, std::chrono::nanoseconds length);
  [[nodiscard]] wire_error fail(errc code, std::string_view why) const;
  [[nodiscard]] wire_error fail(wait_end how, const watch& time) const;
  [[nodiscard]] wire_error lost(std::string_view why) const;
  [[nodiscard]] wire_error refused(const error& by_sink) const;
  [[nodiscard]] std::string stream_fault() const;

  const std::uint64_t id_;
  const network_options& options_;  ///< the pool's, which outlives its connections
  const std::shared_ptr<tls_context> tls_;
  const origin to_;
  const proxy* const via_;
  stream stream_;
  wiped_string outgoing_;  ///< kept for its memory
  wiped_string incoming_;  ///< bytes of the answer that the parser has not taken, at the front
  std::size_t unread_ = 0;
  std::uint64_t sent_before_ = 0;
  call_phase phase_ = call_phase::resolve;
  bool reusable_ = false;
  std::uint64_t served_ = 0;
  clock::time_point born_{};
  clock::time_point checked_{};  ///< when it was last found `quiet`
  std::optional<std::chrono::seconds> keep_alive_;
  bool starved_ = false;
  bool resumed_ = false;
  bool at_proxy_ = false;  ///< it is the proxy that is spoken to
  bool answer_started_ = false;
  bool in_exchange_ = false;
  bool written_ = false;  ///< all of the request was
};

}  // namespace mux::inline v0::transport
