#include "client/identity.hpp"

#include <chrono>
#include <utility>

#include <mux/send.hpp>
#include <mux/system/utilities.hpp>

#include "client/core.hpp"

namespace mux::inline v0::client_detail {

namespace {

constexpr std::chrono::seconds patience(5);

std::string describe(const result<utility_whoami_response>& who) {
  if (!who)
    return who.error().code == errc::unauthorized
               ? "whoami is refused too: the token itself is wrong or revoked"
               : std::string();
  std::string text = "the token";
  if (!who->access_token_name.empty()) text += " \"" + who->access_token_name + '"';
  text += " belongs to the environment \"" + who->environment_name + "\" (" + who->environment_id + ")";
  if (!who->permissions.empty()) {
    text += " and may";
    for (std::size_t i = 0; i < who->permissions.size(); ++i)
      text += (i == 0 ? " " : ", ") + who->permissions[i];
  }
  return text;
}

}  // namespace

asio::awaitable<std::string> identity::explain(std::shared_ptr<detail::client_core> core, int status) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !std::exchange(asked_, true);
  }
  if (first) {
    request<utility_whoami_response> who = requests::system::utilities::whoami();
    who.deadline(patience).tries(1).priority(priority::interactive);
    const result<utility_whoami_response> said =
        co_await detail::try_send<utility_whoami_response>(core, std::move(who).base());
    std::string text = describe(said);
    const std::lock_guard lock(mutex_);
    known_ = std::move(text);
  }
  const std::lock_guard lock(mutex_);
  if (known_.empty()) co_return std::string();
  if (status == 404) co_return known_ + "; what belongs to another environment is not found";
  co_return known_;
}

}  // namespace mux::inline v0::client_detail
