#include "emulator/upload_requests.hpp"

#include <array>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace mux::inline v0::emulator {
namespace {

namespace json = boost::json;

/// The settings that the API knows, under their new names and with arrays where one value was given alone.
std::string echo_of(const json::object& given) {
  constexpr std::array<std::string_view, 15> kept = {"advanced_playback_policies",
                                                     "copy_overlays",
                                                     "directives",
                                                     "encoding_tier",
                                                     "generate_shots",
                                                     "inputs",
                                                     "master_access",
                                                     "max_resolution_tier",
                                                     "meta",
                                                     "mp4_support",
                                                     "normalize_audio",
                                                     "passthrough",
                                                     "playback_policies",
                                                     "static_renditions",
                                                     "video_quality"};
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> renamed = {
      {{"input", "inputs"}, {"playback_policy", "playback_policies"}}};
  json::object shown;
  for (const auto name : kept)
    if (const auto* value = given.if_contains(name)) shown[name] = *value;
  for (const auto& [old_name, name] : renamed)
    if (const auto* value = given.if_contains(old_name); value && !shown.contains(name))
      shown[name] = value->is_array() ? *value : json::array({*value});
  return json::serialize(shown);
}

void read_timeout(const json::value& value, stored_upload& upload, faults_found& faults) {
  const double seconds = value.is_number() ? value.to_number<double>() : 0;
  if (seconds >= 60 && seconds <= 604'800)
    upload.timeout = std::chrono::seconds(static_cast<std::int64_t>(seconds));
  else
    faults.push_back("timeout must be a number of seconds from 60 to 604800");
}

}  // namespace

faults_found read_upload(const json::object& body, stored_upload& upload) {
  faults_found faults;
  const auto* origin = body.if_contains("cors_origin");
  if (origin && origin->is_string())
    upload.cors_origin = std::string_view(origin->get_string());
  else
    faults.push_back("cors_origin must be a string");
  if (const auto* timeout = body.if_contains("timeout"); timeout && !timeout->is_null())
    read_timeout(*timeout, upload, faults);

  if (const auto* settings = body.if_contains("new_asset_settings"); settings && !settings->is_null()) {
    if (const auto* object = settings->if_object()) {
      const auto found = read_settings(*object, upload.asset);
      faults.insert(faults.end(), found.begin(), found.end());
      upload.settings = echo_of(*object);
    } else {
      faults.push_back("new_asset_settings must be an object");
    }
  }

  if (const auto* test = body.if_contains("test"); test && !test->is_null()) {
    if (test->is_bool())
      upload.test = test->get_bool();
    else
      faults.push_back("test must be a boolean");
  }
  upload.test = upload.asset.test = upload.test || upload.asset.test;
  return faults;
}

}  // namespace mux::inline v0::emulator
