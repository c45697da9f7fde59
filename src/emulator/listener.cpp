#include "emulator/listener.hpp"

#include <algorithm>
#include <system_error>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mux::inline v0::emulator {
namespace {

using boost::system::error_code;

asio::ssl::context make_tls(const certificate& identity) {
  asio::ssl::context tls(asio::ssl::context::tls_server);
  ::SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_session_cache_mode(tls.native_handle(), SSL_SESS_CACHE_OFF);
  error_code failure;
  tls.use_certificate_chain(asio::buffer(identity.chain), failure);
  if (failure) throw std::runtime_error("unusable certificate: " + failure.message());
  tls.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem, failure);
  if (failure) throw std::runtime_error("unusable key: " + failure.message());
  return tls;
}

}  // namespace

listener::listener(emulator::api& api, const server_options& options, const certificate* identity)
    : context_{api, nullptr, options.max_header, options.max_body, options.idle_timeout},
      max_connections_(options.max_connections),
      io_(std::max(1, options.threads)),
      acceptor_(io_) {
  error_code failure;
  const auto address = asio::ip::make_address(options.address, failure);
  if (failure) throw std::runtime_error("not an IP address: " + options.address);
  if (identity)
    context_.tls = &tls_.emplace(make_tls(*identity));
  else if (!address.is_loopback())
    throw std::runtime_error("plain http is served on loopback addresses only, not on " + options.address);

  const asio::ip::tcp::endpoint endpoint(address, options.port);
  const auto what = "cannot listen on " + options.address + " port " + std::to_string(options.port);
  try {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen(asio::socket_base::max_listen_connections);
  } catch (const boost::system::system_error& e) {
    throw std::system_error(e.code().value(), std::generic_category(), what);
  }
  port_ = acceptor_.local_endpoint().port();

  asio::co_spawn(io_, accept(), asio::detached);
  for (int i = 0; i < std::max(1, options.threads); ++i) threads_.emplace_back([this] { io_.run(); });
}

listener::~listener() {
  asio::post(io_, [this] {
    error_code ignored;
    acceptor_.close(ignored);
  });
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    for (const auto& open : sessions_)
      if (const auto alive = open.lock()) alive->finish();
    all_ended_.wait_for(lock, std::chrono::seconds(2), [this] { return sessions_.empty(); });
  }
  io_.stop();
  for (auto& thread : threads_) thread.join();
}

asio::awaitable<void> listener::accept() {
  while (acceptor_.is_open()) {
    error_code failure;
    auto strand = asio::make_strand(io_);
    asio::ip::tcp::socket socket(strand);
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, failure));
    if (!failure) {
      adopt(std::move(socket));
    } else if (acceptor_.is_open()) {
      // Out of descriptors, most likely: some will come free.
      asio::steady_timer pause(io_, std::chrono::milliseconds(50));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
}

void listener::adopt(asio::ip::tcp::socket socket) {
  const std::lock_guard guard(mutex_);
  if (stopping_ || sessions_.size() >= max_connections_) return;
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto seat = sessions_.emplace(sessions_.end());
  *seat = start_session(std::move(socket), context_, [this, seat] {
    const std::lock_guard ended(mutex_);
    sessions_.erase(seat);
    if (sessions_.empty()) all_ended_.notify_all();
  });
}

}  // namespace mux::inline v0::emulator
