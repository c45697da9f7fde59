#include "transport/transport.hpp"

#include "transport/text.hpp"

namespace mux::inline v0::transport {

std::string_view wire_response::field(std::string_view name) const noexcept {
  for (const auto& [known, value] : fields)
    if (same_text(known, name)) return value;
  return {};
}

}  // namespace mux::inline v0::transport
