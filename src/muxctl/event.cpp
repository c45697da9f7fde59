#include "muxctl/event.hpp"

#include <cmath>
#include <cstdio>

namespace mux::inline v0::muxctl {

event& event::real(std::string_view name, double value) {
  append_name(name);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.3f", value);
  line_ += std::isfinite(value) ? buffer : "null";
  return *this;
}

}  // namespace mux::inline v0::muxctl
