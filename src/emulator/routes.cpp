#include "emulator/routes.hpp"

#include <algorithm>

#include "emulator/json_writer.hpp"

namespace mux::inline v0::emulator {
namespace {

constexpr route routes[] = {
    {"POST", "/video/v1/assets", "video.assets.create", assets::create},
    {"GET", "/video/v1/assets", "video.assets.list", assets::list},
    {"GET", "/video/v1/assets/{}", "video.assets.retrieve", assets::retrieve},
    {"PATCH", "/video/v1/assets/{}", "video.assets.update", assets::update},
    {"DELETE", "/video/v1/assets/{}", "video.assets.delete", assets::remove},
    {"POST", "/video/v1/assets/{}/playback-ids", "video.assets.create_playback_id",
     assets::create_playback_id},
    {"GET", "/video/v1/assets/{}/playback-ids/{}", "video.assets.retrieve_playback_id",
     assets::retrieve_playback_id},
    {"DELETE", "/video/v1/assets/{}/playback-ids/{}", "video.assets.delete_playback_id",
     assets::delete_playback_id},
    {"POST", "/video/v1/uploads", "video.uploads.create", uploads::create},
    {"GET", "/video/v1/uploads", "video.uploads.list", uploads::list},
    {"GET", "/video/v1/uploads/{}", "video.uploads.retrieve", uploads::retrieve},
    {"PUT", "/video/v1/uploads/{}/cancel", "video.uploads.cancel", uploads::cancel},
    {"GET", "/system/v1/whoami", "system.utilities.whoami", utilities::whoami},
};

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, std::array<std::string, 2>& parameters) {
  std::size_t found = 0;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const auto expected = next_segment(pattern);
    const auto actual = next_segment(path);
    if (expected == "{}" && !actual.empty())
      parameters[found++] = percent_decode(actual, false);
    else if (expected != actual)
      return false;
  }
  return pattern.empty() && path.empty();
}

}  // namespace

const route* find_route(std::string_view method, std::string_view path,
                        std::array<std::string, 2>& parameters) {
  const auto at = std::find_if(std::begin(routes), std::end(routes), [&](const route& r) {
    return r.method == method && matches(r.pattern, path, parameters);
  });
  return at == std::end(routes) ? nullptr : at;
}

reply utilities::whoami(visit& v) {
  std::string body;
  json_writer json(body);
  json.begin('{').key("permissions").begin('[');
  for (const auto permission : {"video:read", "video:write", "system:read", "system:write"})
    json.value(permission);
  json.end(']').member("organization_name", v.world.options.organization_name);
  json.member("organization_id", v.world.options.organization_id).member("environment_type", "development");
  json.member("environment_name", v.environment.name).member("environment_id", v.environment.id);
  json.member("access_token_name", v.token.name).end('}');
  return data_reply(200, body);
}

}  // namespace mux::inline v0::emulator
