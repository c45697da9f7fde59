#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mux::inline v0::transport {

/// `timeout` of a `Keep-Alive` header: how long the server keeps an idle connection.
[[nodiscard]] std::optional<std::chrono::seconds> parse_keep_alive(std::string_view field) noexcept;

}  // namespace mux::inline v0::transport
