// How a connection comes to be: the name, the addresses, the handshake.

#include <algorithm>
#include <system_error>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "transport/connection.hpp"
#include "transport/dial.hpp"
#include "transport/lookup.hpp"
#include "transport/proxy.hpp"

namespace mux::inline v0::transport {

asio::awaitable<std::optional<wire_error>> connection::open(asio::any_io_executor home,
                                                            std::optional<clock::time_point> deadline) {
  watch time(co_await asio::this_coro::executor, deadline);
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  failure failed;
  starved_ = resumed_ = false;
  at_proxy_ = via_ != nullptr;
  try {
    failed = co_await reach(time, std::move(home));
    if (!failed && at_proxy_) failed = co_await dig(time);
    if (!failed && to_.tls) failed = co_await shake_hands(time);
  } catch (const boost::system::system_error& e) {
    // Asio's way to tell a coroutine that it was cancelled; also that the system lacks something.
    starved_ = out_of_descriptors(e.code());
    failed = cancellation.cancelled() != asio::cancellation_type::none
                 ? fail(wait_end::cancelled, time)
                 : fail(errc::connect_failed, "cannot connect: " + reason_of(e.code()));
  }
  born_ = clock::now();
  reusable_ = !failed;
  if (failed) stream_.close();
  co_return failed;
}

asio::awaitable<connection::failure> connection::reach(watch& time, asio::any_io_executor home) {
  enter(time, call_phase::resolve, options_.timeouts.resolve);
  if (time.over()) co_return fail(wait_end::timed_out, time);
  // A proxy resolves the name itself, perhaps to something else.
  addresses found = co_await look_up(via_ != nullptr ? via_->at() : to_, time.limit());
  if (found.end != wait_end::ready) co_return fail(found.end, time);
  // A name for this machine that leads elsewhere must not carry plain http there.
  if (!to_.tls) std::erase_if(found.endpoints, [](const auto& e) { return !e.address().is_loopback(); });
  if (found.endpoints.empty()) {
    starved_ = found.failure && !descriptor_left();
    std::string why = "the host has no address to use";
    if (starved_)
      why = "the host name cannot be resolved: " + reason_of(asio::error::no_descriptors);
    else if (found.failure)
      why = "the host name cannot be resolved: " + found.failure.message();
    co_return fail(at_proxy_ ? errc::connect_failed : errc::resolve_failed, why);
  }
  co_return co_await connect(time, std::move(home), std::move(found.endpoints));
}

asio::awaitable<connection::failure> connection::connect(watch& time, asio::any_io_executor home,
                                                         std::vector<asio::ip::tcp::endpoint> addresses) {
  enter(time, call_phase::connect, options_.timeouts.connect);
  dialled got = co_await dial(std::move(home), std::move(addresses), time.limit());
  if (got.end != wait_end::ready) co_return fail(got.end, time);
  if (!got.socket) {
    starved_ = out_of_descriptors(got.failure);
    co_return fail(errc::connect_failed,
                   (got.tried == 1 ? std::string("cannot connect: ")
                                   : "cannot connect to any of " + std::to_string(got.tried) +
                                         " addresses, the last said: ") +
                       reason_of(got.failure));
  }
  stream_.adopt(std::move(*got.socket));
  co_return std::nullopt;
}

asio::awaitable<connection::failure> connection::dig(watch& time) {
  const wiped_string request = via_->request(to_);
  std::string_view rest = request;
  while (!rest.empty()) {
    const attempt tried = stream_.write(rest);
    if (tried.status == progress::failed) co_return fail(errc::connect_failed, stream_fault());
    if (tried.waits()) {
      const wait_end end = co_await time.ready(stream_.socket(), tried.direction());
      if (end != wait_end::ready) co_return fail(end, time);
    }
    rest.remove_prefix(tried.bytes);
  }
  std::string answer;
  for (;;) {
    char part[2048];
    const attempt tried = stream_.read(part, std::min(sizeof part, longest_tunnel_answer - answer.size()));
    if (tried.status == progress::failed) co_return fail(errc::connect_failed, stream_fault());
    if (tried.status == progress::closed)
      co_return fail(errc::connect_failed, "it closed the connection instead of opening a tunnel");
    if (tried.waits()) {
      const wait_end end = co_await time.ready(stream_.socket(), tried.direction());
      if (end != wait_end::ready) co_return fail(end, time);
    }
    answer.append(part, tried.bytes);
    const tunnel_answer judged = judge_tunnel(answer);
    if (!judged.refusal.empty()) co_return fail(errc::connect_failed, judged.refusal);
    if (judged.complete) break;
  }
  at_proxy_ = false;
  co_return std::nullopt;
}

asio::awaitable<connection::failure> connection::shake_hands(watch& time) {
  enter(time, call_phase::tls, options_.timeouts.tls);
  ssl_ptr<SSL> session = tls_->open(to_);
  if (!session) co_return fail(errc::tls_failed, "OpenSSL cannot be set up");
  stream_.secure(std::move(session));
  for (;;) {
    const attempt tried = stream_.handshake();
    if (tried.status == progress::done) {
      resumed_ = SSL_session_reused(&stream_.tls()) == 1;
      co_return std::nullopt;
    }
    if (tried.waits()) {
      const wait_end end = co_await time.ready(stream_.socket(), tried.direction());
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

}  // namespace mux::inline v0::transport
