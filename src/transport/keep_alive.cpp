#include "transport/keep_alive.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "transport/text.hpp"

namespace mux::inline v0::transport {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<std::chrono::seconds> parse_keep_alive(std::string_view field) noexcept {
  while (!field.empty()) {
    const std::size_t comma = std::min(field.find(','), field.size());
    const std::string_view parameter = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (!same_text(trimmed(parameter.substr(0, equals)), "timeout")) continue;
    const std::string_view value = trimmed(parameter.substr(std::min(equals + 1, parameter.size())));
    std::uint32_t seconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (read.ec == std::errc() && read.ptr == value.data() + value.size())
      return std::chrono::seconds(seconds);
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace mux::inline v0::transport
