#include <algorithm>
#include <optional>

#include "emulator/asset_requests.hpp"
#include "emulator/routes.hpp"

namespace mux::inline v0::emulator {
namespace {

reply show(const visit& v, const stored_asset& asset, int status) {
  std::string body;
  write_asset(asset, v.now, v.world.ids, body);
  return data_reply(status, body);
}

reply show(const playback_id& id, int status) {
  std::string body;
  write_playback_id(id, body);
  return data_reply(status, body);
}

/// False if the parameter is there and no id.
bool read_filter(const parsed_target& target, std::string_view name, std::string& id) {
  if (const auto* text = target.find(name)) id = *text;
  return id.empty() || well_formed_id(id);
}

/// What is wrong with the ids of the path, or with finding the asset.
std::optional<reply> unusable(const visit& v) {
  for (const auto& id : v.parameters)
    if (!id.empty() && !well_formed_id(id)) return unparsable_id();
  if (!v.asset()) return not_found();
  return std::nullopt;
}

std::vector<playback_id>::iterator find_playback_id(const visit& v, stored_asset& asset) {
  return std::find_if(asset.playback_ids.begin(), asset.playback_ids.end(),
                      [&v](const playback_id& id) { return id.id == v.parameters[1]; });
}

}  // namespace

namespace assets {

reply create(visit& v) {
  const auto body = read_body(v.body);
  if (!body) return unreadable_body();
  stored_asset asset;
  std::vector<std::string> inputs;
  if (const auto faults = read_create(*body, asset, inputs); !faults.empty())
    return invalid_parameters(faults);
  const auto& added = v.world.add_asset(v.environment, std::move(asset), inputs);
  v.world.book.note_create(added, inputs);
  return show(v, added, 201);
}

reply list(visit& v) {
  listing which;
  const bool limit_given = v.target.find("limit") != nullptr;
  if (!v.target.read_count("limit", which.limit))
    return invalid_parameters({"limit must be a positive integer"});
  if (!v.target.read_count("page", which.page))
    return invalid_parameters({"page must be a positive integer"});
  which.limit = std::min<std::size_t>(which.limit, 100);
  if (!read_filter(v.target, "live_stream_id", which.live_stream_id)) return unparsable_id();
  if (!read_filter(v.target, "upload_id", which.upload_id)) return unparsable_id();
  if (const auto* cursor = v.target.find("cursor"); cursor && !cursor->empty())
    if (!which.resume(*cursor, limit_given)) return invalid_parameters({"cursor is invalid"});

  const auto page = v.environment.assets.list(which, v.now);
  reply answer(200);
  answer.body.reserve(page.assets.size() * 1024);
  answer.body += "{\"next_cursor\":";
  answer.body += page.next_cursor ? '"' + *page.next_cursor + '"' : "null";
  answer.body += ",\"data\":[";
  for (const auto* asset : page.assets) write_asset(*asset, v.now, v.world.ids, answer.body);
  answer.body += "]}";
  return answer;
}

reply retrieve(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  return show(v, *v.asset(), 200);
}

reply update(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  const auto body = read_body(v.body);
  if (!body) return unreadable_body();
  if (const auto faults = read_update(*body, *v.asset()); !faults.empty()) return invalid_parameters(faults);
  return show(v, *v.asset(), 200);
}

reply remove(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  const auto& asset = *v.asset();
  if (asset.status(v.now) == asset_status::preparing)
    return invalid_parameters({"Can't delete a preparing asset."});
  v.environment.assets.erase(asset);
  ++v.world.book.totals.deletes;
  return reply(204);
}

reply create_playback_id(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  const auto body = read_body(v.body);
  if (!body) return unreadable_body();
  playback_id id;
  if (const auto faults = read_playback_id(*body, id); !faults.empty()) return invalid_parameters(faults);
  id.id = v.world.ids.make(++v.world.serials);
  return show(v.asset()->playback_ids.emplace_back(std::move(id)), 201);
}

reply retrieve_playback_id(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  auto& asset = *v.asset();
  const auto at = find_playback_id(v, asset);
  return at == asset.playback_ids.end() ? not_found() : show(*at, 200);
}

reply delete_playback_id(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  auto& asset = *v.asset();
  const auto at = find_playback_id(v, asset);
  if (at == asset.playback_ids.end()) return not_found();
  asset.playback_ids.erase(at);
  return reply(204);
}

}  // namespace assets
}  // namespace mux::inline v0::emulator
