#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "emulator/asset.hpp"
#include "emulator/content_hash.hpp"
#include "emulator/virtual_clock.hpp"

namespace mux::inline v0::emulator {

enum class upload_status : std::uint8_t { waiting, asset_created, errored, cancelled, timed_out };

/// `waiting`, … ; as the API writes it.
[[nodiscard]] std::string_view name_of(upload_status status) noexcept;

/// What the storage keeps of a file: how much of it is durable and its hash, no byte of it.
struct stored_file {
  std::uint64_t durable = 0;           ///< bytes from the start; a multiple of the unit until it is finished
  std::optional<std::uint64_t> total;  ///< once a request has named it
  bool finished = false;
  bool expired = false;  ///< by a fault, before its time
  content_hash hash;     ///< of what is durable
};

/// A direct upload and its session at the storage.
struct stored_upload {
  std::uint64_t serial = 0;  ///< grows with every upload
  std::string id;
  time_point created_at;
  std::chrono::seconds timeout{3600};
  std::string cors_origin;
  std::string settings;  ///< `new_asset_settings` as JSON; empty if there are none
  bool test = false;
  stored_asset asset;  ///< what it is to become
  std::string target;  ///< of the storage session: a secret
  stored_file file;
  bool cancelled = false;
  bool errored = false;
  std::string asset_id;  ///< empty until there is one

  [[nodiscard]] upload_status status(time_point now) const noexcept;
  /// Google keeps a session for a week, whatever Mux thinks of the upload.
  [[nodiscard]] bool session_expired(time_point now) const noexcept {
    return file.expired || now >= created_at + std::chrono::days(7);
  }
};

/// Appends the upload as the API shows it at `now`; its URL, which starts with `origin`, only while it waits.
void write_upload(const stored_upload& upload, time_point now, std::string_view origin, std::string& out);

}  // namespace mux::inline v0::emulator
