#include <limits>

#include <mux/json.hpp>

#include "codec/codec.hpp"

namespace mux::inline v0 {

result<json> json::parse(std::string_view text) {
  result<json> value = codec::read<json>(text, {.size = std::numeric_limits<std::uint32_t>::max()});
  if (!value) return error(errc::not_json, value.error().detail);
  return value;
}

}  // namespace mux::inline v0
