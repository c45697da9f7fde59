#include "ingest/row_params.hpp"

#include <string_view>
#include <utility>

#include <mux/json.hpp>

namespace mux::inline v0::ingest {
namespace {

// Both kinds of settings have these members.
template <class Params>
mux::result<Params> fill(manifest_row& row) {
  Params params;
  if (!row.settings.empty()) {
    mux::result<Params> read = from_json<Params>(row.settings);
    if (!read) return std::move(read).error();
    params = std::move(*read);
  }
  if (!row.passthrough.empty()) params.passthrough = std::move(row.passthrough);
  if (!row.playback_policy.empty())
    params.playback_policies.emplace_back(std::string_view(row.playback_policy));
  if (!row.video_quality.empty()) params.video_quality.emplace(std::string_view(row.video_quality));
  if (!row.title.empty() || !row.external_id.empty() || !row.creator_id.empty()) {
    asset_metadata& meta = params.meta ? *params.meta : params.meta.emplace();
    if (!row.title.empty()) meta.title = std::move(row.title);
    if (!row.external_id.empty()) meta.external_id = std::move(row.external_id);
    if (!row.creator_id.empty()) meta.creator_id = std::move(row.creator_id);
  }
  return params;
}

}  // namespace

mux::result<asset_create_params> create_params_of(manifest_row row) {
  mux::result<asset_create_params> params = fill<asset_create_params>(row);
  if (!params) return params;
  if (params->inputs.empty()) params->inputs.emplace_back();
  params->inputs.front().url = std::move(row.url);
  return params;
}

mux::result<asset_options> upload_settings_of(manifest_row row) {
  return fill<asset_options>(row);
}

}  // namespace mux::inline v0::ingest
