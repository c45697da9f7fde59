#include <string>
#include <string_view>

#include <mux/json.hpp>

#include "codec/codec.hpp"

namespace mux::inline v0::detail {

std::string write_json(const codec::type& t, const void* in) {
  std::string out;
  codec::write(t, in, out);
  return out;
}

result<void> read_json(std::string_view text, const codec::type& t, void* out) {
  return codec::read(text, t, out);
}

}  // namespace mux::inline v0::detail
