#include <mux/system/utilities.hpp>

#include "muxctl/commands.hpp"
#include "muxctl/model_json.hpp"
#include "muxctl/session.hpp"

namespace mux::inline v0::muxctl {

namespace {

asio::awaitable<exit_code> show(client& api, output& out) {
  const utility_whoami_response who = co_await api.system.utilities.whoami();
  out.write(json_line_of(who));
  co_return exit_code::done;
}

}  // namespace

exit_code run(const whoami_command&, const invocation& call, output& out) {
  return run_with_client(call.global, out, [&out](client& api) { return show(api, out); });
}

}  // namespace mux::inline v0::muxctl
