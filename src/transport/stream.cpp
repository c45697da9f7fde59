#include "transport/stream.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>

namespace mux::inline v0::transport {
namespace {

/// What this thread left in OpenSSL's queue earlier would be taken for the fault of the next call. There is
/// hardly ever anything, and to look costs a fraction of clearing.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

attempt stream::receive(char* into, std::size_t size, int flags) {
  for (;;) {
    const ssize_t got = ::recv(socket_->native_handle(), into, size, MSG_DONTWAIT | flags);
    if (got > 0) return {progress::done, static_cast<std::size_t>(got)};
    if (got == 0) {
      ended_ = true;
      return {progress::closed};
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {progress::wants_read};
    fault_ = errno;
    return {progress::failed};
  }
}

attempt stream::transmit(const char* from, std::size_t size) {
  for (;;) {
    // A library must not rely on the program's disposition of SIGPIPE.
    const ssize_t put = ::send(socket_->native_handle(), from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put >= 0) {
      sent_ += static_cast<std::uint64_t>(put);
      return {progress::done, static_cast<std::size_t>(put)};
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {progress::wants_write};
    fault_ = errno;
    return {progress::failed};
  }
}

int stream::wire_read(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  BIO_clear_retry_flags(bio);
  const attempt tried = static_cast<stream*>(BIO_get_data(bio))->receive(into, size);
  if (tried.status == progress::wants_read) BIO_set_retry_read(bio);
  *got = tried.bytes;
  return tried.status == progress::done ? 1 : 0;
}

int stream::wire_write(BIO* bio, const char* from, std::size_t size, std::size_t* put) {
  BIO_clear_retry_flags(bio);
  const attempt tried = static_cast<stream*>(BIO_get_data(bio))->transmit(from, size);
  if (tried.status == progress::wants_write) BIO_set_retry_write(bio);
  *put = tried.bytes;
  return tried.status == progress::done ? 1 : 0;
}

long stream::wire_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return static_cast<stream*>(BIO_get_data(bio))->ended_ ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL and does not count what was sent.
BIO_METHOD* stream::wire() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mux socket");
    BIO_meth_set_read_ex(made, &stream::wire_read);
    BIO_meth_set_write_ex(made, &stream::wire_write);
    BIO_meth_set_ctrl(made, &stream::wire_control);
    return made;
  }();
  return method;
}

void stream::adopt(asio::ip::tcp::socket connected) {
  socket_.emplace(std::move(connected));
  established_ = ended_ = false;
  fault_ = 0;
}

void stream::secure(ssl_ptr<SSL> session) {
  ssl_ = std::move(session);
  BIO* const bio = BIO_new(wire());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

attempt stream::judge(int outcome, std::size_t bytes) {
  if (outcome > 0) return {progress::done, bytes};
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return {progress::wants_read};
    case SSL_ERROR_WANT_WRITE:
      return {progress::wants_write};
    case SSL_ERROR_ZERO_RETURN:
      return {progress::closed};
    default:
      return {ended_ ? progress::cut : progress::failed};
  }
}

attempt stream::handshake() {
  forget_errors();
  fault_ = 0;
  const attempt tried = judge(SSL_do_handshake(ssl_.get()), 0);
  established_ = tried.status == progress::done;
  return tried;
}

attempt stream::read(char* into, std::size_t size) {
  fault_ = 0;
  if (!ssl_) return receive(into, size);
  forget_errors();
  std::size_t got = 0;
  const int outcome = SSL_read_ex(ssl_.get(), into, size, &got);
  return judge(outcome, got);
}

attempt stream::write(std::string_view bytes) {
  fault_ = 0;
  if (!ssl_) return transmit(bytes.data(), bytes.size());
  forget_errors();
  std::size_t put = 0;
  const int outcome = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put);
  return judge(outcome, put);
}

attempt stream::peek(char* into, std::size_t size) {
  fault_ = 0;
  if (!ssl_) return receive(into, size, MSG_PEEK);
  // Session tickets may lie in wait; OpenSSL takes them in and still wants to read.
  forget_errors();
  std::size_t got = 0;
  const int outcome = SSL_peek_ex(ssl_.get(), into, size, &got);
  return judge(outcome, got);
}

bool stream::quiet() {
  if (!socket_ || !socket_->is_open()) return false;
  char unasked = 0;
  return peek(&unasked, 1).status == progress::wants_read;
}

void stream::close() noexcept {
  if (ssl_ && socket_ && socket_->is_open() && established_ && !ended_ && fault_ == 0) {
    forget_errors();
    SSL_shutdown(ssl_.get());
    forget_errors();
  }
  abandon();
}

void stream::abandon() noexcept {
  // Without this mark OpenSSL would take the session, which others resume, for broken.
  if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  ssl_.reset();
  socket_.reset();
}

}  // namespace mux::inline v0::transport
