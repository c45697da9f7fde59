#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include <mux/result.hpp>

#include "transport/transport.hpp"

namespace mux::inline v0::transport {

struct ssl_deleter {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
};
template <class T>
using ssl_ptr = std::unique_ptr<T, ssl_deleter>;

/// Roots, protocol versions and resumable sessions that all TLS connections of a network share. Whether a
/// certificate was revoked is not checked: neither CRLs nor OCSP are asked for. Thread-safe.
class tls_context {
 public:
  /// Trusts the certificates of `ca_file`, or the system's (`SSL_CERT_FILE` honoured) if it is empty.
  /// Errors: `invalid_ca_file`.
  static result<std::shared_ptr<tls_context>> make(const std::string& ca_file);
  ~tls_context();

  /// A client session towards `to` that demands its name (or address) in the certificate. It must not outlive
  /// this object.
  ssl_ptr<SSL> open(const origin& to);

  /// Why the handshake of `ssl` failed: code and reason in words. Call before any other OpenSSL call.
  [[nodiscard]] error explain(const SSL& ssl) const;
  /// Why TLS broke after the handshake.
  [[nodiscard]] static std::string breakage();

 private:
  /// Sessions of one origin, the newest last. A TLS 1.3 ticket is used once, an older session as often as it
  /// serves.
  struct shelf {
    explicit shelf(tls_context& context) : owner(context) {}
    tls_context& owner;  ///< never changes: OpenSSL hands sessions over on any thread
    std::vector<ssl_ptr<SSL_SESSION>> sessions;
  };

  tls_context(ssl_ptr<SSL_CTX> context, std::string roots);
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  ssl_ptr<SSL_CTX> context_;
  std::string roots_;  ///< where the trusted roots come from, for messages
  std::mutex mutex_;
  std::map<std::string, shelf> shelves_;
};

}  // namespace mux::inline v0::transport
