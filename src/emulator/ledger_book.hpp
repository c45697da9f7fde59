#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include <mux/emulator/ledger.hpp>

#include "emulator/asset.hpp"
#include "emulator/asset_requests.hpp"

namespace mux::inline v0::emulator {

/// Keeps the ledger; finds duplicates by what was asked for, not by ids.
class ledger_book {
 public:
  void note_create(const stored_asset& asset, const create_request& request);

  emulator::ledger totals;
  [[nodiscard]] const std::vector<created_asset>& created() const noexcept { return created_; }

 private:
  std::vector<created_asset> created_;
  std::unordered_set<std::string> seen_;
};

}  // namespace mux::inline v0::emulator
