#include "peers/owned_asset.hpp"

#include <string_view>

#include <simdjson.h>

namespace peers {
namespace {

using simdjson::ondemand::array;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

void read(value from, std::string& to) {
  to = std::string_view(from.get_string());
}
void read(value from, double& to) {
  to = from.get_double();
}
void read(value from, bool& to) {
  to = from.get_bool();
}
void read(value from, std::int64_t& to) {
  to = from.get_int64();
}
void read_digits(value from, std::int64_t& to) {
  to = from.get_int64_in_string();
}

void read(value from, owned_track& to);
void read(value from, owned_rendition& to);
void read(value from, owned_renditions& to);
void read(value from, owned_playback_id& to);
void read(value from, owned_meta& to);
void read(value from, owned_progress& to);
void read(value from, owned_master& to);
void read(value from, owned_errors& to);
void read(value from, owned_recording_time& to);
void read(value from, owned_input_reasons& to);
void read(value from, owned_asset& to);

template <class T>
void read(value from, std::optional<T>& to) {
  if (!from.is_null()) read(from, to.emplace());
}
template <class T>
void read(value from, std::vector<T>& to) {
  to.reserve(4);
  for (value one : array(from.get_array())) read(one, to.emplace_back());
}
void read_digits(value from, std::optional<std::int64_t>& to) {
  if (!from.is_null()) read_digits(from, to.emplace());
}

/// `what(key, value)` for each member.
template <class What>
void each_member(value from, What&& what) {
  for (auto member : object(from.get_object())) {
    const std::string_view key = member.unescaped_key();
    what(key, member.value());
  }
}

void read(value from, owned_track& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "type") return read(v, to.type);
    if (key == "max_width") return read(v, to.max_width);
    if (key == "max_height") return read(v, to.max_height);
    if (key == "max_frame_rate") return read(v, to.max_frame_rate);
    if (key == "text_type") return read(v, to.text_type);
    if (key == "text_source") return read(v, to.text_source);
    if (key == "status") return read(v, to.status);
    if (key == "primary") return read(v, to.primary);
    if (key == "name") return read(v, to.name);
    if (key == "max_channels") return read(v, to.max_channels);
    if (key == "language_code") return read(v, to.language_code);
    if (key == "id") return read(v, to.id);
    if (key == "duration") return read(v, to.duration);
    if (key == "closed_captions") return read(v, to.closed_captions);
    if (key == "passthrough") return read(v, to.passthrough);
    if (key == "auto_language_confidence") return read(v, to.auto_language_confidence);
  });
}

void read(value from, owned_rendition& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "width") return read(v, to.width);
    if (key == "type") return read(v, to.type);
    if (key == "status") return read(v, to.status);
    if (key == "resolution") return read(v, to.resolution);
    if (key == "name") return read(v, to.name);
    if (key == "id") return read(v, to.id);
    if (key == "height") return read(v, to.height);
    if (key == "filesize") return read_digits(v, to.filesize);
    if (key == "ext") return read(v, to.ext);
    if (key == "bitrate") return read(v, to.bitrate);
    if (key == "resolution_tier") return read(v, to.resolution_tier);
    if (key == "passthrough") return read(v, to.passthrough);
  });
}

void read(value from, owned_renditions& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "status") return read(v, to.status);
    if (key == "files") return read(v, to.files);
  });
}

void read(value from, owned_playback_id& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "policy") return read(v, to.policy);
    if (key == "id") return read(v, to.id);
    if (key == "drm_configuration_id") return read(v, to.drm_configuration_id);
  });
}

void read(value from, owned_meta& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "title") return read(v, to.title);
    if (key == "external_id") return read(v, to.external_id);
    if (key == "creator_id") return read(v, to.creator_id);
  });
}

void read(value from, owned_progress& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "state") return read(v, to.state);
    if (key == "progress") return read(v, to.progress);
  });
}

void read(value from, owned_master& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "status") return read(v, to.status);
    if (key == "url") return read(v, to.url);
  });
}

void read(value from, owned_errors& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "type") return read(v, to.type);
    if (key == "messages") return read(v, to.messages);
  });
}

void read(value from, owned_recording_time& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "type") return read(v, to.type);
    if (key == "started_at") return read(v, to.started_at);
    if (key == "duration") return read(v, to.duration);
  });
}

void read(value from, owned_input_reasons& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "audio_codec") return read(v, to.audio_codec);
    if (key == "audio_edit_list") return read(v, to.audio_edit_list);
    if (key == "pixel_aspect_ratio") return read(v, to.pixel_aspect_ratio);
    if (key == "video_bitrate") return read(v, to.video_bitrate);
    if (key == "video_codec") return read(v, to.video_codec);
    if (key == "video_edit_list") return read(v, to.video_edit_list);
    if (key == "video_frame_rate") return read(v, to.video_frame_rate);
    if (key == "video_gop_size") return read(v, to.video_gop_size);
    if (key == "video_resolution") return read(v, to.video_resolution);
    if (key == "unsupported_pixel_format") return read(v, to.unsupported_pixel_format);
    if (key == "unexpected_media_file_parameters") return read(v, to.unexpected_media_file_parameters);
  });
}

// Members in the order in which the API sends them.
void read(value from, owned_asset& to) {
  each_member(from, [&](std::string_view key, value v) {
    if (key == "video_quality") return read(v, to.video_quality);
    if (key == "upload_id") return read(v, to.upload_id);
    if (key == "updated_at") return read_digits(v, to.updated_at);
    if (key == "tracks") return read(v, to.tracks);
    if (key == "test") return read(v, to.test);
    if (key == "status") return read(v, to.status);
    if (key == "static_renditions") return read(v, to.static_renditions);
    if (key == "resolution_tier") return read(v, to.resolution_tier);
    if (key == "progress") return read(v, to.progress);
    if (key == "playback_ids") return read(v, to.playback_ids);
    if (key == "passthrough") return read(v, to.passthrough);
    if (key == "normalize_audio") return read(v, to.normalize_audio);
    if (key == "mp4_support") return read(v, to.mp4_support);
    if (key == "meta") return read(v, to.meta);
    if (key == "max_stored_resolution") return read(v, to.max_stored_resolution);
    if (key == "max_stored_frame_rate") return read(v, to.max_stored_frame_rate);
    if (key == "max_resolution_tier") return read(v, to.max_resolution_tier);
    if (key == "master_access") return read(v, to.master_access);
    if (key == "ingest_type") return read(v, to.ingest_type);
    if (key == "id") return read(v, to.id);
    if (key == "encoding_tier") return read(v, to.encoding_tier);
    if (key == "duration") return read(v, to.duration);
    if (key == "created_at") return read_digits(v, to.created_at);
    if (key == "aspect_ratio") return read(v, to.aspect_ratio);
    if (key == "errors") return read(v, to.errors);
    if (key == "generate_shots") return read(v, to.generate_shots);
    if (key == "is_live") return read(v, to.is_live);
    if (key == "live_stream_id") return read(v, to.live_stream_id);
    if (key == "master") return read(v, to.master);
    if (key == "non_standard_input_reasons") return read(v, to.non_standard_input_reasons);
    if (key == "recording_times") return read(v, to.recording_times);
    if (key == "source_asset_id") return read(v, to.source_asset_id);
    if (key == "thumbnail_time") return read(v, to.thumbnail_time);
  });
}

}  // namespace

const std::size_t decoder_padding = simdjson::SIMDJSON_PADDING;

struct on_demand_decoder::state {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
};

on_demand_decoder::on_demand_decoder() : state_(std::make_unique<state>()) {}
on_demand_decoder::~on_demand_decoder() = default;

owned_page on_demand_decoder::page(const std::string& json) {
  owned_page to;
  state_->document = state_->parser.iterate(json.data(), json.size(), json.capacity());
  for (auto member : object(state_->document.get_object())) {
    const std::string_view key = member.unescaped_key();
    value v = member.value();
    if (key == "next_cursor") {
      read(v, to.next_cursor);
    } else if (key == "data") {
      to.items.reserve(100);
      for (value one : array(v.get_array())) read(one, to.items.emplace_back());
    }
  }
  return to;
}

owned_asset on_demand_decoder::asset(const std::string& json) {
  owned_asset to;
  state_->document = state_->parser.iterate(json.data(), json.size(), json.capacity());
  read(state_->document["data"].value(), to);
  return to;
}

}  // namespace peers
