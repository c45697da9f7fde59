#pragma once

#include <string>
#include <string_view>

#include "muxctl/command_outline.hpp"

namespace mux::inline v0::muxctl {

/// The manual page `muxctl.1` in roff.
[[nodiscard]] std::string man_page(const command_outline& program, std::string_view version);

}  // namespace mux::inline v0::muxctl
