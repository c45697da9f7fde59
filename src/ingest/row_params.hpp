#pragma once

#include <mux/ingest/manifest.hpp>
#include <mux/result.hpp>
#include <mux/video/models/assets.hpp>

namespace mux::inline v0::ingest {

/// What creates the asset of a row with a URL. Errors: those of `from_json`, if `settings` is not what a
/// `manifest_reader` makes.
[[nodiscard]] mux::result<asset_create_params> create_params_of(manifest_row row);

/// The `new_asset_settings` of a direct upload for a row with a file. Errors: as above.
[[nodiscard]] mux::result<asset_options> upload_settings_of(manifest_row row);

}  // namespace mux::inline v0::ingest
