#include "client/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace mux::inline v0::client_detail {

namespace {

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::chrono::nanoseconds bounded(double seconds) {
  constexpr double day = 86400;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::clamp(seconds, 0.0, day) * 1e9));
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT")
    return {};
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto day = number<unsigned>(text.substr(5, 2));
  const auto year = number<int>(text.substr(12, 4));
  const auto hour = number<unsigned>(text.substr(17, 2));
  const auto minute = number<unsigned>(text.substr(20, 2));
  const auto second = number<unsigned>(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second) return {};
  const std::chrono::year_month_day date(
      std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
      std::chrono::day(*day));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::optional<std::chrono::nanoseconds> parse_retry_after(std::string_view milliseconds,
                                                          std::string_view retry_after,
                                                          std::optional<std::chrono::sys_seconds> now) {
  if (const auto ms = number<double>(milliseconds); ms && std::isfinite(*ms)) return bounded(*ms / 1000);
  if (const auto s = number<double>(retry_after); s && std::isfinite(*s)) return bounded(*s);
  if (const auto date = parse_http_date(retry_after); date && now)
    return bounded(std::chrono::duration<double>(*date - *now).count());
  return {};
}

}  // namespace mux::inline v0::client_detail
