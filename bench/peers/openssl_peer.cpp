// openssl_peer MODE: blocking OpenSSL on a socket, and next to nothing else: what nobody who uses the same
// TLS can go below.
//   listing         all pages, nothing decoded but Content-Length and the next cursor
//   one             one GET of an asset
//   one_typed       the same, decoded
//   reconnect N     N times: connection, one GET, end; with tickets if the server gives some

#include <arpa/inet.h>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "peers/address.hpp"
#include "peers/checksum.hpp"
#include "peers/owned_asset.hpp"

namespace {

template <auto Free>
struct deleter {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using context_ptr = std::unique_ptr<SSL_CTX, deleter<SSL_CTX_free>>;
using ssl_ptr = std::unique_ptr<SSL, deleter<SSL_free>>;
using session_ptr = std::unique_ptr<SSL_SESSION, deleter<SSL_SESSION_free>>;

session_ptr kept_session;

int keep_session(SSL*, SSL_SESSION* session) {
  kept_session.reset(session);
  return 1;
}

context_ptr make_context(const peers::address& to) {
  context_ptr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), keep_session);
  if (SSL_CTX_load_verify_file(context.get(), to.ca_file.c_str()) != 1)
    throw std::runtime_error(to.ca_file + ": cannot be read");
  return context;
}

class connection {
 public:
  connection(SSL_CTX* context, const peers::address& to) : to_(to) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(to.port.c_str())));
    ::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
    ssl_.reset(SSL_new(context));
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), to.host.c_str());
    if (kept_session) SSL_set_session(ssl_.get(), kept_session.get());
    SSL_set_fd(ssl_.get(), socket_);
    if (SSL_connect(ssl_.get()) != 1) throw std::runtime_error("the TLS handshake failed");
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    SSL_shutdown(ssl_.get());
    ::close(socket_);
  }

  /// The body of the answer to a GET; valid until the next call. `room` bytes of capacity stay behind it.
  const std::string& get(const std::string& target, std::size_t room = 0) {
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + to_.host + ':' + to_.port + "\r\n" +
                                peers::authorization + "\r\nAccept: application/json\r\n\r\n";
    if (SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size())) <= 0)
      throw std::runtime_error("the request could not be written");

    char head[16 * 1024];
    std::size_t got = 0;
    std::size_t head_size = std::string_view::npos;
    while (head_size == std::string_view::npos) {
      got += read(head + got, sizeof head - got);
      head_size = std::string_view(head, got).find("\r\n\r\n");
    }
    head_size += 4;
    body_.reserve(content_length(std::string_view(head, head_size)) + room);
    body_.resize(content_length(std::string_view(head, head_size)));
    std::size_t filled = got - head_size;
    std::memcpy(body_.data(), head + head_size, filled);
    while (filled < body_.size()) filled += read(body_.data() + filled, body_.size() - filled);
    return body_;
  }

 private:
  std::size_t read(char* into, std::size_t size) {
    const int got = SSL_read(ssl_.get(), into, static_cast<int>(size));
    if (got <= 0) throw std::runtime_error("the answer broke off");
    return static_cast<std::size_t>(got);
  }

  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "\r\nContent-Length: ";
    if (!head.starts_with("HTTP/1.1 200")) throw std::runtime_error("not the expected answer");
    const std::size_t at = head.find(name);
    std::size_t length = 0;
    if (at == std::string_view::npos ||
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length).ec != std::errc())
      throw std::runtime_error("an answer without its length");
    return length;
  }

  const peers::address& to_;
  int socket_ = -1;
  ssl_ptr ssl_;
  std::string body_;
};

std::optional<std::string> next_cursor(std::string_view page) {
  constexpr std::string_view name = R"("next_cursor":")";
  const std::size_t at = page.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = page.substr(at + name.size());
  return std::string(rest.substr(0, rest.find('"')));
}

void list(const peers::address& to, SSL_CTX* context) {
  connection wire(context, to);
  std::size_t pages = 0, bytes = 0;
  std::optional<std::string> cursor("");
  while (cursor) {
    const std::string& page =
        wire.get("/video/v1/assets?" + (cursor->empty() ? "" : "cursor=" + *cursor + '&') + "limit=100");
    ++pages;
    bytes += page.size();
    cursor = next_cursor(page);
  }
  std::printf("pages=%zu bytes=%zu\n", pages, bytes);
}

void get_typed(const peers::address& to, SSL_CTX* context) {
  connection wire(context, to);
  peers::on_demand_decoder decoder;
  peers::checksum sum;
  const peers::owned_asset asset =
      decoder.asset(wire.get("/video/v1/assets/" + to.asset_id, peers::decoder_padding));
  peers::add_asset(sum, asset, [](std::int64_t seconds) { return seconds; });
  sum.print();
}

void reconnect(const peers::address& to, SSL_CTX* context, int times) {
  for (int i = 0; i < times; ++i) connection(context, to).get("/video/v1/assets/" + to.asset_id);
  std::printf("gets=%d\n", times);
}

}  // namespace

int main(int count, char** arguments) try {
  const std::string mode = count > 1 ? arguments[1] : "";
  const peers::address to;
  const context_ptr context = make_context(to);
  if (mode == "listing")
    list(to, context.get());
  else if (mode == "one")
    std::printf("bytes=%zu\n", connection(context.get(), to).get("/video/v1/assets/" + to.asset_id).size());
  else if (mode == "one_typed")
    get_typed(to, context.get());
  else if (mode == "reconnect")
    reconnect(to, context.get(), count > 2 ? std::atoi(arguments[2]) : 1);
  else
    return std::fputs("openssl_peer: no such mode\n", stderr), 2;
} catch (const std::exception& e) {
  std::fprintf(stderr, "openssl_peer: %s\n", e.what());
  return 1;
}
