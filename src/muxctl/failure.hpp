#pragma once

#include <string>

#include <mux/error.hpp>

#include "muxctl/exit_code.hpp"

namespace mux::inline v0::muxctl {

/// Why a command ends without its result. Thrown by commands, printed once, in `main`.
struct failure {
  failure(exit_code ends_with, std::string error_code, std::string what, std::string advice = {});
  /// From a failed call; an ambiguous one gets its own advice.
  explicit failure(const error& e);

  exit_code exit;
  std::string code;        ///< `not_found`, `usage`, … : stable, for scripts
  std::string message;     ///< may hold text from outside, printed escaped
  std::string hint;        ///< what to do, or empty
  std::string request_id;  ///< or empty
};

/// The lines for stderr: `muxctl: error: [code] message`, then hint and request id if there are any. Escaped;
/// colours only if `coloured`.
[[nodiscard]] std::string to_text(const failure& f, bool coloured);

}  // namespace mux::inline v0::muxctl
