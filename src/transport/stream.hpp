#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "transport/tls.hpp"

namespace mux::inline v0::transport {

/// How far one attempt on a stream came.
enum class progress : std::uint8_t {
  done,
  wants_read,   ///< call again once the socket is readable
  wants_write,  ///< call again once the socket is writable
  closed,       ///< the peer ended the stream as the protocol demands
  cut,          ///< the stream ended without TLS's own end: what came may be incomplete
  failed,       ///< `stream::fault` says why; zero: TLS broke, and OpenSSL's queue says why
};

struct attempt {
  progress status = progress::done;
  std::size_t bytes = 0;

  [[nodiscard]] bool waits() const noexcept {
    return status == progress::wants_read || status == progress::wants_write;
  }
  /// What to wait for if it `waits`.
  [[nodiscard]] asio::ip::tcp::socket::wait_type direction() const noexcept {
    return status == progress::wants_write ? asio::ip::tcp::socket::wait_write
                                           : asio::ip::tcp::socket::wait_read;
  }
};

/// Bytes over TCP, plain or through TLS. Never blocks and never waits: a driver waits on `socket()` in
/// between. OpenSSL works on the socket without buffers in between, so nothing is read ahead that `quiet`
/// does not see.
class stream {
 public:
  stream() = default;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() { close(); }

  /// Takes a connected socket. Everything below needs one.
  void adopt(asio::ip::tcp::socket connected);
  [[nodiscard]] asio::ip::tcp::socket& socket() noexcept { return *socket_; }
  [[nodiscard]] SSL& tls() noexcept { return *ssl_; }

  /// Everything from here on goes through `session`; `handshake` comes first.
  void secure(ssl_ptr<SSL> session);
  attempt handshake();
  attempt read(char* into, std::size_t size);
  attempt write(std::string_view bytes);

  /// As `read`, but what is shown stays to be read.
  attempt peek(char* into, std::size_t size);
  /// Nothing has come that was not asked for, and the peer has not closed.
  bool quiet();
  /// There are bytes from the socket that nobody was given yet.
  [[nodiscard]] bool ahead() const noexcept { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }
  /// Bytes that the operating system took since the start.
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
  /// Why the last attempt `failed`, as an errno value.
  [[nodiscard]] int fault() const noexcept { return fault_; }

  /// Says goodbye to the peer if that is possible at once.
  void close() noexcept;
  /// Gives up the socket because its execution context ends.
  void abandon() noexcept;

 private:
  static BIO_METHOD* wire();
  static int wire_read(BIO* bio, char* into, std::size_t size, std::size_t* got);
  static int wire_write(BIO* bio, const char* from, std::size_t size, std::size_t* put);
  static long wire_control(BIO* bio, int command, long number, void* pointer);

  attempt receive(char* into, std::size_t size, int flags = 0);
  attempt transmit(const char* from, std::size_t size);
  attempt judge(int outcome, std::size_t bytes);

  std::optional<asio::ip::tcp::socket> socket_;
  ssl_ptr<SSL> ssl_;
  bool established_ = false;  ///< the handshake is complete
  bool ended_ = false;        ///< the peer's end of the TCP stream was read
  int fault_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace mux::inline v0::transport
