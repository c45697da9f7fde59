#include "muxctl/duration.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace mux::inline v0::muxctl {

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double seconds_per_unit = unit.empty() || unit == "s" ? 1
                                  : unit == "ms"              ? 1e-3
                                  : unit == "m"               ? 60
                                  : unit == "h"               ? 3600
                                                              : -1;
  const double seconds = number * seconds_per_unit;
  constexpr double year = 365.0 * 24 * 3600;
  if (seconds_per_unit < 0 || !(number >= 0) || !(seconds <= year)) return std::nullopt;
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

std::string format_duration(std::chrono::nanoseconds time) {
  const double exact = std::chrono::duration<double>(time).count();
  char buffer[32];
  if (exact < 9.95) {
    std::snprintf(buffer, sizeof buffer, "%.1fs", exact);
    return buffer;
  }
  const long long s = std::llround(exact);
  if (s < 60)
    std::snprintf(buffer, sizeof buffer, "%llds", s);
  else if (s < 3600)
    std::snprintf(buffer, sizeof buffer, "%lldm%02llds", s / 60, s % 60);
  else if (s < 86400)
    std::snprintf(buffer, sizeof buffer, "%lldh%02lldm", s / 3600, s / 60 % 60);
  else
    std::snprintf(buffer, sizeof buffer, "%lldd%02lldh", s / 86400, s / 3600 % 24);
  return buffer;
}

}  // namespace mux::inline v0::muxctl
