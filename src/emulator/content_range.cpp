#include "emulator/content_range.hpp"

#include <charconv>

namespace mux::inline v0::emulator {
namespace {

/// Digits up to 2^63.
std::optional<std::uint64_t> read_number(std::string_view text) noexcept {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stopped != end || number < 0 || text[0] == '-') return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

}  // namespace

std::optional<content_range> parse_content_range(std::string_view text) noexcept {
  constexpr std::string_view unit = "bytes ";
  const auto slash = text.find('/');
  if (!text.starts_with(unit) || slash == std::string_view::npos) return std::nullopt;
  const auto part = text.substr(unit.size(), slash - unit.size());
  const auto size = text.substr(slash + 1);

  content_range range;
  if (size != "*") {
    range.total = read_number(size);
    if (!range.total) return std::nullopt;
  }
  if (part == "*") {
    range.query = true;
    return range;
  }
  const auto dash = part.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = read_number(part.substr(0, dash));
  const auto last = read_number(part.substr(dash + 1));
  if (!first || !last || *first > *last || (range.total && *last >= *range.total)) return std::nullopt;
  range.first = *first;
  range.end = *last + 1;
  return range;
}

content_range whole_body(std::optional<std::uint64_t> length) noexcept {
  content_range range;
  range.end = range.total = length;
  return range;
}

}  // namespace mux::inline v0::emulator
