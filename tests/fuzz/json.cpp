// Texts in place of a page of assets and of an error body: the owned and the borrowed form say the same, what
// was read and written reads the same again, and what an error body says is bounded.

#include <cstddef>
#include <cstdint>
#include <string>

#include <mux/borrowed.hpp>
#include <mux/video/models/assets_views.hpp>

#include "api/borrow.hpp"
#include "api/schemas_video.hpp"
#include "codec/codec.hpp"
#include "fuzz/demand.hpp"

using mux::test::demand;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const mux::codec::error_body said = mux::codec::read_error_body(text);
  demand(said.type.size() <= 1024 && said.messages.size() <= 16, "an error body is bounded");
  for (const std::string& message : said.messages) demand(message.size() <= 1024, "a message is bounded");

  const mux::result<mux::page<mux::asset>> owned = mux::codec::read<mux::page<mux::asset>>(text);
  const mux::result<mux::borrowed_page<mux::asset_view>> borrowed =
      mux::api::borrow<mux::asset_view>(std::string(text));
  demand(owned.has_value() == borrowed.has_value(), "both forms can be read or neither");
  if (!owned) {
    demand(owned.error().code == borrowed.error().code && owned.error().detail == borrowed.error().detail,
           "both forms find the same fault");
    return 0;
  }
  std::string first, second, third;
  mux::codec::write(*owned, first);
  mux::codec::write(static_cast<const mux::page_view<mux::asset_view>&>(*borrowed), second);
  demand(first == second, "both forms say the same");
  const mux::result<mux::page<mux::asset>> back = mux::codec::read<mux::page<mux::asset>>(first);
  demand(back.has_value(), "what was written can be read");
  mux::codec::write(*back, third);
  demand(first == third, "what was written says the same");
  return 0;
}
