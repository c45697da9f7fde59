#include "transport/connection.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "transport/lookup.hpp"
#include "transport/request_head.hpp"
#include "transport/response_parser.hpp"

namespace mux::inline v0::transport {
namespace {

using tcp = asio::ip::tcp;

constexpr std::size_t read_size = 32 * 1024;
constexpr std::size_t kept_request = 64 * 1024;  // a larger buffer is not kept between exchanges

std::string_view aim_of(call_phase phase) {
  switch (phase) {
    case call_phase::resolve:
      return "the host name was not resolved";
    case call_phase::connect:
      return "no connection was made";
    case call_phase::tls:
      return "the TLS handshake did not end";
    case call_phase::write:
      return "the request could not be written";
    case call_phase::first_byte:
      return "no answer began";
    default:
      return "the answer did not go on";
  }
}

tcp::socket::wait_type direction(progress status) {
  return status == progress::wants_write ? tcp::socket::wait_write : tcp::socket::wait_read;
}

bool waits(progress status) {
  return status == progress::wants_read || status == progress::wants_write;
}

}  // namespace

connection::connection(std::uint64_t id, const asio::any_io_executor& executor,
                       const network_options& options, std::shared_ptr<tls_context> tls, origin to)
    : id_(id), options_(options), tls_(std::move(tls)), to_(std::move(to)), stream_(executor) {}

void connection::abandon() noexcept {
  reusable_ = false;
  stream_.abandon();
}

void connection::enter(watch& time, call_phase phase, std::chrono::nanoseconds length) {
  phase_ = phase;
  time.begin(length);
}

wire_error connection::fail(errc code, std::string_view why) const {
  wire_error failed;
  failed.what.code = code;
  failed.what.detail = name_of(to_) + ": ";
  failed.what.detail += why;
  failed.what.phase = phase_;
  failed.what.bytes_sent = in_exchange_ && stream_.sent() > sent_before_;
  failed.reused = served_;
  failed.answer_started = answer_started_;
  return failed;
}

wire_error connection::fail(wait_end how, const watch& time) const {
  if (how == wait_end::cancelled) return fail(errc::cancelled, "cancelled by the caller");
  return fail(errc::timed_out,
              std::string(aim_of(phase_)) + (time.by_deadline() ? " before the deadline" : " in time"));
}

wire_error connection::lost(std::string_view why) const {
  const bool sent = in_exchange_ && stream_.sent() > sent_before_;
  return fail(sent ? errc::connection_lost_unanswered : errc::connection_lost, why);
}

std::string connection::stream_fault() const {
  return stream_.fault() == 0 ? tls_context::breakage() : std::generic_category().message(stream_.fault());
}

asio::awaitable<std::optional<wire_error>> connection::open(std::optional<clock::time_point> deadline) {
  watch time(co_await asio::this_coro::executor, deadline);
  failure failed;
  try {
    failed = co_await reach(time);
    if (!failed && to_.tls) failed = co_await shake_hands(time);
  } catch (const boost::system::system_error&) {  // Asio's way to tell a coroutine that it was cancelled
    failed = fail(wait_end::cancelled, time);
  }
  reusable_ = !failed;
  if (failed) stream_.close();
  co_return failed;
}

asio::awaitable<connection::failure> connection::reach(watch& time) {
  enter(time, call_phase::resolve, options_.timeouts.resolve);
  if (time.over()) co_return fail(wait_end::timed_out, time);
  addresses found = co_await look_up(to_, time.limit());
  if (found.end != wait_end::ready) co_return fail(found.end, time);
  // A name for this machine that leads elsewhere must not carry plain http there.
  if (!to_.tls) std::erase_if(found.endpoints, [](const auto& e) { return !e.address().is_loopback(); });
  if (found.endpoints.empty())
    co_return fail(errc::resolve_failed, found.failure
                                             ? "the host name cannot be resolved: " + found.failure.message()
                                             : "the host has no address to use");

  enter(time, call_phase::connect, options_.timeouts.connect);
  failure failed;
  for (std::size_t i = 0; i < found.endpoints.size(); ++i) {
    failed = co_await connect(time, found.endpoints[i], found.endpoints.size() - i);
    if (!failed || failed->what.code == errc::cancelled) break;
  }
  co_return failed;
}

asio::awaitable<connection::failure> connection::connect(watch& time, const tcp::endpoint& address,
                                                         std::size_t left) {
  tcp::socket& socket = stream_.socket();
  boost::system::error_code outcome;
  socket.close(outcome);
  socket.open(address.protocol(), outcome);
  if (outcome) co_return fail(errc::connect_failed, "cannot connect: " + outcome.message());
  socket.set_option(tcp::no_delay(true), outcome);
  if (!time.start(socket, left)) co_return fail(wait_end::timed_out, time);
  co_await socket.async_connect(address, asio::redirect_error(asio::use_awaitable, outcome));
  const wait_end end = time.stop(outcome);
  if (end != wait_end::ready) co_return fail(end, time);
  if (outcome) co_return fail(errc::connect_failed, "cannot connect: " + outcome.message());
  co_return std::nullopt;
}

asio::awaitable<connection::failure> connection::shake_hands(watch& time) {
  enter(time, call_phase::tls, options_.timeouts.tls);
  ssl_ptr<SSL> session = tls_->open(to_);
  if (!session) co_return fail(errc::tls_failed, "OpenSSL cannot be set up");
  stream_.secure(std::move(session));
  for (;;) {
    const attempt tried = stream_.handshake();
    if (tried.status == progress::done) co_return std::nullopt;
    if (waits(tried.status)) {
      const wait_end end = co_await time.ready(stream_.socket(), direction(tried.status));
      if (end != wait_end::ready) co_return fail(end, time);
      continue;
    }
    const error why = tls_->explain(stream_.tls());
    if (why.code != errc::tls_failed) co_return fail(why.code, why.detail);
    if (stream_.fault() != 0)
      co_return fail(errc::tls_failed,
                     "the handshake broke off: " + std::generic_category().message(stream_.fault()));
    if (tried.status == progress::failed) co_return fail(errc::tls_failed, why.detail);
    co_return fail(errc::tls_failed, "the server closed the connection during the handshake");
  }
}

asio::awaitable<outcome> connection::exchange(const wire_request& request,
                                              std::optional<clock::time_point> deadline) {
  watch time(co_await asio::this_coro::executor, deadline);
  outcome result;
  wire_response response;
  response_parser parser(options_.response, response);
  failure failed;
  reusable_ = false;
  in_exchange_ = true;
  answer_started_ = false;
  sent_before_ = stream_.sent();
  outgoing_.clear();
  phase_ = call_phase::write;
  try {
    if (!write_request(outgoing_, to_, request)) {
      failed = fail(errc::invalid_argument, "the target or a header holds a line end");
    } else {
      failed = co_await send(time);
      if (!failed) failed = co_await receive(time, parser);
    }
  } catch (const boost::system::system_error&) {
    failed = fail(wait_end::cancelled, time);
  }
  reusable_ = !failed && written_ && parser.keep_alive() && unread_ == 0;
  in_exchange_ = false;
  served_ = true;
  if (!reusable_) stream_.close();
  if (outgoing_.capacity() > kept_request) std::string().swap(outgoing_);
  if (failed)
    result.failure = std::move(failed);
  else
    result.response = std::move(response);
  result.finished = clock::now();
  co_return result;
}

asio::awaitable<connection::failure> connection::send(watch& time) {
  enter(time, call_phase::write, options_.timeouts.write);
  if (time.over()) co_return fail(wait_end::timed_out, time);
  // A lease may have been held for a while, and an answer that lies there already is not to this request.
  if (!stream_.quiet())
    co_return fail(errc::connection_lost, "the server closed the connection while it was idle");
  written_ = true;
  std::string_view rest = outgoing_;
  while (!rest.empty()) {
    const attempt tried = stream_.write(rest);
    if (tried.status == progress::done) {
      rest.remove_prefix(tried.bytes);
    } else if (waits(tried.status)) {
      const wait_end end = co_await time.ready(stream_.socket(), direction(tried.status));
      if (end != wait_end::ready) co_return fail(end, time);
    } else if (stream_.sent() == sent_before_) {
      co_return lost(stream_fault());
    } else {
      // A server that refuses a request before it has read all of it answers first and closes then.
      written_ = false;
      break;
    }
  }
  co_return std::nullopt;
}

asio::awaitable<connection::failure> connection::receive(watch& time, response_parser& parser) {
  enter(time, call_phase::first_byte, options_.timeouts.first_byte);
  incoming_.resize(read_size);
  unread_ = 0;
  while (!parser.complete()) {
    if (unread_ == incoming_.size()) incoming_.resize(incoming_.size() * 2);
    const attempt tried = stream_.read(incoming_.data() + unread_, incoming_.size() - unread_);
    if (waits(tried.status)) {
      const wait_end end = co_await time.ready(stream_.socket(), direction(tried.status));
      if (end != wait_end::ready) co_return fail(end, time);
      continue;
    }
    if (tried.status == progress::done) {
      answer_started_ = true;
      enter(time, call_phase::body, options_.timeouts.body_idle);
      unread_ += tried.bytes;
      const std::size_t used = parser.take(std::string_view(incoming_).substr(0, unread_));
      unread_ -= used;
      if (used > 0 && unread_ > 0) std::memmove(incoming_.data(), incoming_.data() + used, unread_);
    } else if (!answer_started_) {
      co_return lost(tried.status == progress::failed ? stream_fault()
                                                      : "the server closed the connection without an answer");
    } else {
      parser.end(tried.status == progress::closed);
    }
    if (parser.failed()) co_return fail(parser.code(), parser.reason());
  }
  co_return std::nullopt;
}

}  // namespace mux::inline v0::transport
