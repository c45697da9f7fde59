#include "muxctl/error_limit.hpp"

#include <charconv>

namespace mux::inline v0::muxctl {

namespace {

constexpr std::uint64_t settled_before_share = 20;

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<error_limit> error_limit::parse(std::string_view text) {
  error_limit limit;
  if (text.ends_with('%')) {
    const std::optional<double> percent = number_of<double>(text.substr(0, text.size() - 1));
    if (!percent || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
    limit.percent = *percent;
    return limit;
  }
  const std::optional<std::uint64_t> most = number_of<std::uint64_t>(text);
  if (!most || *most == 0) return std::nullopt;
  limit.most = *most;
  return limit;
}

bool error_limit::exceeded(std::uint64_t failed, std::uint64_t settled) const noexcept {
  if (most > 0) return failed >= most;
  return settled >= settled_before_share &&
         static_cast<double>(failed) * 100 > percent * static_cast<double>(settled);
}

}  // namespace mux::inline v0::muxctl
