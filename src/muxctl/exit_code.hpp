#pragma once

#include <cstdint>

#include <mux/error.hpp>

namespace mux::inline v0::muxctl {

/// What the process ends with; part of the command line's contract.
enum class exit_code : std::uint8_t {
  done = 0,
  failed = 1,           ///< some rows failed; also every failure that has no code of its own
  usage = 2,            ///< the command line or a setting is wrong; nothing was sent
  bad_manifest = 3,     ///< the manifest has faults; nothing was sent
  credentials = 4,      ///< missing, refused or without the permission
  unreachable = 5,      ///< the API or the network cannot be reached, TLS and DNS included
  limit_reached = 6,    ///< stopped by `--max-errors` or `--max-duration`
  journal = 7,          ///< the journal is locked, damaged or belongs to another manifest
  refused = 8,          ///< the API refused: 404 and the other 4xx
  unusable_answer = 9,  ///< an answer came that cannot be used
  hung_up = 129,        ///< SIGHUP
  interrupted = 130,    ///< SIGINT
  terminated = 143,     ///< SIGTERM
};

/// The exit code for a failed call.
[[nodiscard]] exit_code exit_code_of(const error& e) noexcept;

/// The exit code after a signal: 128 and its number.
[[nodiscard]] exit_code exit_code_of_signal(int signal) noexcept;

}  // namespace mux::inline v0::muxctl
