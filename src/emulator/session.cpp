#include "emulator/session.hpp"

#include <atomic>
#include <ctime>
#include <exception>
#include <type_traits>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "emulator/identifiers.hpp"

namespace mux::inline v0::emulator {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using plain_stream = beast::tcp_stream;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto handshake_timeout = std::chrono::seconds(10);
constexpr auto write_timeout = std::chrono::seconds(30);
constexpr auto goodbye_timeout = std::chrono::seconds(2);

std::string_view reason(int status) noexcept {
  return http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
}

std::string http_date(time_point now) {
  const auto seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  return std::string(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
}

/// The whole answer as it goes over the wire; half of its body if it is to be truncated.
std::string to_wire(const reply& answer, time_point now, bool keep_alive, bool head) {
  std::string text;
  text.reserve(400 + answer.body.size());
  const auto field = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  text.append("HTTP/1.1 ")
      .append(std::to_string(answer.status))
      .append(" ")
      .append(reason(answer.status))
      .append("\r\n");
  field("cache-control", "max-age=0, private, must-revalidate");
  if (answer.status != 204) {
    field("content-type", answer.content_type);
    field("content-length", std::to_string(answer.body.size()));
  }
  field("date", http_date(now));
  field("server", "Mux API Server");
  field("x-request-id", random_secret(20));
  for (const auto& [name, value] : answer.fields) field(name, value);
  if (!keep_alive) field("connection", "close");
  text += "\r\n";
  if (answer.status == 204 || head) return text;
  if (answer.delivery == delivery::truncated)
    text.append(answer.body, 0, answer.body.size() / 2);
  else
    text += answer.body;
  return text;
}

template <class Stream>
class connection final : public session, public std::enable_shared_from_this<connection<Stream>> {
 public:
  connection(Stream stream, const session_context& context, std::function<void()> ended)
      : stream_(std::move(stream)), context_(context), ended_(std::move(ended)) {}

  // Posted, so that `ended` is never called by whoever starts the session.
  void start() {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      asio::co_spawn(
          self->stream_.get_executor(), [self] { return self->run(); },
          [self](std::exception_ptr) {
            self->close();
            self->ended_();
          });
    });
  }

  void finish() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->finishing_ = true;
      if (!self->answering_) self->close();
    });
  }

 private:
  plain_stream& tcp() { return beast::get_lowest_layer(stream_); }

  void close() {
    error_code ignored;
    tcp().socket().close(ignored);
  }

  void reset() {
    error_code ignored;
    tcp().socket().set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  // Errors of the connection end the coroutine as exceptions: there is nobody to tell.
  asio::awaitable<void> run() {
    if constexpr (std::is_same_v<Stream, tls_stream>) {
      tcp().expires_after(handshake_timeout);
      co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    }
    bool open = true;
    while (open && !finishing_) open = co_await serve_one();
    if constexpr (std::is_same_v<Stream, tls_stream>) {
      if (tcp().socket().is_open()) {
        tcp().expires_after(goodbye_timeout);
        co_await stream_.async_shutdown(asio::use_awaitable);
      }
    }
  }

  /// One request and its answer; false if the connection ends here.
  asio::awaitable<bool> serve_one() {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(context_.max_header));
    parser.body_limit(context_.max_body);
    error_code failure;
    tcp().expires_after(context_.idle_timeout);
    co_await http::async_read_header(stream_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, failure));
    answering_ = true;
    if (!failure && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      co_await asio::async_write(stream_, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25),
                                 asio::use_awaitable);
    }
    if (!failure) {
      tcp().expires_after(context_.idle_timeout);
      co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, failure));
    }
    if (failure) {
      const int status = status_for(failure);
      if (status == 0) co_return false;
      const reply refusal = error_reply(status, "bad_request", {failure.message()});
      co_await send(refusal, false, false);
      co_return false;
    }

    const bool head = parser.get().method() == http::verb::head;
    const bool keep_alive = parser.keep_alive() && parser.get().version() == 11 && !finishing_;
    const reply answer = respond(parser.get());
    if (answer.delay.count() > 0) {
      tcp().expires_never();
      asio::steady_timer timer(stream_.get_executor(), answer.delay);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (answer.delivery == delivery::dropped) {
      close();
      co_return false;
    }
    if (answer.delivery == delivery::reset) {
      reset();
      co_return false;
    }
    co_await send(answer, keep_alive, head);
    answering_ = false;
    if (answer.delivery == delivery::truncated) {
      close();
      co_return false;
    }
    co_return keep_alive;
  }

  asio::awaitable<void> send(const reply& answer, bool keep_alive, bool head) {
    const auto now = context_.api.with_world([](const world& w) { return w.clock.now(); });
    const std::string text = to_wire(answer, now, keep_alive, head);
    tcp().expires_after(write_timeout);
    co_await asio::async_write(stream_, asio::buffer(text), asio::use_awaitable);
  }

  reply respond(const http::request<http::string_body>& request) {
    const auto view = [](beast::string_view text) { return std::string_view(text.data(), text.size()); };
    message incoming;
    incoming.method = view(request.method_string());
    incoming.target = view(request.target());
    incoming.authorization = view(request[http::field::authorization]);
    incoming.host = view(request[http::field::host]);
    incoming.origin = view(request[http::field::origin]);
    incoming.control_token = view(request["X-Emulator-Token"]);
    incoming.body = request.body();
    return context_.api.handle(incoming);
  }

  /// What to tell a client whose request could not be read; 0: nothing.
  static int status_for(const error_code& failure) {
    if (failure == http::error::body_limit) return 413;
    if (failure == http::error::header_limit) return 431;
    if (failure == http::error::end_of_stream || failure == http::error::partial_message) return 0;
    static const auto& http_errors = error_code(http::error::bad_method).category();
    return failure.category() == http_errors ? 400 : 0;
  }

  Stream stream_;
  const session_context& context_;
  std::function<void()> ended_;
  beast::flat_buffer buffer_;
  bool answering_ = false;
  bool finishing_ = false;
};

template <class Stream>
std::shared_ptr<session> launch(Stream stream, const session_context& context, std::function<void()> ended) {
  auto made = std::make_shared<connection<Stream>>(std::move(stream), context, std::move(ended));
  made->start();
  return made;
}

}  // namespace

std::shared_ptr<session> start_session(asio::ip::tcp::socket socket, const session_context& context,
                                       std::function<void()> ended) {
  plain_stream plain(std::move(socket));
  if (context.tls) return launch(tls_stream(std::move(plain), *context.tls), context, std::move(ended));
  return launch(std::move(plain), context, std::move(ended));
}

}  // namespace mux::inline v0::emulator
