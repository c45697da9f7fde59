#include "transport/watch.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mux::inline v0::transport {

/// Shared with the timer's handler, which may run after the watch is gone.
struct watch::alarm : std::enable_shared_from_this<alarm> {
  explicit alarm(const asio::any_io_executor& executor) : timer(executor) {}

  // A limit that moves later leaves the timer alone: it rings early once and is set again.
  void set(clock::time_point at) {
    limit = at;
    if (pending > 0 && timer.expiry() <= at) return;
    timer.expires_at(at);
    ++pending;
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& ec) { self->ring(ec); });
  }

  void ring(const boost::system::error_code& ec) {
    --pending;
    if (ec || socket == nullptr) return;
    if (clock::now() < limit) return set(limit);
    rang = true;
    boost::system::error_code ignored;
    socket->cancel(ignored);
  }

  asio::steady_timer timer;
  clock::time_point limit{};
  asio::ip::tcp::socket* socket = nullptr;  ///< while something is waited for
  int pending = 0;
  bool rang = false;
};

namespace {

/// Ends what a socket waits for when there is something to read; as long as it lives.
struct ear {
  explicit ear(asio::ip::tcp::socket& at) : socket(at) {}
  asio::ip::tcp::socket& socket;
  bool heard = false;
};

}  // namespace

watch::watch(const asio::any_io_executor& executor, std::optional<clock::time_point> deadline)
    : executor_(executor), deadline_(deadline) {}

watch::~watch() {
  if (!alarm_) return;
  alarm_->socket = nullptr;
  alarm_->timer.cancel();
}

void watch::begin(std::chrono::nanoseconds length) {
  limit_ = deadline_;
  began_ = clock::now();
  if (length <= std::chrono::nanoseconds::zero() || length >= clock::time_point::max() - began_) return;
  if (!limit_ || began_ + length < *limit_) limit_ = began_ + length;
}

bool watch::start(asio::ip::tcp::socket& socket) {
  if (!limit_) return true;
  if (clock::now() >= *limit_) return false;
  if (!alarm_) alarm_ = std::make_shared<alarm>(executor_);
  alarm_->rang = false;
  alarm_->socket = &socket;
  alarm_->set(*limit_);
  return true;
}

wait_end watch::stop(const boost::system::error_code& outcome) {
  const bool rang = alarm_ && alarm_->rang;
  if (alarm_) alarm_->socket = nullptr;
  if (outcome != asio::error::operation_aborted) return wait_end::ready;
  return rang ? wait_end::timed_out : wait_end::cancelled;
}

asio::awaitable<wait_end> watch::ready(asio::ip::tcp::socket& socket, asio::ip::tcp::socket::wait_type what) {
  if (!start(socket)) co_return wait_end::timed_out;
  boost::system::error_code outcome;
  co_await socket.async_wait(what, asio::redirect_error(asio::use_awaitable, outcome));
  co_return stop(outcome);
}

asio::awaitable<wait_end> watch::writable_or_readable(asio::ip::tcp::socket& socket) {
  if (!start(socket)) co_return wait_end::timed_out;
  const auto listening = std::make_shared<ear>(socket);
  const auto hear = [weak = std::weak_ptr(listening)](const boost::system::error_code& failed) {
    const std::shared_ptr<ear> own = weak.lock();
    if (failed || !own) return;
    own->heard = true;
    boost::system::error_code ignored;
    own->socket.cancel(ignored);
  };
  socket.async_wait(asio::ip::tcp::socket::wait_read, asio::bind_executor(executor_, hear));
  boost::system::error_code outcome, ignored;
  co_await socket.async_wait(asio::ip::tcp::socket::wait_write,
                             asio::redirect_error(asio::use_awaitable, outcome));
  const wait_end end = stop(outcome);
  if (listening->heard && end == wait_end::cancelled) co_return wait_end::ready;
  socket.cancel(ignored);  // nobody listens any more
  co_return end;
}

}  // namespace mux::inline v0::transport
