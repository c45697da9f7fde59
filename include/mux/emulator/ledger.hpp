#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <mux/operation.hpp>

namespace mux::inline v0::emulator {

struct class_ledger {
  std::uint64_t requests = 0;  ///< with valid credentials (the storage needs none), refused ones included
  std::uint64_t refused = 0;   ///< answered 429
};

/// What really happened at the server, to be compared with what a client believes.
struct ledger {
  std::uint64_t creates = 0;  ///< assets created, by URL or by upload, whether or not the answer arrived
  /// Creates that agree with an earlier one in inputs (of an upload: the file's SHA-256), passthrough and
  /// external id. A leading `mm1:` with 26 characters is not compared: it tells two attempts apart, not two
  /// videos.
  std::uint64_t duplicates = 0;
  std::uint64_t deletes = 0;
  std::uint64_t unauthorized = 0;        ///< answered 401
  std::uint64_t unknown_routes = 0;      ///< answered 404 because the emulator has no such operation
  std::uint64_t faults = 0;              ///< faults fired
  std::uint64_t uploads = 0;             ///< direct uploads created
  std::uint64_t upload_assets = 0;       ///< of them, those that became an asset
  std::uint64_t storage_bytes = 0;       ///< that arrived at the storage, sent again or in vain included
  std::uint64_t stored_bytes = 0;        ///< that became durable there
  std::uint64_t leaked_credentials = 0;  ///< storage requests with an `Authorization` field
  std::array<class_ledger, rate_class_count> classes{};  ///< by `rate_class`
};

/// One asset that a client created, as it was asked for. Stays in the ledger after the asset was deleted.
struct created_asset {
  std::string id;
  std::string input;  ///< URL of the first input; empty for an upload
  std::string passthrough;
  std::string external_id;
  std::string title;
  std::string upload_id;   ///< empty unless it was uploaded
  std::uint64_t size = 0;  ///< bytes of the uploaded file
  std::string sha256;      ///< of the uploaded file: 64 hex digits
};

}  // namespace mux::inline v0::emulator
