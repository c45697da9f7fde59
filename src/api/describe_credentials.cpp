#include <utility>

#include <mux/send.hpp>
#include <mux/system/utilities.hpp>

namespace mux::inline v0::detail {

asio::awaitable<result<std::string>> describe_credentials(std::shared_ptr<client_core> core,
                                                          std::chrono::nanoseconds patience) {
  request<utility_whoami_response> call = requests::system::utilities::whoami();
  call.deadline(patience).tries(1).priority(priority::interactive);
  result<utility_whoami_response> who =
      co_await try_send<utility_whoami_response>(std::move(core), std::move(call).base());
  if (!who) co_return std::move(who).error();
  std::string text = "the token";
  if (!who->access_token_name.empty()) text += " \"" + who->access_token_name + '"';
  text += " belongs to the environment \"" + who->environment_name + "\" (" + who->environment_id + ")";
  for (std::size_t i = 0; i < who->permissions.size(); ++i)
    text += (i == 0 ? " and may " : ", ") + who->permissions[i];
  co_return text;
}

}  // namespace mux::inline v0::detail
