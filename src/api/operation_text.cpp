#include <cstddef>
#include <string_view>

#include <mux/operation.hpp>

namespace mux::inline v0 {

std::string_view to_string(rate_class c) noexcept {
  static constexpr std::string_view names[rate_class_count] = {
      "video_post", "video_other", "monitoring", "data", "system", "robots", "storage", "unlimited"};
  return names[static_cast<std::size_t>(c)];
}

std::string_view to_string(http_method m) noexcept {
  static constexpr std::string_view names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  return names[static_cast<std::size_t>(m)];
}

rate_class classify(http_method method, std::string_view path) noexcept {
  if (path.starts_with("/video/"))
    return method == http_method::post ? rate_class::video_post : rate_class::video_other;
  if (path.starts_with("/data/v1/monitoring") || path.starts_with("/data/v1/realtime"))
    return rate_class::monitoring;
  if (path.starts_with("/data/")) return rate_class::data;
  if (path.starts_with("/robots/")) return rate_class::robots;
  // What is not known may have a limit that is not known: the careful class without a documented one.
  return rate_class::system;
}

}  // namespace mux::inline v0
