#pragma once

#include "emulator/message.hpp"
#include "emulator/world.hpp"

namespace mux::inline v0::emulator {

/// True for everything under `/_emulator`.
[[nodiscard]] bool is_control(std::string_view path) noexcept;

/// Answers a control request. A foreign `Host` or `Origin` is refused before the token is looked at: no web
/// page can get at the emulator of the machine it is shown on.
[[nodiscard]] reply control(world& world, const message& request, const parsed_target& target);

/// True if the texts are equal; takes the same time wherever they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b) noexcept;

}  // namespace mux::inline v0::emulator
