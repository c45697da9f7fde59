#include "emulator/asset_requests.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>

namespace mux::inline v0::emulator {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> policies = {"public", "signed", "drm"};
constexpr std::array<std::string_view, 3> qualities = {"basic", "plus", "premium"};
constexpr std::array<std::string_view, 3> encoding_tiers = {"baseline", "smart", "premium"};
constexpr std::array<std::string_view, 3> resolution_tiers = {"1080p", "1440p", "2160p"};
constexpr std::array<std::string_view, 2> master_accesses = {"none", "temporary"};
constexpr std::array<std::string_view, 5> mp4_supports = {"none", "standard", "capped-1080p", "audio-only",
                                                          "audio-only,capped-1080p"};

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// A member that is there and not null.
const json::value* member(const json::object& body, std::string_view name) {
  const auto* found = body.if_contains(name);
  return found && !found->is_null() ? found : nullptr;
}

void read_flag(const json::object& body, std::string_view name, bool& out, faults_found& faults) {
  const auto* value = member(body, name);
  if (!value) return;
  if (const auto* flag = value->if_bool())
    out = *flag;
  else
    faults.push_back(std::string(name) + " must be a boolean");
}

/// Points `out` to the equal one of `choices`.
void choose(const json::value& value, std::string_view name, std::span<const std::string_view> choices,
            std::string_view& out, faults_found& faults) {
  if (const auto* text = value.if_string()) {
    const auto at = std::find(choices.begin(), choices.end(), std::string_view(*text));
    if (at != choices.end()) {
      out = *at;
      return;
    }
  }
  std::string message = std::string(name) + " must be one of:";
  for (const auto choice : choices) message.append(" ").append(choice);
  faults.push_back(std::move(message));
}

void read_choice(const json::object& body, std::string_view name, std::span<const std::string_view> choices,
                 std::string_view& out, faults_found& faults) {
  if (const auto* value = member(body, name)) choose(*value, name, choices, out, faults);
}

/// A value replaces, null clears, absence leaves as it is.
void read_text(const json::object& body, std::string_view name, std::size_t longest, std::string& out,
               faults_found& faults) {
  const auto* value = body.if_contains(name);
  if (!value) return;
  if (value->is_null()) {
    out.clear();
  } else if (const auto* text = value->if_string(); !text) {
    faults.push_back(std::string(name) + " must be a string");
  } else if (code_points(*text) > longest) {
    faults.push_back(std::string(name) + " must be at most " + std::to_string(longest) + " characters");
  } else {
    out.assign(text->data(), text->size());
  }
}

void read_meta(const json::object& body, asset_details& asset, faults_found& faults) {
  const auto* value = body.if_contains("meta");
  if (!value) return;
  if (value->is_null()) {
    asset.title.clear();
    asset.creator_id.clear();
    asset.external_id.clear();
  } else if (const auto* meta = value->if_object()) {
    read_text(*meta, "title", 512, asset.title, faults);
    read_text(*meta, "creator_id", 128, asset.creator_id, faults);
    read_text(*meta, "external_id", 128, asset.external_id, faults);
  } else {
    faults.push_back("meta must be an object");
  }
}

/// Calls `f` for the value, or for each element if it is an array.
template <class F>
void for_each_of(const json::value& value, F&& f) {
  if (const auto* array = value.if_array())
    for (const auto& element : *array) f(element);
  else
    f(value);
}

bool has_scheme(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mux://assets/");
}

void read_inputs(const json::object& body, std::vector<std::string>& urls, faults_found& faults) {
  const auto* inputs = member(body, "inputs");
  if (!inputs) inputs = member(body, "input");
  if (!inputs) {
    faults.push_back("inputs is required");
    return;
  }
  bool usable = true;
  for_each_of(*inputs, [&](const json::value& input) {
    const json::value* url = &input;
    if (const auto* object = input.if_object()) {
      url = member(*object, "url");
      // Generated subtitles are asked for by an input of their own, which names no file.
      if (!url && !urls.empty() && object->contains("generated_subtitles")) return;
    }
    const auto* text = url ? url->if_string() : nullptr;
    if (text && has_scheme(*text))
      urls.emplace_back(*text);
    else
      usable = false;
  });
  if (!usable || urls.empty()) faults.push_back("inputs must be URLs or objects with a url");
}

void read_policies(const json::object& body, stored_asset& asset, faults_found& faults) {
  const auto* value = member(body, "playback_policies");
  std::string_view name = "playback_policies";
  if (!value) {
    value = member(body, "playback_policy");
    name = "playback_policy";
  }
  if (value)
    for_each_of(*value, [&](const json::value& policy) {
      choose(policy, name, policies, asset.playback_ids.emplace_back().policy, faults);
    });

  const auto* advanced = member(body, "advanced_playback_policies");
  if (!advanced) return;
  for_each_of(*advanced, [&](const json::value& element) {
    auto& id = asset.playback_ids.emplace_back();
    if (const auto* object = element.if_object()) {
      auto found = read_playback_id(*object, id);
      faults.insert(faults.end(), found.begin(), found.end());
    } else {
      faults.push_back("advanced_playback_policies must be objects with a policy");
    }
  });
}

/// `https://user@HOST:port/…`
std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  url = url.substr(0, url.find_first_of("/?#"));
  url.remove_prefix(url.find('@') == std::string_view::npos ? 0 : url.find('@') + 1);
  return url.substr(0, url.find(':'));
}

}  // namespace

std::optional<json::object> read_body(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::object();
  boost::system::error_code failure;
  json::parse_options options;
  options.max_depth = 32;
  auto value = json::parse(text, failure, {}, options);
  if (failure || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

faults_found read_settings(const json::object& body, stored_asset& asset) {
  faults_found faults;
  read_policies(body, asset, faults);
  read_text(body, "passthrough", 255, asset.passthrough, faults);
  read_meta(body, asset, faults);

  std::string_view tier;
  read_choice(body, "encoding_tier", encoding_tiers, tier, faults);
  if (tier == "smart") asset.video_quality = "plus";
  if (tier == "premium") asset.video_quality = "premium";
  read_choice(body, "video_quality", qualities, asset.video_quality, faults);
  read_choice(body, "max_resolution_tier", resolution_tiers, asset.max_resolution_tier, faults);
  read_choice(body, "mp4_support", mp4_supports, asset.mp4_support, faults);
  read_choice(body, "master_access", master_accesses, asset.master_access, faults);
  read_flag(body, "test", asset.test, faults);
  read_flag(body, "normalize_audio", asset.normalize_audio, faults);
  return faults;
}

faults_found read_create(const json::object& body, stored_asset& asset, std::vector<std::string>& inputs) {
  faults_found faults;
  read_inputs(body, inputs, faults);
  const auto settings = read_settings(body, asset);
  faults.insert(faults.end(), settings.begin(), settings.end());
  for (const auto& url : inputs) {
    if (host_of(url) == "errored.example") asset.fails = true;
    if (url.starts_with("mux://")) asset.ingest_type = "on_demand_clip";
  }
  return faults;
}

faults_found read_update(const json::object& body, asset_details& asset) {
  faults_found faults;
  asset_details changed = asset;
  read_text(body, "passthrough", 255, changed.passthrough, faults);
  read_meta(body, changed, faults);
  if (const auto* time = body.if_contains("thumbnail_time")) {
    if (time->is_null())
      changed.thumbnail_time.reset();
    else if (time->is_number() && time->to_number<double>() >= 0)
      changed.thumbnail_time = time->to_number<double>();
    else
      faults.push_back("thumbnail_time must be a number of seconds");
  }
  if (faults.empty()) asset = std::move(changed);
  return faults;
}

faults_found read_playback_id(const json::object& body, playback_id& id) {
  faults_found faults;
  id.policy = "public";
  read_choice(body, "policy", policies, id.policy, faults);
  read_text(body, "drm_configuration_id", 255, id.drm_configuration_id, faults);
  if (faults.empty() && id.policy == "drm" && id.drm_configuration_id.empty())
    faults.push_back("drm_configuration_id is required for the policy drm");
  return faults;
}

}  // namespace mux::inline v0::emulator
