#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/identifiers.hpp"
#include "emulator/virtual_clock.hpp"

namespace mux::inline v0::emulator {

struct playback_id {
  std::string id;
  std::string_view policy;
  std::string drm_configuration_id;
};

enum class asset_status : std::uint8_t { preparing, ready, errored };

/// What a client may change after the create. Empty texts are absent.
struct asset_details {
  std::string passthrough;
  std::string title;
  std::string creator_id;
  std::string external_id;
  std::optional<double> thumbnail_time;
};

/// What is kept of an asset; everything else of its JSON follows from this. Views point to literals.
struct stored_asset : asset_details {
  std::uint64_t serial = 0;  ///< grows with every asset
  std::string id;
  time_point created_at;
  time_point done_at;    ///< preparing until then
  time_point listed_at;  ///< no listing shows it before
  bool fails = false;    ///< ends errored
  bool rich = false;     ///< renditions and a text track
  bool test = false;
  bool normalize_audio = false;
  std::string_view ingest_type = "on_demand_url";
  std::string_view video_quality = "basic";
  std::string_view max_resolution_tier = "1080p";
  std::string_view mp4_support = "none";
  std::string_view master_access = "none";
  std::string upload_id;
  std::string live_stream_id;
  std::vector<playback_id> playback_ids;

  [[nodiscard]] asset_status status(time_point now) const noexcept {
    if (now < done_at) return asset_status::preparing;
    return fails ? asset_status::errored : asset_status::ready;
  }
};

/// Appends the asset as the API shows it at `now`.
void write_asset(const stored_asset& asset, time_point now, const identifiers& ids, std::string& out);
void write_playback_id(const playback_id& id, std::string& out);

}  // namespace mux::inline v0::emulator
