#include "emulator/ledger_book.hpp"

#include <string_view>

namespace mux::inline v0::emulator {
namespace {

std::string_view without_marker(std::string_view text) noexcept {
  constexpr std::string_view scheme = "mm1:";
  constexpr std::size_t length = scheme.size() + 26;
  if (!text.starts_with(scheme) || text.size() < length) return text;
  text.remove_prefix(length);
  if (text.starts_with(':') || text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

}  // namespace

void ledger_book::note_create(const stored_asset& asset, const create_request& request) {
  ++totals.creates;
  std::string key;
  const auto add = [&key](std::string_view part) {
    key.append(std::to_string(part.size())).append(":").append(part);
  };
  for (const auto& url : request.inputs) add(url);
  add("");
  add(without_marker(asset.passthrough));
  add(without_marker(asset.external_id));
  if (!seen_.insert(std::move(key)).second) ++totals.duplicates;
  created_.push_back({asset.id, request.inputs.front(), asset.passthrough, asset.external_id});
}

}  // namespace mux::inline v0::emulator
