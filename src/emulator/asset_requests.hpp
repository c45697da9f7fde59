#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "emulator/asset.hpp"

namespace mux::inline v0::emulator {

/// Reads a request body: a JSON object of bounded depth. An empty body counts as `{}`. Nothing if it is
/// anything else.
[[nodiscard]] std::optional<boost::json::object> read_body(std::string_view text);

/// What is wrong with a body, one message a fault; empty if nothing is.
using faults_found = std::vector<std::string>;

/// Fills `asset` and the URLs of its inputs, at least one, from the body of a create: both the form of the
/// guide (`input`, `playback_policy`) and the new one, each as a single value or an array. Playback ids get
/// no ids yet.
[[nodiscard]] faults_found read_create(const boost::json::object& body, stored_asset& asset,
                                       std::vector<std::string>& inputs);
/// The same without inputs: what an upload says of the asset that it is to become.
[[nodiscard]] faults_found read_settings(const boost::json::object& body, stored_asset& asset);
/// Applies the body of an update: a value replaces, an empty text or null clears, what is absent stays.
/// Nothing is changed if there is a fault.
[[nodiscard]] faults_found read_update(const boost::json::object& body, asset_details& asset);
/// `policy` (public if absent) and `drm_configuration_id`.
[[nodiscard]] faults_found read_playback_id(const boost::json::object& body, playback_id& id);

}  // namespace mux::inline v0::emulator
