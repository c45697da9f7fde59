#include "unit/emulator/wire.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/ssl.h>

namespace mux::inline v0::emulator::test {

struct wire::state {
  int socket = -1;
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  std::string pending;

  ~state() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    ::close(socket);
  }

  void connect(std::uint16_t port, const std::string& ca_file) {
    socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
    if (ca_file.empty()) return;
    context = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1)
      throw std::runtime_error("no CA");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    ssl = SSL_new(context);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "127.0.0.1");
    SSL_set_fd(ssl, socket);
    if (SSL_connect(ssl) != 1) throw std::runtime_error("no TLS");
  }

  /// Bytes read, 0 at the end, negative after ten silent seconds or an error.
  long read() {
    char buffer[4096];
    const long count = ssl ? SSL_read(ssl, buffer, sizeof buffer)
                           : static_cast<long>(::recv(socket, buffer, sizeof buffer, 0));
    if (count > 0) pending.append(buffer, static_cast<std::size_t>(count));
    return count;
  }
};

wire::wire(std::uint16_t port, const std::string& ca_file) : state_(std::make_unique<state>()) {
  state_->connect(port, ca_file);
}

wire::~wire() = default;

void wire::send(std::string_view bytes) {
  if (state_->ssl)
    SSL_write(state_->ssl, bytes.data(), static_cast<int>(bytes.size()));
  else
    (void)!::send(state_->socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::optional<wire_answer> wire::receive() {
  auto& pending = state_->pending;
  std::size_t end = 0;
  while ((end = pending.find("\r\n\r\n")) == std::string::npos)
    if (state_->read() <= 0) return std::nullopt;
  wire_answer answer;
  answer.head = pending.substr(0, end + 2);
  answer.status = std::stoi(answer.head.substr(answer.head.find(' ')));
  pending.erase(0, end + 4);
  const auto length = answer.field("content-length");
  const std::size_t expected = length.empty() ? 0 : std::stoul(length);
  while (pending.size() < expected && state_->read() > 0) {
  }
  answer.complete = pending.size() >= expected;
  answer.body = pending.substr(0, expected);
  pending.erase(0, answer.body.size());
  return answer;
}

bool wire::ended() {
  return state_->pending.empty() && state_->read() <= 0 && errno != EAGAIN;
}

std::string wire::tls_version() const {
  return SSL_get_version(state_->ssl);
}

std::string wire_answer::field(std::string_view name) const {
  const auto start = head.find("\r\n" + std::string(name) + ": ");
  if (start == std::string::npos) return {};
  const auto value = start + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

}  // namespace mux::inline v0::emulator::test
