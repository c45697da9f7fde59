#include "emulator/ledger_book.hpp"

#include <string_view>
#include <utility>

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

/// With its length, so that no two sequences of parts read the same.
void add_part(std::string& text, std::string_view part) {
  text.append(std::to_string(part.size())).append(":").append(part);
}

created_asset entry_of(const stored_asset& asset) {
  created_asset entry;
  entry.id = asset.id;
  entry.passthrough = asset.passthrough;
  entry.external_id = asset.external_id;
  entry.title = asset.title;
  return entry;
}

}  // namespace

void ledger_book::note_create(const stored_asset& asset, const std::vector<std::string>& inputs) {
  std::string content = "urls ";
  for (const auto& url : inputs) add_part(content, url);
  auto entry = entry_of(asset);
  entry.input = inputs.front();
  note(std::move(entry), std::move(content));
}

void ledger_book::note_upload(const stored_asset& asset, std::uint64_t size, const std::string& sha256) {
  ++totals.upload_assets;
  auto entry = entry_of(asset);
  entry.upload_id = asset.upload_id;
  entry.size = size;
  entry.sha256 = sha256;
  note(std::move(entry), "file " + sha256);
}

void ledger_book::note(created_asset created, std::string content) {
  ++totals.creates;
  add_part(content, "");
  add_part(content, without_marker(created.passthrough));
  add_part(content, without_marker(created.external_id));
  if (!seen_.insert(std::move(content)).second) ++totals.duplicates;
  created_.push_back(std::move(created));
}

}  // namespace mux::inline v0::emulator
