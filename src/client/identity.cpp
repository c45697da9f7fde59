#include "client/identity.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <mux/send.hpp>

#include "client/core.hpp"

namespace mux::inline v0::client_detail {

namespace {

constexpr policy::duration longest = std::chrono::seconds(5);

}  // namespace

asio::awaitable<std::string> identity::explain(std::shared_ptr<detail::client_core> core, int status,
                                               policy::instant deadline) {
  const policy::duration patience = std::min(longest, deadline - core->time().now());
  bool first = false;
  if (patience > policy::duration::zero()) {
    const std::lock_guard lock(mutex_);
    first = !std::exchange(asked_, true);
  }
  if (first) {
    const result<std::string> said = co_await detail::describe_credentials(core, patience);
    std::string text;
    if (said)
      text = *said;
    else if (said.error().code == errc::unauthorized)
      text = "whoami is refused too: the token itself is wrong or revoked";
    const std::lock_guard lock(mutex_);
    known_ = std::move(text);
  }
  const std::lock_guard lock(mutex_);
  if (known_.empty()) co_return std::string();
  if (status == 404) co_return known_ + "; what belongs to another environment is not found";
  co_return known_;
}

}  // namespace mux::inline v0::client_detail
