#include "emulator/upload_store.hpp"

#include <algorithm>
#include <utility>

namespace mux::inline v0::emulator {

stored_upload& upload_store::add(stored_upload upload) {
  auto& added = *uploads_.emplace_back(std::make_unique<stored_upload>(std::move(upload)));
  by_id_.emplace(added.id, &added);
  return added;
}

stored_upload* upload_store::find(std::string_view id) noexcept {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second;
}

void upload_store::clear() {
  by_id_.clear();
  uploads_.clear();
}

std::vector<const stored_upload*> upload_store::list(std::size_t page, std::size_t limit) const {
  const auto size = uploads_.size();
  const auto first = page - 1 > size / limit ? size : std::min((page - 1) * limit, size);
  const auto end = std::min(first + limit, size);
  std::vector<const stored_upload*> found;
  for (auto i = first; i < end; ++i) found.push_back(uploads_[newest_first_ ? size - 1 - i : i].get());
  return found;
}

}  // namespace mux::inline v0::emulator
