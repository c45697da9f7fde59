#include "transport/lookup.hpp"

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mux::inline v0::transport {
namespace {

struct lookup {
  explicit lookup(const asio::any_io_executor& executor) : resolver(executor), finished(executor) {}
  asio::ip::tcp::resolver resolver;
  asio::steady_timer finished;
  addresses found;
  bool done = false;
};

}  // namespace

asio::awaitable<addresses> look_up(const origin& of, std::optional<clock::time_point> limit) {
  addresses found;
  boost::system::error_code no_literal;
  const asio::ip::address literal = asio::ip::make_address(of.host, no_literal);
  if (!no_literal) {
    found.endpoints.emplace_back(literal, of.port);
    co_return found;
  }

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto own = std::make_shared<lookup>(executor);
  own->finished.expires_at(limit.value_or(clock::time_point::max()));
  own->resolver.async_resolve(
      of.host, std::to_string(of.port), asio::ip::resolver_base::numeric_service,
      [own](const boost::system::error_code& ec, const asio::ip::tcp::resolver::results_type& results) {
        own->found.failure = ec;
        for (const auto& entry : results) own->found.endpoints.push_back(entry.endpoint());
        own->done = true;
        own->finished.cancel();
      });
  boost::system::error_code woken;
  co_await own->finished.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  if (own->done) co_return std::move(own->found);
  own->resolver.cancel();
  found.end = woken == asio::error::operation_aborted ? wait_end::cancelled : wait_end::timed_out;
  co_return found;
}

}  // namespace mux::inline v0::transport
