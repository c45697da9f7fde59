#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mux/options.hpp>

#include "muxctl/output.hpp"

namespace mux::inline v0::muxctl {

/// What the command line says for every command; unset members leave the environment's value or the default.
struct global_flags {
  std::optional<std::string> base_url;
  std::optional<std::string> ca_file;
  std::optional<std::string> token_id;
  std::optional<std::string> credentials_file;  ///< `-`: standard input
  std::optional<std::string> limits_dir;        ///< empty: limiter state stays in this process
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<std::chrono::nanoseconds> deadline;
  std::vector<std::string> limits;  ///< `CLASS=RATE[/BURST]`
  std::optional<std::string> bucket_id;
  bool discover_burst = false;  ///< in all classes whose burst is not given
  std::optional<std::string> log_file;
  colour_mode colour = colour_mode::automatic;
  verbosity level = verbosity::normal;
};

/// Flag before environment before default. Credentials come whole from one place: a credentials file replaces
/// what the environment says, and a token id never meets the secret of another one. Errors: throws `failure`.
[[nodiscard]] client_options make_options(const global_flags& flags);

/// Reads `CLASS=RATE[/BURST]` into `limits`: the class as the library names it (`-` may stand for `_`),
/// requests a second or `off`, the size of the server's bucket. Errors: throws `failure`.
void apply_limit(limiter_options& limits, std::string_view text);

/// Reads `NAME=value` lines, with or without `export` and quotes; other names are passed over.
/// Errors: throws `failure`, without a word of what the text holds.
[[nodiscard]] credentials parse_credentials(std::string_view text);

/// `$XDG_STATE_HOME/mux/limits`, or below `~/.local/state`; empty if neither is known.
[[nodiscard]] std::filesystem::path default_limits_directory();

}  // namespace mux::inline v0::muxctl
