#include "unit/transport/loopback_server.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace mux::test {
namespace {

int listen_on_loopback(std::uint16_t& port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(made, any, size) != 0 || ::listen(made, 64) != 0 || ::getsockname(made, any, &size) != 0)
    throw std::runtime_error("cannot listen on loopback");
  port = ntohs(address.sin_port);
  return made;
}

// A client that is gone must not end the program by SIGPIPE here; the client's own threads stay as they are.
void ignore_broken_pipes() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::size_t length_of_body(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t at = head.find(name);
  return at == std::string_view::npos ? 0 : std::strtoull(head.data() + at + name.size(), nullptr, 10);
}

}  // namespace

bool peer::shake_hands(SSL_CTX* context) {
  tls_ = std::shared_ptr<SSL>(SSL_new(context), SSL_free);
  SSL_set_fd(tls_.get(), socket_);
  return SSL_accept(tls_.get()) == 1;
}

int peer::receive(char* into, int size) {
  if (tls_) return SSL_read(tls_.get(), into, size);
  return static_cast<int>(::recv(socket_, into, static_cast<std::size_t>(size), 0));
}

bool peer::first_byte() {
  char byte = 0;
  if (receive(&byte, 1) != 1) return false;
  unread_ += byte;
  return true;
}

std::string peer::request() {
  for (;;) {
    const std::size_t end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t whole = end + 4 + length_of_body(std::string_view(unread_).substr(0, end));
      if (unread_.size() >= whole) {
        std::string one = unread_.substr(0, whole);
        unread_.erase(0, whole);
        return one;
      }
    }
    char part[4096];
    const int got = receive(part, sizeof part);
    if (got <= 0) return {};
    unread_.append(part, static_cast<std::size_t>(got));
  }
}

void peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int put = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                         : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (put <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

void peer::close() {
  if (tls_) SSL_shutdown(tls_.get());
  cut();
}

void peer::cut() {
  ::shutdown(socket_, SHUT_WR);
}

void peer::reset() {
  // Data that is not read makes the system send a reset when the socket closes; SO_LINGER makes sure.
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  const std::lock_guard lock(owner_.mutex_);
  for (auto& one : owner_.visits_)
    if (one.socket == socket_) one.socket = -1;
  ::close(std::exchange(socket_, -1));
}

void peer::settle() {
  const auto closing = [](int state) {
    return state == TCP_FIN_WAIT1 || state == TCP_CLOSING || state == TCP_LAST_ACK;
  };
  for (;;) {
    int unsent = 0;
    tcp_info info{};
    socklen_t size = sizeof info;
    ::ioctl(socket_, SIOCOUTQ, &unsent);
    ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size);
    if (unsent == 0 && !closing(info.tcpi_state)) return;
    std::this_thread::yield();
  }
}

bool peer::hold() {
  while (!owner_.stopping_) {
    pollfd one{socket_, POLLRDHUP, 0};
    if (::poll(&one, 1, 20) > 0) return true;
  }
  return false;
}

std::string peer::asked_name() const {
  const char* name = SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? std::string() : std::string(name);
}

loopback_server::loopback_server(script each) : each_(std::move(each)), listener_(listen_on_loopback(port_)) {
  acceptor_ = std::thread([this] { accept_all(); });
}

loopback_server::loopback_server(const server_tls& tls, script each)
    : each_(std::move(each)),
      before_(tls.before),
      context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
      listener_(listen_on_loopback(port_)) {
  SSL_CTX* const raw = context_.get();
  SSL_CTX_set_security_level(raw, 0);  // what is too weak is for the client to say
  SSL_CTX_use_certificate(raw, tls.self.certificate());
  SSL_CTX_use_PrivateKey(raw, tls.self.key());
  SSL_CTX_set_max_proto_version(raw, tls.version);
  if (tls.version < TLS1_2_VERSION) SSL_CTX_set_min_proto_version(raw, tls.version);
  if (tls.adjust) tls.adjust(raw);
  acceptor_ = std::thread([this] { accept_all(); });
}

loopback_server::~loopback_server() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (auto& one : visits_)
      if (one.socket >= 0) ::shutdown(one.socket, SHUT_RDWR);
  }
  for (auto& one : visits_) one.thread.join();
}

void loopback_server::accept_all() {
  ignore_broken_pipes();
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int number = accepted_++;
    const std::lock_guard lock(mutex_);
    visit& one = visits_.emplace_back();
    one.socket = socket;
    one.thread = std::thread([this, socket, number, &one] {
      ignore_broken_pipes();
      peer client(*this, socket, number);
      if (before_) before_(number);
      if (!context_ || client.shake_hands(context_.get())) each_(client);
      ++finished_;
      const std::lock_guard guard(mutex_);
      if (one.socket >= 0) ::close(std::exchange(one.socket, -1));
    });
  }
}

transport::origin loopback_server::at(bool tls, std::string host) const {
  transport::origin here;
  here.tls = tls;
  here.host = std::move(host);
  here.port = port_;
  return here;
}

server_tls good_tls() {
  return server_tls(identity(certificate_wish{}, trusted_authority::instance().self()));
}

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

loopback_server::script answering(std::string bytes) {
  return [bytes = std::move(bytes)](peer& client) {
    while (!client.request().empty()) client.send(bytes);
  };
}

}  // namespace mux::test
