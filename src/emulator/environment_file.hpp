#pragma once

#include <string>

#include <mux/emulator/server.hpp>

namespace mux::inline v0::emulator {

/// Shell text that points any Mux client of that shell to the server: one `export NAME='value'` a line.
[[nodiscard]] std::string environment_exports(const server& running);

}  // namespace mux::inline v0::emulator
