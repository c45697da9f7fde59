#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include <mux/emulator/ledger.hpp>

#include "emulator/asset.hpp"

namespace mux::inline v0::emulator {

/// Keeps the ledger; finds duplicates by what was asked for, not by ids.
class ledger_book {
 public:
  void note_create(const stored_asset& asset, const std::vector<std::string>& inputs);
  /// An upload has become an asset.
  void note_upload(const stored_asset& asset, std::uint64_t size, const std::string& sha256);

  emulator::ledger totals;
  [[nodiscard]] const std::vector<created_asset>& created() const noexcept { return created_; }

 private:
  /// `content` tells the files apart that two creates are made of.
  void note(created_asset created, std::string content);

  std::vector<created_asset> created_;
  std::unordered_set<std::string> seen_;
};

}  // namespace mux::inline v0::emulator
