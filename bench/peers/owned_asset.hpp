#pragma once

// What somebody writes who has libcurl and simdjson and wants all members of an asset: plain structs that own
// their strings, filled by simdjson's on-demand parser.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace peers {

struct owned_track {
  std::optional<std::string> id, type, status, name, language_code, text_type, text_source, passthrough;
  std::optional<std::int64_t> max_width, max_height, max_channels;
  std::optional<double> max_frame_rate, duration, auto_language_confidence;
  std::optional<bool> primary, closed_captions;
};

struct owned_rendition {
  std::optional<std::string> id, type, status, resolution, resolution_tier, name, ext, passthrough;
  std::optional<std::int64_t> width, height, filesize, bitrate;
};

struct owned_renditions {
  std::optional<std::string> status;
  std::vector<owned_rendition> files;
};

struct owned_playback_id {
  std::string id;
  std::optional<std::string> policy, drm_configuration_id;
};

struct owned_meta {
  std::optional<std::string> title, external_id, creator_id;
};

struct owned_progress {
  std::optional<std::string> state;
  double progress = 0;
};

struct owned_master {
  std::optional<std::string> status, url;
};

struct owned_errors {
  std::optional<std::string> type;
  std::vector<std::string> messages;
};

struct owned_recording_time {
  std::optional<std::string> type, started_at;
  std::optional<double> duration;
};

struct owned_input_reasons {
  std::optional<std::string> audio_codec, audio_edit_list, pixel_aspect_ratio, video_bitrate, video_codec,
      video_edit_list, video_frame_rate, video_gop_size, video_resolution, unsupported_pixel_format,
      unexpected_media_file_parameters;
};

struct owned_asset {
  std::string id;
  std::int64_t created_at = 0;
  std::optional<std::int64_t> updated_at;
  std::optional<std::string> status, video_quality, upload_id, resolution_tier, passthrough, mp4_support,
      max_stored_resolution, max_resolution_tier, master_access, ingest_type, encoding_tier, aspect_ratio,
      live_stream_id, source_asset_id;
  std::optional<double> duration, max_stored_frame_rate, thumbnail_time;
  std::optional<bool> test, normalize_audio, is_live, generate_shots;
  std::optional<owned_meta> meta;
  std::optional<owned_progress> progress;
  std::optional<owned_master> master;
  std::optional<owned_errors> errors;
  std::optional<owned_input_reasons> non_standard_input_reasons;
  std::optional<owned_renditions> static_renditions;
  std::vector<owned_playback_id> playback_ids;
  std::vector<owned_track> tracks;
  std::vector<owned_recording_time> recording_times;
};

struct owned_page {
  std::vector<owned_asset> items;
  std::optional<std::string> next_cursor;
};

/// Bytes that the decoder reads beyond the end of a text.
extern const std::size_t decoder_padding;

/// Both throw on a text that is not of the described form. `json` has `decoder_padding` bytes of capacity
/// left.
class on_demand_decoder {
 public:
  on_demand_decoder();
  ~on_demand_decoder();
  owned_page page(const std::string& json);
  /// The asset in `{"data": …}`.
  owned_asset asset(const std::string& json);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace peers
