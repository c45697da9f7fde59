#include "emulator/asset.hpp"

#include <array>

#include "emulator/json_writer.hpp"

namespace mux::inline v0::emulator {
namespace {

std::string_view encoding_tier(std::string_view video_quality) noexcept {
  if (video_quality == "plus") return "smart";
  return video_quality == "premium" ? "premium" : "baseline";
}

// Nothing is downloaded: lengths between one and ten minutes that differ from asset to asset.
double duration_of(const stored_asset& asset) noexcept {
  return static_cast<double>(60'000 + asset.serial * 7919 % 540'000) / 1000;
}

void write_tracks(const stored_asset& asset, const identifiers& ids, double duration, json_writer& json) {
  json.key("tracks").begin('[');
  json.begin('{').member("type", "video").member("max_width", 1920).member("max_height", 1080);
  json.member("max_frame_rate", 29.97)
      .member("id", ids.make(asset.serial, 1))
      .member("duration", duration)
      .end('}');
  json.begin('{').member("type", "audio").member("status", "ready").member("primary", true);
  json.member("name", "Default").member("max_channels", 2).member("language_code", "und");
  json.member("id", ids.make(asset.serial, 2, 54)).member("duration", duration).end('}');
  if (asset.rich) {
    json.begin('{')
        .member("type", "text")
        .member("text_type", "subtitles")
        .member("text_source", "generated_vod");
    json.member("status", "ready").member("name", "English (generated)").member("language_code", "en");
    json.member("id", ids.make(asset.serial, 3, 54)).end('}');
  }
  json.end(']');
}

void write_static_renditions(const stored_asset& asset, const identifiers& ids, double duration,
                             json_writer& json) {
  struct rendition {
    std::string_view name, resolution;
    int width, height, bitrate;
  };
  static constexpr std::array<rendition, 2> renditions = {
      {{"1080p.mp4", "1080p", 1920, 1080, 4'500'000}, {"720p.mp4", "720p", 1280, 720, 2'400'000}}};
  json.key("static_renditions").begin('{').member("status", "ready").key("files").begin('[');
  std::uint64_t part = 4;
  for (const auto& r : renditions) {
    const auto bytes = static_cast<std::uint64_t>(r.bitrate / 8 * duration);
    json.begin('{').member("width", r.width).member("type", "standard").member("status", "ready");
    json.member("resolution_tier", r.resolution).member("resolution", r.resolution).member("name", r.name);
    json.member("id", ids.make(asset.serial, part++)).member("height", r.height);
    json.member("filesize", std::to_string(bytes)).member("ext", "mp4").member("bitrate", r.bitrate).end('}');
  }
  json.end(']').end('}');
}

void write_outcome(const stored_asset& asset, asset_status status, const identifiers& ids,
                   json_writer& json) {
  if (status == asset_status::preparing) {
    json.member("status", "preparing").key("progress").begin('{');
    json.member("state", "ingesting").member("progress", 0).end('}');
  } else if (status == asset_status::errored) {
    json.member("status", "errored").key("progress").begin('{');
    json.member("state", "errored").member("progress", -1).end('}');
    const bool uploaded = !asset.upload_id.empty();
    json.key("errors").begin('{').member("type", uploaded ? "invalid_input" : "download_failed");
    json.key("messages").begin('[');
    json.value(uploaded ? "The uploaded file could not be read." : "The input could not be downloaded.");
    json.end(']').end('}');
  } else {
    const double duration = duration_of(asset);
    write_tracks(asset, ids, duration, json);
    if (asset.rich) write_static_renditions(asset, ids, duration, json);
    json.member("status", "ready").member("resolution_tier", "1080p").key("progress").begin('{');
    json.member("state", "completed").member("progress", 100).end('}');
    json.member("max_stored_resolution", "HD").member("max_stored_frame_rate", 29.97);
    json.member("duration", duration).member("aspect_ratio", "16:9");
  }
}

void write_meta(const stored_asset& asset, json_writer& json) {
  if (asset.title.empty() && asset.creator_id.empty() && asset.external_id.empty()) return;
  json.key("meta").begin('{').member_if("title", asset.title).member_if("external_id", asset.external_id);
  json.member_if("creator_id", asset.creator_id).end('}');
}

}  // namespace

void write_playback_id(const playback_id& id, std::string& out) {
  json_writer json(out);
  json.begin('{').member("policy", id.policy).member("id", id.id);
  json.member_if("drm_configuration_id", id.drm_configuration_id).end('}');
}

void write_asset(const stored_asset& asset, time_point now, const identifiers& ids, std::string& out) {
  json_writer json(out);
  json.begin('{').member("video_quality", asset.video_quality).member_if("upload_id", asset.upload_id);
  if (asset.thumbnail_time) json.member("thumbnail_time", *asset.thumbnail_time);
  if (asset.test) json.member("test", true);
  write_outcome(asset, asset.status(now), ids, json);
  if (!asset.playback_ids.empty()) {
    json.key("playback_ids").begin('[');
    for (const auto& id : asset.playback_ids) write_playback_id(id, out);
    json.end(']');
  }
  json.member_if("passthrough", asset.passthrough).member("normalize_audio", asset.normalize_audio);
  json.member("mp4_support", asset.mp4_support);
  write_meta(asset, json);
  json.member("max_resolution_tier", asset.max_resolution_tier).member("master_access", asset.master_access);
  json.member_if("live_stream_id", asset.live_stream_id).member("ingest_type", asset.ingest_type);
  json.member("id", asset.id).member("encoding_tier", encoding_tier(asset.video_quality));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(asset.created_at.time_since_epoch()).count();
  json.member("created_at", std::to_string(seconds)).end('}');
}

}  // namespace mux::inline v0::emulator
