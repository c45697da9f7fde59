#pragma once

// A server on 127.0.0.1 that does to each connection what a script says; blocking, one thread a connection.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <openssl/ssl.h>

#include "transport/transport.hpp"
#include "unit/transport/certificates.hpp"

namespace mux::test {

class loopback_server;

/// The server's end of one connection.
class peer {
 public:
  /// From 0 on, in the order of acceptance.
  [[nodiscard]] int number() const noexcept { return number_; }
  /// The next request, head and body; empty once the client is gone.
  std::string request();
  /// At least one byte of a request.
  bool first_byte();
  void send(std::string_view bytes);
  /// Ends the stream as the protocol demands.
  void close();
  /// Ends the TCP stream without TLS's own end.
  void cut();
  /// Ends it with a reset.
  void reset();
  /// Waits until the client's system has taken all that was sent, an end of the stream included.
  void settle();
  void pause(std::chrono::milliseconds length) { std::this_thread::sleep_for(length); }
  /// Does nothing until the client is gone or the server stops. True if the client is gone.
  bool hold();
  [[nodiscard]] bool resumed() const { return tls_ && SSL_session_reused(tls_.get()) == 1; }
  [[nodiscard]] int socket() const noexcept { return socket_; }
  /// What the server's own TLS is; null without.
  [[nodiscard]] SSL* tls() const noexcept { return tls_.get(); }
  /// The name that the client asked for in the handshake.
  [[nodiscard]] std::string asked_name() const;

 private:
  friend class loopback_server;
  peer(loopback_server& owner, int socket, int number) : owner_(owner), socket_(socket), number_(number) {}
  bool shake_hands(SSL_CTX* context);
  int receive(char* into, int size);

  loopback_server& owner_;
  int socket_;
  int number_;
  std::shared_ptr<SSL> tls_;
  std::string unread_;
};

struct server_tls {
  explicit server_tls(identity who, int highest = TLS1_3_VERSION) : self(std::move(who)), version(highest) {}
  identity self;
  int version;  ///< the highest spoken
  /// Called for each connection, by its number, before the server takes part in the handshake.
  std::function<void(int)> before;
  /// Sets up what else a test wants of the server.
  std::function<void(SSL_CTX*)> adjust;
};

class loopback_server {
 public:
  using script = std::function<void(peer&)>;
  explicit loopback_server(script each);
  loopback_server(const server_tls& tls, script each);
  ~loopback_server();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] transport::origin at(bool tls, std::string host = "127.0.0.1") const;
  [[nodiscard]] int accepted() const noexcept { return accepted_; }
  /// Connections whose script is at its end.
  [[nodiscard]] int finished() const noexcept { return finished_; }

 private:
  friend class peer;
  struct visit {
    int socket = -1;
    std::thread thread;
  };
  void accept_all();

  script each_;
  std::function<void(int)> before_;
  std::shared_ptr<SSL_CTX> context_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> accepted_ = 0;
  std::atomic<int> finished_ = 0;
  std::mutex mutex_;
  std::list<visit> visits_;
  std::thread acceptor_;
};

/// A certificate for localhost and 127.0.0.1 from the authority that the tests' clients trust.
server_tls good_tls();

/// `HTTP/1.1 200 OK` with a body of announced length.
std::string ok(std::string_view body = "{}");

/// Answers every request of a connection with the same bytes.
loopback_server::script answering(std::string bytes);

}  // namespace mux::test
