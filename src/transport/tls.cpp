#include "transport/tls.hpp"

#include <cstdlib>
#include <fstream>

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace mux::inline v0::transport {
namespace {

constexpr std::size_t sessions_kept = 8;  // as many as there are connections to a host by default

int shelf_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string describe_roots(const std::string& ca_file) {
  if (!ca_file.empty()) return ca_file;
  const char* named = std::getenv(X509_get_default_cert_file_env());
  return named != nullptr && *named != '\0' ? std::string(named) : "the system's store";
}

const char* reason_of(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "it has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "it is not valid yet";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "it is signed by itself and not trusted";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "its root is not trusted";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "no trusted root leads to it";
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "its signature is wrong";
    case X509_V_ERR_CERT_REVOKED:
      return "it was revoked";
    case X509_V_ERR_INVALID_CA:
      return "one of its issuers is no authority";
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
      return "its chain is longer than an issuer allows";
    case X509_V_ERR_INVALID_PURPOSE:
      return "it was not issued for servers";
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
      return "an issuer must not issue for this name";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
      return "a key of its chain is too short";
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return "a signature of its chain is too weak";
    default:
      return X509_verify_cert_error_string(verdict);
  }
}

bool about_roots(long verdict) {
  return verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
         verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN || verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
         verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

std::string words(unsigned long code) {
  const char* known = code == 0 ? nullptr : ERR_reason_error_string(code);
  return known == nullptr ? std::string() : std::string(known);
}

std::string handshake_reason(unsigned long code) {
  switch (ERR_GET_REASON(code)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      return "what answers there does not speak TLS";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return "the server speaks no TLS version from 1.2 on";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return "the server refused the handshake";
    default:
      break;
  }
  const std::string known = words(code);
  return known.empty() ? "the handshake failed" : "the handshake failed: " + known;
}

}  // namespace

tls_context::tls_context(ssl_ptr<SSL_CTX> context, std::string roots)
    : context_(std::move(context)), roots_(std::move(roots)) {}

tls_context::~tls_context() = default;

result<std::shared_ptr<tls_context>> tls_context::make(const std::string& ca_file) {
  ssl_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  if (!context) return error(errc::tls_failed, "OpenSSL cannot be set up");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_read_ahead(raw, 1);  // header and body of a record in one system call
  static constexpr unsigned char protocols[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(raw, protocols, sizeof protocols - 1);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(raw, &tls_context::keep_session);

  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(raw);
  } else {
    if (!std::ifstream(ca_file)) return error(errc::invalid_ca_file, ca_file + ": cannot be read");
    if (SSL_CTX_load_verify_file(raw, ca_file.c_str()) != 1) {
      ERR_clear_error();
      return error(errc::invalid_ca_file, ca_file + ": holds no PEM certificate that can be read");
    }
  }
  return std::shared_ptr<tls_context>(new tls_context(std::move(context), describe_roots(ca_file)));
}

ssl_ptr<SSL> tls_context::open(const origin& to) {
  ssl_ptr<SSL> ssl(SSL_new(context_.get()));
  if (!ssl) return ssl;
  X509_VERIFY_PARAM* const demands = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(demands,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  boost::system::error_code not_an_address;
  asio::ip::make_address(to.host, not_an_address);
  if (not_an_address) {
    SSL_set_tlsext_host_name(ssl.get(), to.host.c_str());
    X509_VERIFY_PARAM_set1_host(demands, to.host.data(), to.host.size());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(demands, to.host.c_str());
  }
  SSL_set_connect_state(ssl.get());

  const std::lock_guard lock(mutex_);
  shelf& own = shelves_.try_emplace(to.host + ':' + std::to_string(to.port), *this).first->second;
  SSL_set_ex_data(ssl.get(), shelf_index(), &own);
  if (!own.sessions.empty()) {
    SSL_SESSION* const newest = own.sessions.back().get();
    SSL_set_session(ssl.get(), newest);
    // A server of TLS 1.2 need not follow a resumption up with another session.
    if (SSL_SESSION_get_protocol_version(newest) >= TLS1_3_VERSION) own.sessions.pop_back();
  }
  return ssl;
}

int tls_context::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* const own = static_cast<shelf*>(SSL_get_ex_data(ssl, shelf_index()));
  if (own == nullptr || SSL_SESSION_is_resumable(session) == 0) return 0;
  const std::lock_guard lock(own->owner.mutex_);
  if (own->sessions.size() == sessions_kept) own->sessions.erase(own->sessions.begin());
  own->sessions.emplace_back(session);
  return 1;  // the session is ours now
}

error tls_context::explain(const SSL& ssl) const {
  const unsigned long code = ERR_peek_error();
  const long verdict = SSL_get_verify_result(&ssl);
  ERR_clear_error();
  const std::string number = " (verification error " + std::to_string(verdict) + ")";
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return {errc::certificate_wrong_host, "the certificate is for another name" + number};
  if (verdict != X509_V_OK) {
    std::string why = std::string("the certificate is refused: ") + reason_of(verdict) + number;
    if (about_roots(verdict)) why += "; trusted are the roots of " + roots_;
    return {errc::certificate_untrusted, std::move(why)};
  }
  return {errc::tls_failed, handshake_reason(code)};
}

std::string tls_context::breakage() {
  const std::string known = words(ERR_peek_error());
  ERR_clear_error();
  return known.empty() ? "TLS broke off" : "TLS broke off: " + known;
}

}  // namespace mux::inline v0::transport
