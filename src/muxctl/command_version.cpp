#include <mux/version.hpp>

#include "muxctl/commands.hpp"

namespace mux::inline v0::muxctl {

exit_code run(const version_command&, const invocation&, output& out) {
  out.write("muxctl " MUX_VERSION "\n");
  return exit_code::done;
}

}  // namespace mux::inline v0::muxctl
