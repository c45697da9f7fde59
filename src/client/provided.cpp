#include "client/provided.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "client/authorization.hpp"

namespace mux::inline v0::client_detail {

namespace {

using policy::duration;
using policy::instant;

/// What ends a provider's work before it has ended itself. Used on the strand of the call.
struct patience {
  asio::cancellation_signal stop;
  bool over = false;
  void end() {
    over = true;
    stop.emit(asio::cancellation_type::all);
  }
};

/// Asks the provider, which holds a turn meanwhile and must therefore not take for ever.
asio::awaitable<result<credentials>> ask(journey& j, credentials_provider& provider) {
  using reason = credentials_provider::reason;
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto running = std::make_shared<patience>();
  const duration longest = j.core.options().timeouts.first_byte;
  instant limit = j.try_deadline();
  if (longest > duration::zero()) limit = std::min(limit, policy::after(j.core.time().now(), longest));
  const auto alarm = j.core.time().make_alarm(strand, [running] { running->end(); });
  if (limit != policy::never) alarm->arm(limit);
  asio::cancellation_slot slot = state.slot();
  if (slot.is_connected()) slot.assign([running](asio::cancellation_type) { running->end(); });
  auto work = provider.get(j.refused ? reason::refused : reason::next);
  result<credentials> given = error(errc::timed_out, "the credentials provider took too long");
  try {
    result<credentials> got = co_await asio::co_spawn(
        strand, std::move(work), asio::bind_cancellation_slot(running->stop.slot(), asio::use_awaitable));
    given = std::move(got);
  } catch (...) {
    if (!running->over) throw;  // the provider's own
  }
  slot.clear();
  co_return given;
}

}  // namespace

asio::awaitable<result<void>> authorize(journey& j) {
  const std::shared_ptr<credentials_provider>& provider = j.core.options().credentials_provider;
  if (!provider || !j.to_api()) co_return result<void>();
  result<credentials> given = co_await ask(j, *provider);
  if (!given) co_return std::move(given).error();
  if (auto wrong = client_detail::check_credentials(*given)) co_return std::move(*wrong);
  j.authorize(*given);
  j.refused = false;
  co_return result<void>();
}

}  // namespace mux::inline v0::client_detail
