#include "transport/sink_feed.hpp"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mux::inline v0::transport {
namespace {

constexpr std::size_t piece_limit = 64 * 1024;

}  // namespace

/// Shared with the timer's handler, which may run after the feed is gone.
struct sink_feed::alarm {
  alarm(const asio::any_io_executor& executor, clock::time_point at) : timer(executor, at) {}
  asio::steady_timer timer;
  asio::cancellation_signal stop;
  bool rang = false;
};

sink_feed::~sink_feed() {
  if (alarm_) alarm_->timer.cancel();
}

bool sink_feed::late() const noexcept {
  return alarm_ && alarm_->rang;
}

void sink_feed::begin(std::optional<std::uint64_t> size) {
  if (begun_) return;
  begun_ = true;
  to_.begin(size);
}

asio::awaitable<result<void>> sink_feed::write(std::string_view bytes) {
  while (!bytes.empty() && !late()) {
    const std::string_view piece = bytes.substr(0, piece_limit);
    bytes.remove_prefix(piece.size());
    delivered_ = true;
    auto taking = deadline_ ? write_in_time(piece) : to_.write(piece);
    result<void> taken = co_await std::move(taking);
    if (!taken) co_return taken;
  }
  co_return result<void>();
}

// The sink runs as a coroutine of its own, so that there is something that the alarm can cancel: it does not
// belong to whoever cancels this one.
asio::awaitable<result<void>> sink_feed::write_in_time(std::string_view piece) {
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const asio::cancellation_state outer = co_await asio::this_coro::cancellation_state;
  if (!alarm_) {
    alarm_ = std::make_shared<alarm>(strand, *deadline_);
    alarm_->timer.async_wait([ringing = alarm_](const boost::system::error_code& ec) {
      if (ec) return;
      ringing->rang = true;
      ringing->stop.emit(asio::cancellation_type::all);
    });
  }
  asio::cancellation_slot slot = outer.slot();
  if (slot.is_connected())
    slot.assign(
        [running = alarm_](asio::cancellation_type) { running->stop.emit(asio::cancellation_type::all); });
  auto taking = to_.write(piece);
  result<void> taken;
  try {
    taken = co_await asio::co_spawn(strand, std::move(taking),
                                    asio::bind_cancellation_slot(alarm_->stop.slot(), asio::use_awaitable));
  } catch (...) {
    if (!late()) throw;
  }
  slot.clear();
  co_return taken;
}

}  // namespace mux::inline v0::transport
