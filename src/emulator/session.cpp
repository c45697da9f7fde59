#include "emulator/session.hpp"

#include <ctime>
#include <exception>
#include <type_traits>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "emulator/identifiers.hpp"
#include "emulator/storage_transfer.hpp"

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

using head_parser = http::request_parser<http::empty_body>;

std::string_view reason(const reply& answer) noexcept {
  if (answer.status == 308 && answer.sender == sender::storage) return "Resume Incomplete";
  return http::obsolete_reason(http::int_to_status(static_cast<unsigned>(answer.status)));
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
      .append(reason(answer))
      .append("\r\n");
  if (answer.status != 204) {
    field("content-type", answer.content_type);
    field("content-length", std::to_string(answer.body.size()));
  }
  field("date", http_date(now));
  if (answer.sender == sender::api) {
    field("cache-control", "max-age=0, private, must-revalidate");
    field("server", "Mux API Server");
    field("x-request-id", random_secret(20));
  } else {
    field("server", "UploadServer");
    field("x-guploader-uploadid", random_secret(40));
  }
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
    head_parser head;
    head.header_limit(static_cast<std::uint32_t>(context_.max_header));
    head.body_limit(boost::none);
    error_code failure;
    tcp().expires_after(context_.idle_timeout);
    co_await http::async_read_header(stream_, buffer_, head,
                                     asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return co_await refuse(failure);
    if (is_storage(view(head.get().target()))) co_return co_await serve_storage(head);
    co_return co_await serve_api(head);
  }

  asio::awaitable<bool> serve_api(head_parser& head) {
    answering_ = true;
    if (head.content_length().value_or(0) > context_.max_body)
      co_return co_await refuse(error_code(http::error::body_limit));
    http::request_parser<http::string_body> parser(std::move(head));
    parser.body_limit(context_.max_body);
    if (awaits_continue(parser.get())) co_await send_continue();
    error_code failure;
    tcp().expires_after(context_.idle_timeout);
    co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return co_await refuse(failure);
    message request = read_head(parser.get());
    request.body = parser.get().body();
    const reply answer = context_.api.handle(request);
    const bool keep_alive = parser.keep_alive() && parser.get().version() == 11 && !finishing_;
    co_return co_await deliver(answer, keep_alive, parser.get().method() == http::verb::head);
  }

  /// However long the body is, no more than a piece of it is in memory. A server that ends does not wait for
  /// the rest of it.
  asio::awaitable<bool> serve_storage(head_parser& head) {
    http::request_parser<http::buffer_body> parser(std::move(head));
    message request = read_head(parser.get());
    if (!parser.chunked()) request.content_length = parser.content_length().value_or(0);
    storage_transfer transfer(context_.api, request);
    bool keep_alive = parser.keep_alive() && parser.get().version() == 11;
    const bool waits = awaits_continue(parser.get());
    if (waits && !transfer.refused()) co_await send_continue();
    if (waits && transfer.refused())
      keep_alive = false;
    else if (!co_await receive_body(parser, transfer))
      co_return false;
    answering_ = true;
    const reply answer = transfer.finish();
    co_return co_await deliver(answer, keep_alive && !finishing_, false);
  }

  /// False if the connection ended with it.
  asio::awaitable<bool> receive_body(http::request_parser<http::buffer_body>& parser,
                                     storage_transfer& transfer) {
    piece_.resize(64 * 1024);
    buffer_.reserve(piece_.size());  // a small one would be read into 512 bytes at a time
    while (!parser.is_done()) {
      auto& body = parser.get().body();
      body.data = piece_.data();
      body.size = piece_.size();
      error_code failure;
      tcp().expires_after(context_.idle_timeout);
      co_await http::async_read_some(stream_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, failure));
      const bool goes_on = transfer.receive(std::string_view(piece_.data(), piece_.size() - body.size));
      if (failure && failure != http::error::need_buffer) co_return co_await refuse(failure);
      if (!goes_on) {
        reset();
        co_return false;
      }
    }
    co_return true;
  }

  /// Tells a client why its request could not be read, where that makes sense. Always false.
  asio::awaitable<bool> refuse(error_code failure) {
    const int status = status_for(failure);
    if (status == 0) co_return false;
    answering_ = true;
    const reply refusal = error_reply(status, "bad_request", {failure.message()});
    co_await send(refusal, false, false);
    co_return false;
  }

  asio::awaitable<bool> deliver(const reply& answer, bool keep_alive, bool head) {
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

  asio::awaitable<void> send_continue() {
    co_await asio::async_write(stream_, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25),
                               asio::use_awaitable);
  }

  asio::awaitable<void> send(const reply& answer, bool keep_alive, bool head) {
    const auto now = context_.api.with_world([](const world& w) { return w.clock.now(); });
    const std::string text = to_wire(answer, now, keep_alive, head);
    tcp().expires_after(write_timeout);
    co_await asio::async_write(stream_, asio::buffer(text), asio::use_awaitable);
  }

  static std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

  static bool awaits_continue(const http::request_header<>& head) {
    return beast::iequals(head[http::field::expect], "100-continue");
  }

  /// All but the body.
  static message read_head(const http::request_header<>& head) {
    message request;
    request.method = view(head.method_string());
    request.target = view(head.target());
    request.authorization = view(head[http::field::authorization]);
    request.host = view(head[http::field::host]);
    request.origin = view(head[http::field::origin]);
    request.control_token = view(head["X-Emulator-Token"]);
    if (const auto at = head.find(http::field::content_range); at != head.end())
      request.content_range = view(at->value());
    request.no_308 = beast::iequals(head["X-GUploader-No-308"], "yes");
    return request;
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
  std::vector<char> piece_;  // of a body for the storage
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
