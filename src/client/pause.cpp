#include "client/pause.hpp"

#include <boost/asio/this_coro.hpp>

#include "client/nap.hpp"

namespace mux::inline v0::client_detail {

asio::awaitable<bool> pause(detail::client_core& core, policy::duration length) {
  const auto sleep = std::make_shared<nap>();
  // On this coroutine's own strand, so that the alarm cannot go off while the coroutine goes on.
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const auto alarm = core.time().make_alarm(strand, [&sleep] { sleep->release(); });
  alarm->arm(core.time().now() + length);
  auto asleep = sleep->wait();
  co_await std::move(asleep);
  co_return sleep->cancelled();
}

}  // namespace mux::inline v0::client_detail
