#pragma once

// What every peer that decodes adds up, so that nobody can be fast by leaving something out.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace peers {

struct checksum {
  std::int64_t assets = 0;
  std::int64_t sum = 0;

  void add(std::int64_t number) { sum += number; }
  void add_length(std::size_t bytes) { sum += static_cast<std::int64_t>(bytes); }
  /// To the thousandth.
  void add(double number) { sum += std::llround(number * 1000); }
  template <class Number>
  void add(const std::optional<Number>& number) {
    if (number) add(*number);
  }
  void print() const {
    std::printf("assets=%lld sum=%lld\n", static_cast<long long>(assets), static_cast<long long>(sum));
  }
};

/// Adds an asset whose members have the API's names, whatever their exact types.
template <class Asset, class Seconds>
void add_asset(checksum& to, const Asset& asset, Seconds&& seconds) {
  ++to.assets;
  to.add_length(asset.id.size());
  to.add(seconds(asset.created_at));
  if (asset.updated_at) to.add(seconds(*asset.updated_at));
  to.add(asset.duration);
  if (asset.passthrough) to.add_length(asset.passthrough->size());
  if (asset.meta && asset.meta->title) to.add_length(asset.meta->title->size());
  if (asset.meta && asset.meta->external_id) to.add_length(asset.meta->external_id->size());
  for (const auto& playback : asset.playback_ids) to.add_length(playback.id.size());
  for (const auto& track : asset.tracks) {
    to.add(track.duration);
    to.add(track.max_width);
    to.add(track.max_height);
    to.add(track.max_channels);
    if (track.name) to.add_length(track.name->size());
  }
  if (!asset.static_renditions) return;
  for (const auto& file : asset.static_renditions->files) {
    to.add(file.filesize);
    to.add(file.bitrate);
    to.add(file.height);
  }
}

}  // namespace peers
