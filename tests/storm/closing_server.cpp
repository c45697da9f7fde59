#include "storm/closing_server.hpp"

#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>
#include <random>
#include <string_view>
#include <thread>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "emulator/certificate.hpp"

namespace storm {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::microseconds longest_idle{200};

/// How a connection fares after an answer.
enum class fate { goes_on, closes_at_once, closes_idle, closes_under_next };

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + before.size());
  return rest.substr(0, rest.find(after));
}

/// Head and body of the first request in `arrived`, once both are complete.
std::optional<std::size_t> request_size(std::string_view arrived) {
  const std::size_t end = arrived.find("\r\n\r\n");
  if (end == std::string_view::npos) return {};
  const std::string_view length = between(arrived.substr(0, end + 2), "Content-Length: ", "\r\n");
  std::size_t body = 0;
  std::from_chars(length.data(), length.data() + length.size(), body);
  const std::size_t whole = end + 4 + body;
  return whole <= arrived.size() ? std::optional(whole) : std::nullopt;
}

/// Cuts what is under way on a stream. Lives in the frame of a coroutine, which awaits `end` before it goes
/// on.
template <class Stream>
class alarm {
 public:
  alarm(asio::io_context& io, Stream& stream) : io_(io), stream_(stream), timer_(io) {}

  void set(std::chrono::microseconds patience) {
    set_ = true;
    timer_.expires_after(patience);
    timer_.async_wait([this](const boost::system::error_code& ec) {
      if (ec) return;
      rang_ = true;
      boost::system::error_code ignored;
      stream_.lowest_layer().cancel(ignored);
    });
  }
  asio::awaitable<void> end() {
    if (!set_) co_return;
    timer_.cancel();
    // The handler, which refers to this, stands in front of this in the queue.
    co_await asio::post(io_, asio::use_awaitable);
  }
  [[nodiscard]] bool rang() const noexcept { return rang_; }

 private:
  asio::io_context& io_;
  Stream& stream_;
  asio::steady_timer timer_;
  bool set_ = false, rang_ = false;
};

std::string answer(std::string_view status, std::string_view id, std::string_view passthrough) {
  std::string body = R"({"data":{"id":")";
  body.append(id).append(R"(","status":"ready","created_at":"1700000000","passthrough":")");
  body.append(passthrough).append(R"("}})");
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nContent-Type: application/json\r\nContent-Length: ");
  return text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

}  // namespace

class closing_server::implementation {
 public:
  explicit implementation(const temper& how)
      : how_(how), random_(how.seed), tls_(asio::ssl::context::tls_server) {
    if (how.tls) {
      const mux::emulator::certificate made = mux::emulator::make_certificate("127.0.0.1");
      authority = made.ca;
      tls_.use_certificate_chain(asio::buffer(made.chain));
      tls_.use_private_key(asio::buffer(made.key), asio::ssl::context::pem);
    }
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~implementation() { join(); }

  void join() {
    if (!thread_.joinable()) return;
    io_.stop();
    thread_.join();
  }

  std::string authority;
  ledger seen;
  std::unordered_map<std::string, int> markers;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] bool tls() const { return how_.tls; }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
      ++seen.connections;
      socket.set_option(tcp::no_delay(true));
      if (how_.tls)
        asio::co_spawn(io_, serve_tls(std::move(socket)), asio::detached);
      else
        asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve_tls(tcp::socket socket) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), tls_);
    boost::system::error_code failure;
    co_await stream.async_handshake(asio::ssl::stream_base::server,
                                    asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return;
    co_await serve(std::move(stream));
  }

  template <class Stream>
  asio::awaitable<void> serve(Stream stream) {
    std::string arrived;
    fate next = fate::goes_on;
    for (;;) {
      std::optional<std::size_t> size = request_size(arrived);
      while (!size) {
        if (!co_await read(stream, arrived, next)) co_return;
        if (next == fate::closes_under_next && arrived.front() == 'G') {
          ++seen.closed_under;
          co_return;
        }
        size = request_size(arrived);
      }
      const std::string reply = execute(std::string_view(arrived).substr(0, *size));
      if (next == fate::closes_under_next && how_.loses_answers) {
        ++seen.lost_answers;
        co_return;
      }
      arrived.erase(0, *size);
      boost::system::error_code failure;
      co_await asio::async_write(stream, asio::buffer(reply),
                                 asio::redirect_error(asio::use_awaitable, failure));
      if (failure) co_return;
      next = draw();
      if (next == fate::closes_at_once) {
        ++seen.closed_at_once;
        co_await goodbye(stream);
        co_return;
      }
    }
  }

  /// Adds what came. False if the connection is over, by the client's or by its own fate.
  template <class Stream>
  asio::awaitable<bool> read(Stream& stream, std::string& arrived, fate next) {
    // A few bytes only, so that a request that is closed upon was read in part.
    const bool sip = next == fate::closes_under_next && random_() % 2 == 0;
    char bytes[4096];
    boost::system::error_code failure;
    alarm patience(io_, stream);
    if (next == fate::closes_idle && arrived.empty())
      patience.set(std::chrono::microseconds(random_() % static_cast<std::uint64_t>(longest_idle.count())));
    const std::size_t got = co_await stream.async_read_some(
        asio::buffer(bytes, sip ? 16 : sizeof bytes), asio::redirect_error(asio::use_awaitable, failure));
    co_await patience.end();
    if (failure && patience.rang()) {
      ++seen.closed_idle;
      co_await goodbye(stream);
    }
    arrived.append(bytes, got);
    co_return !failure;
  }

  /// What precedes the end of the socket: TLS's own end, or nothing.
  asio::awaitable<void> goodbye(asio::ssl::stream<tcp::socket>& stream) {
    if (random_() % 2 == 0) co_return;
    // Its first step sends the goodbye; the second would wait for the client's.
    alarm patience(io_, stream);
    patience.set(std::chrono::milliseconds(1));
    boost::system::error_code ignored;
    co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    co_await patience.end();
  }
  asio::awaitable<void> goodbye(tcp::socket&) { co_return; }

  std::string execute(std::string_view request) {
    if (request.starts_with("POST ")) {
      ++seen.posts;
      const std::string marker(between(request, R"("passthrough":")", "\""));
      if (marker.empty())
        ++seen.unknown_posts;
      else if (++markers[marker] == 2)
        ++seen.posted_twice;
      return answer("201 Created", "made-" + marker, marker);
    }
    ++seen.gets;
    return answer("200 OK", between(request, "/assets/", " "), "");
  }

  fate draw() {
    if (how_.close_every == 0 || random_() % how_.close_every != 0) return fate::goes_on;
    // Most of the idle ones see the next request in time, and go on.
    constexpr fate ends[] = {fate::closes_at_once, fate::closes_idle, fate::closes_idle, fate::closes_idle,
                             fate::closes_under_next};
    return ends[random_() % std::size(ends)];
  }

  const temper how_;
  std::mt19937_64 random_;
  asio::io_context io_{1};
  asio::ssl::context tls_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

closing_server::closing_server(const temper& how) : implementation_(std::make_unique<implementation>(how)) {}
closing_server::~closing_server() = default;

std::string closing_server::base_url() const {
  return (implementation_->tls() ? "https://127.0.0.1:" : "http://127.0.0.1:") +
         std::to_string(implementation_->port());
}
const std::string& closing_server::authority() const {
  return implementation_->authority;
}
ledger closing_server::stop() {
  implementation_->join();
  return implementation_->seen;
}
bool closing_server::executed(const std::string& passthrough) const {
  return implementation_->markers.contains(passthrough);
}

}  // namespace storm
