#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <mux/operation.hpp>

namespace mux::inline v0::emulator {

struct class_ledger {
  std::uint64_t requests = 0;  ///< with valid credentials, refused ones included
  std::uint64_t refused = 0;   ///< answered 429
};

/// What really happened at the server, to be compared with what a client believes.
struct ledger {
  std::uint64_t creates = 0;  ///< assets created, whether or not the answer arrived
  /// Creates that agree with an earlier one in inputs, passthrough and external id. A leading `mm1:` with 26
  /// characters is not compared: it tells two attempts apart, not two videos.
  std::uint64_t duplicates = 0;
  std::uint64_t deletes = 0;
  std::uint64_t unauthorized = 0;    ///< answered 401
  std::uint64_t unknown_routes = 0;  ///< answered 404 because the emulator has no such operation
  std::uint64_t faults = 0;          ///< faults fired
  std::array<class_ledger, rate_class_count> classes{};  ///< by `rate_class`
};

/// One create, as the client asked for it. Stays in the ledger after the asset was deleted.
struct created_asset {
  std::string id;
  std::string input;  ///< URL of the first input
  std::string passthrough;
  std::string external_id;
};

}  // namespace mux::inline v0::emulator
