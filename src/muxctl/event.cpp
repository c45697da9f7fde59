#include "muxctl/event.hpp"

#include <cmath>
#include <cstdio>

namespace mux::inline v0::muxctl {

json_object& json_object::real(std::string_view name, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.3f", value);
  return json(name, std::isfinite(value) ? buffer : "null");
}

}  // namespace mux::inline v0::muxctl
