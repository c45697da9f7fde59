#pragma once

#include <chrono>
#include <functional>

#include <boost/asio/awaitable.hpp>

#include <mux/client.hpp>

#include "muxctl/command_line.hpp"
#include "muxctl/output.hpp"

namespace mux::inline v0::muxctl {

/// Until when a refusal of the server keeps creates back.
struct create_pause {
  std::chrono::steady_clock::time_point until;
};

/// Makes a client from the settings of the command line, logging its calls to `out` if it is verbose and
/// noting pauses in `pause`, which may be null. Errors: throws `failure`.
[[nodiscard]] client make_client(const asio::any_io_executor& executor, client_options options, output& out,
                                 create_pause* pause = nullptr);

/// Runs `work` with a client to its end; a signal cancels it.
/// Errors: throws `failure`, with code `interrupted` after a signal.
exit_code run_with_client(const global_flags& flags, output& out,
                          const std::function<asio::awaitable<exit_code>(client&)>& work);

/// What a call gave. Errors: throws `failure`.
template <class T>
T value_or_fail(result<T> got) {
  if (!got) throw failure(got.error());
  return std::move(*got);
}

}  // namespace mux::inline v0::muxctl
