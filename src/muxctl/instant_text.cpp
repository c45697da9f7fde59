#include "muxctl/instant_text.hpp"

#include <array>
#include <cstdio>

namespace mux::inline v0::muxctl {

std::string format_instant(std::chrono::sys_time<std::chrono::milliseconds> at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  std::string out = text.data();
  if (const auto ms = time.subseconds().count(); ms != 0) {
    std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(ms));
    out += text.data();
  }
  return out + "Z";
}

}  // namespace mux::inline v0::muxctl
