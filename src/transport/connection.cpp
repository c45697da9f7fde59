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

#include "transport/keep_alive.hpp"
#include "transport/proxy.hpp"
#include "transport/request_head.hpp"
#include "transport/response_parser.hpp"
#include "transport/sink_feed.hpp"

namespace mux::inline v0::transport {
namespace {

constexpr std::size_t read_size = 32 * 1024;
constexpr auto checked_lately = std::chrono::milliseconds(1);
// An announced length alone does not take more memory than this.
constexpr std::uint64_t reserved_limit = 1 << 20;
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

// Whoever answers so will not read the rest of the request.
bool refuses(std::string_view head) {
  constexpr std::string_view version = "HTTP/1.";
  constexpr std::size_t status = version.size() + 2;
  return head.starts_with(version) && head.size() > status && head[status] >= '3';
}

}  // namespace

connection::connection(std::uint64_t id, const network_options& options, std::shared_ptr<tls_context> tls,
                       origin to, const proxy* via)
    : id_(id), options_(options), tls_(std::move(tls)), to_(std::move(to)), via_(via) {}

bool connection::quiet() {
  if (!stream_.quiet()) return false;
  checked_ = clock::now();
  return true;
}

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
  if (at_proxy_) failed.what.detail.append("at the proxy ").append(name_of(via_->at())).append(": ");
  failed.what.detail += why;
  failed.what.phase = phase_;
  failed.what.bytes_sent = in_exchange_ && stream_.sent() > sent_before_;
  failed.reused = served_ > 0;
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

wire_error connection::refused(const error& by_sink) const {
  wire_error failed = fail(by_sink.code, "");
  failed.what = by_sink;
  failed.what.phase = phase_;
  failed.what.bytes_sent = true;
  return failed;
}

std::string connection::stream_fault() const {
  return stream_.fault() == 0 ? tls_context::breakage() : std::generic_category().message(stream_.fault());
}

asio::awaitable<outcome> connection::exchange(const wire_request& request,
                                              std::optional<clock::time_point> deadline) {
  watch time(co_await asio::this_coro::executor, deadline);
  outcome result;
  wire_response& response = result.response.emplace();
  failure& failed = result.failure;
  response_parser parser(options_.response, response, request.sink != nullptr);
  std::optional<sink_feed> feed;
  if (request.sink != nullptr) feed.emplace(*request.sink, deadline);
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  reusable_ = false;
  in_exchange_ = true;
  answer_started_ = false;
  sent_before_ = stream_.sent();
  outgoing_.clear();
  phase_ = call_phase::write;
  try {
    if (const auto wrong = write_request(outgoing_, to_, request, options_.response.gzip)) {
      failed = fail(errc::invalid_argument, *wrong);
    } else {
      failed = co_await send(time, apart_from_head(request.body));
      if (!failed) failed = co_await receive(time, parser, response.body, feed);
    }
  } catch (...) {
    // Asio's way to tell a coroutine that it was cancelled; anything else comes from the sink.
    if (cancellation.cancelled() == asio::cancellation_type::none) {
      stream_.close();
      throw;
    }
    failed = fail(wait_end::cancelled, time);
  }
  if (failed) failed->delivered = feed && feed->delivered();
  reusable_ = !failed && written_ && parser.keep_alive() && unread_ == 0;
  in_exchange_ = false;
  ++served_;
  checked_ = {};
  keep_alive_ = parse_keep_alive(response.field("keep-alive"));
  if (!reusable_) stream_.close();
  if (outgoing_.capacity() > kept_request) wiped_string().swap(outgoing_);
  if (failed) result.response.reset();
  result.finished = clock::now();
  co_return result;
}

asio::awaitable<connection::failure> connection::send(watch& time, std::string_view body) {
  enter(time, call_phase::write, options_.timeouts.write);
  if (time.over()) co_return fail(wait_end::timed_out, time);
  // A lease may have been held for a while, and an answer that lies there already is not to this request.
  if (time.began() - checked_ > checked_lately && !stream_.quiet())
    co_return fail(errc::connection_lost, "the server closed the connection while it was idle");
  written_ = true;
  bool silent = true;
  const bool large = !body.empty();
  std::string_view rest = outgoing_;
  while (!rest.empty()) {
    const attempt tried = stream_.write(rest);
    if (tried.status == progress::done) {
      rest.remove_prefix(tried.bytes);
      if (large) time.begin(options_.timeouts.write);
      if (rest.empty()) rest = std::exchange(body, {});
    } else if (tried.status == progress::wants_write && silent) {
      const wait_end end = co_await time.writable_or_readable(stream_.socket());
      if (end != wait_end::ready) co_return fail(end, time);
      char head[10];
      const attempt early = stream_.peek(head, sizeof head);
      silent = early.waits();
      written_ = silent || (early.status == progress::done && !refuses({head, early.bytes}));
      if (!written_) break;
    } else if (tried.waits()) {
      const wait_end end = co_await time.ready(stream_.socket(), tried.direction());
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

asio::awaitable<connection::failure> connection::receive(watch& time, response_parser& parser,
                                                         std::string& body, std::optional<sink_feed>& feed) {
  enter(time, call_phase::first_byte, options_.timeouts.first_byte);
  incoming_.resize(read_size);
  unread_ = 0;
  // An answer takes a while, so to look for it at once would be in vain.
  if (written_ && !stream_.ahead()) {
    const wait_end end = co_await time.ready(stream_.socket(), asio::ip::tcp::socket::wait_read);
    if (end != wait_end::ready) co_return fail(end, time);
  }
  while (!parser.complete()) {
    if (unread_ == incoming_.size()) incoming_.resize(incoming_.size() * 2);
    const attempt tried = stream_.read(incoming_.data() + unread_, incoming_.size() - unread_);
    if (tried.waits()) {
      const wait_end end = co_await time.ready(stream_.socket(), tried.direction());
      if (end != wait_end::ready) co_return fail(end, time);
      continue;
    }
    if (tried.status == progress::done) {
      answer_started_ = true;
      unread_ += tried.bytes;
      enter(time, call_phase::body, options_.timeouts.body_idle);
    } else if (!answer_started_) {
      co_return lost(tried.status == progress::failed ? stream_fault()
                                                      : "the server closed the connection without an answer");
    } else {
      parser.end(tried.status == progress::closed);
    }
    std::string_view rest = std::string_view(incoming_).substr(0, unread_);
    for (;;) {
      const response_parser::part part = parser.take(rest);
      rest.remove_prefix(part.used);
      if (parser.failed()) co_return fail(parser.code(), parser.reason());
      if (parser.streamed() && (parser.complete() || !part.body.empty())) feed->begin(parser.size());
      if (part.body.empty()) break;
      if (!parser.streamed()) {
        if (body.empty()) body.reserve(std::min(parser.size().value_or(0), reserved_limit));
        body.append(part.body);
        continue;
      }
      const result<void> taken = co_await feed->write(part.body);
      if (feed->late())
        co_return fail(errc::timed_out, "the sink had not taken the answer before the deadline");
      if (!taken) co_return refused(taken.error());
      enter(time, call_phase::body, options_.timeouts.body_idle);
    }
    if (!rest.empty() && rest.size() < unread_) std::memmove(incoming_.data(), rest.data(), rest.size());
    unread_ = rest.size();
  }
  co_return std::nullopt;
}

}  // namespace mux::inline v0::transport
