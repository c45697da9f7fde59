#pragma once

#include <deque>
#include <string>
#include <vector>

#include "emulator/asset_store.hpp"
#include "emulator/faults.hpp"
#include "emulator/identifiers.hpp"
#include "emulator/ledger_book.hpp"
#include "emulator/limits.hpp"
#include "emulator/virtual_clock.hpp"

namespace mux::inline v0::emulator {

/// A namespace of assets, as at Mux.
struct environment {
  std::string id;
  std::string name;
  asset_store assets;
};

/// Everything the emulator knows. Not thread-safe; `api` guards it.
struct world {
  explicit world(const server_options& options);

  server_options options;  ///< tokens completed with random ids and secrets
  virtual_clock clock;
  identifiers ids;
  emulator::limits limits;
  fault_plan faults;
  ledger_book book;
  std::deque<environment> environments;  ///< by first mention in `options.tokens`
  std::uint64_t serials = 0;             ///< last one given

  [[nodiscard]] environment& environment_of(const access_token& token);
  void seed(std::size_t count, seed_style style);
  void reset();
  [[nodiscard]] std::size_t asset_count() const noexcept;
};

}  // namespace mux::inline v0::emulator
