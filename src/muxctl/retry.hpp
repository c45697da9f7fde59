#pragma once

#include "muxctl/command_line.hpp"

namespace mux::inline v0::muxctl {

/// The command that the journal of `call.retry` remembers, to be run with `--retry-failed`. Goes to the
/// folder where it was given. Errors: throws `failure`.
[[nodiscard]] invocation retried(const invocation& call);

}  // namespace mux::inline v0::muxctl
