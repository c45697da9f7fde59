#pragma once

#include <chrono>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/asset_store.hpp"
#include "emulator/faults.hpp"
#include "emulator/identifiers.hpp"
#include "emulator/ledger_book.hpp"
#include "emulator/limits.hpp"
#include "emulator/upload_store.hpp"
#include "emulator/virtual_clock.hpp"

namespace mux::inline v0::emulator {

/// A namespace of assets and uploads, as at Mux.
struct environment {
  std::string id;
  std::string name;
  asset_store assets;
  upload_store uploads;
};

/// How late a new asset shows in listings, and which share of them.
struct list_lag {
  std::chrono::nanoseconds by{0};
  double share = 1;
};

/// Where a file that arrives at the storage belongs.
struct storage_session {
  emulator::environment* environment;
  stored_upload* upload;
};

/// Everything the emulator knows. Not thread-safe; `api` guards it.
struct world {
  explicit world(const server_options& options);

  server_options options;  ///< tokens completed with random ids and secrets
  virtual_clock clock;
  identifiers ids;
  emulator::limits limits;
  fault_plan faults;
  emulator::list_lag list_lag;
  ledger_book book;
  std::deque<environment> environments;                            ///< by first mention in `options.tokens`
  std::unordered_map<std::string_view, storage_session> sessions;  ///< by the upload's `target`
  std::uint64_t serials = 0;                                       ///< last one given

  [[nodiscard]] environment& environment_of(const access_token& token);
  /// Gives the asset and its playback ids their ids, decides whether it fails and starts its life.
  stored_asset& add_asset(environment& where, stored_asset asset, const std::vector<std::string>& inputs);
  /// Gives the upload its id and opens its session at the storage.
  stored_upload& add_upload(environment& where, stored_upload upload);
  /// The file of the upload is complete: makes its asset, if it still waits for one.
  void finish_upload(const storage_session& session);
  void seed(std::size_t count, seed_style style);
  void reset();
  [[nodiscard]] std::size_t asset_count() const noexcept;

 private:
  std::mt19937_64 random_;
};

}  // namespace mux::inline v0::emulator
