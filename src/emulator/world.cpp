#include "emulator/world.hpp"

#include <algorithm>

namespace mux::inline v0::emulator {
namespace {

server_options completed(server_options options) {
  if (options.tokens.empty()) options.tokens.emplace_back();
  for (auto& token : options.tokens) {
    if (token.id.empty()) token.id = random_uuid();
    if (token.secret.empty()) token.secret = random_secret(75);
  }
  if (options.control_token.empty()) options.control_token = random_secret(32);
  if (options.seed == 0) options.seed = random_number();
  return options;
}

std::string numbered(std::string_view prefix, std::uint64_t number) {
  auto digits = std::to_string(number);
  digits.insert(0, 6 - std::min<std::size_t>(6, digits.size()), '0');
  return std::string(prefix) + digits;
}

/// Of the form of Google's signed URLs: secret, with a query, and with percent signs that a client must leave
/// as they are.
std::string storage_target(time_point expires) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(expires.time_since_epoch()).count();
  return "/_storage/" + random_secret(22) + "?Expires=" + std::to_string(seconds) +
         "&GoogleAccessId=emulator%40storage.invalid&Signature=" + random_secret(64) +
         "%2F%3D&upload_id=" + random_secret(64);
}

}  // namespace

world::world(const server_options& given)
    : options(completed(given)),
      clock(options.frozen_clock),
      ids(options.seed),
      limits(options.limits),
      faults(options.faults, options.seed),
      list_lag{options.list_lag, options.list_lag_share},
      random_(options.seed + 1) {
  for (const auto& token : options.tokens) {
    const auto same = [&token](const environment& e) { return e.id == token.environment_id; };
    if (std::none_of(environments.begin(), environments.end(), same))
      environments.push_back({token.environment_id, token.environment_name, asset_store(options.newest_first),
                              upload_store(options.newest_first)});
  }
}

environment& world::environment_of(const access_token& token) {
  return *std::find_if(environments.begin(), environments.end(),
                       [&token](const environment& e) { return e.id == token.environment_id; });
}

stored_asset& world::add_asset(environment& where, stored_asset asset,
                               const std::vector<std::string>& inputs) {
  asset.serial = ++serials;
  asset.id = ids.make(asset.serial);
  asset.created_at = clock.now();
  asset.done_at = asset.created_at + options.ready_after;
  const bool late =
      list_lag.by.count() > 0 && std::uniform_real_distribution<double>()(random_) < list_lag.share;
  asset.listed_at = asset.created_at + (late ? list_lag.by : std::chrono::nanoseconds(0));
  for (const auto& word : options.fail_words) {
    const auto has_word = [&word](const std::string& text) { return text.find(word) != text.npos; };
    if (std::any_of(inputs.begin(), inputs.end(), has_word) || has_word(asset.title) ||
        has_word(asset.passthrough) || has_word(asset.external_id))
      asset.fails = true;
  }
  for (auto& id : asset.playback_ids) id.id = ids.make(++serials);
  return where.assets.add(std::move(asset));
}

stored_upload& world::add_upload(environment& where, stored_upload upload) {
  upload.serial = ++serials;
  upload.id = ids.make(upload.serial);
  upload.created_at = clock.now();
  upload.asset.upload_id = upload.id;
  upload.asset.ingest_type = "on_demand_direct_upload";
  upload.target = storage_target(upload.created_at + std::chrono::days(7));
  auto& added = where.uploads.add(std::move(upload));
  sessions.emplace(added.target, storage_session{&where, &added});
  ++book.totals.uploads;
  return added;
}

void world::finish_upload(const storage_session& session) {
  auto& upload = *session.upload;
  if (upload.status(clock.now()) != upload_status::waiting) return;
  // An empty file is no video.
  if (upload.file.durable == 0) upload.asset.fails = true;
  const auto& asset = add_asset(*session.environment, std::move(upload.asset), {});
  upload.asset_id = asset.id;
  book.note_upload(asset, upload.file.durable, upload.file.hash.sha256());
}

void world::seed(std::size_t count, seed_style style) {
  auto& store = environments.front().assets;
  store.reserve(count);
  const auto now = clock.now();
  // One a second up to now; but never older than what stands before it, so that the list stays sorted by
  // time.
  auto created_at = now - std::chrono::seconds(count);
  if (const auto* last = store.last()) created_at = std::max(created_at, last->created_at);
  for (std::size_t i = 1; i <= count; ++i) {
    stored_asset asset;
    asset.serial = ++serials;
    asset.id = ids.make(asset.serial);
    created_at = std::min(created_at + std::chrono::seconds(1), now);
    asset.created_at = asset.done_at = created_at;
    asset.passthrough = numbered("seed/", i);
    asset.playback_ids.push_back({ids.make(++serials), "public", {}});
    if (style == seed_style::rich) {
      asset.rich = true;
      asset.title = numbered("A seeded video with a title of the usual length, number ", i);
      asset.creator_id = numbered("creator-", i % 100);
      asset.external_id = numbered("seed-", i);
      asset.upload_id = ids.make(++serials);
      asset.playback_ids.push_back({ids.make(++serials), "signed", {}});
    }
    store.add(std::move(asset));
  }
}

void world::reset() {
  sessions.clear();
  for (auto& environment : environments) {
    environment.assets.clear();
    environment.uploads.clear();
  }
  book = ledger_book();
  faults.set({});
  list_lag = {};
  limits.refill();
}

std::size_t world::asset_count() const noexcept {
  std::size_t count = 0;
  for (const auto& environment : environments) count += environment.assets.size();
  return count;
}

}  // namespace mux::inline v0::emulator
