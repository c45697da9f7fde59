#include <cstddef>
#include <string_view>

#include <mux/operation.hpp>

namespace mux::inline v0 {

std::string_view to_string(rate_class c) noexcept {
  static constexpr std::string_view names[rate_class_count] = {
      "video_post", "video_other", "monitoring", "data", "system", "robots", "unlimited"};
  return names[static_cast<std::size_t>(c)];
}

std::string_view to_string(http_method m) noexcept {
  static constexpr std::string_view names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  return names[static_cast<std::size_t>(m)];
}

}  // namespace mux::inline v0
