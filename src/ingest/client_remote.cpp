#include <cstdint>
#include <string_view>
#include <utility>

#include <mux/client.hpp>
#include <mux/ingest/remote.hpp>
#include <mux/system/utilities.hpp>
#include <mux/video/assets.hpp>

namespace mux::inline v0::ingest {
namespace {

asset_create_params to_params(manifest_row row) {
  asset_create_params params;
  params.inputs.emplace_back(std::move(row.url));
  if (!row.passthrough.empty()) params.passthrough = std::move(row.passthrough);
  if (!row.playback_policy.empty())
    params.playback_policies.emplace_back(std::string_view(row.playback_policy));
  if (!row.video_quality.empty()) params.video_quality.emplace(std::string_view(row.video_quality));
  if (!row.title.empty() || !row.external_id.empty() || !row.creator_id.empty()) {
    asset_metadata& meta = params.meta.emplace();
    if (!row.title.empty()) meta.title = std::move(row.title);
    if (!row.external_id.empty()) meta.external_id = std::move(row.external_id);
    if (!row.creator_id.empty()) meta.creator_id = std::move(row.creator_id);
  }
  return params;
}

listed_asset to_listed(asset& from) {
  listed_asset to;
  to.id = std::move(from.id);
  if (from.passthrough) to.passthrough = std::move(*from.passthrough);
  if (from.meta && from.meta->external_id) to.external_id = std::move(*from.meta->external_id);
  if (from.created_at != std::chrono::sys_seconds()) to.created_at = from.created_at;
  return to;
}

class client_listing final : public asset_listing {
 public:
  explicit client_listing(const client& from)
      : pages_(from.pages(requests::video::assets::list()).prefetch(false)) {}

  asio::awaitable<mux::result<std::optional<std::vector<listed_asset>>>> next() override {
    mux::result<std::optional<page<asset>>> got = co_await pages_.try_next();
    if (!got) co_return std::move(got).error();
    std::optional<std::vector<listed_asset>> assets;
    if (*got) {
      assets.emplace();
      assets->reserve((*got)->items.size());
      for (asset& item : (*got)->items) assets->push_back(to_listed(item));
    }
    co_return std::move(assets);
  }

 private:
  pager<asset> pages_;
};

class client_remote final : public remote {
 public:
  explicit client_remote(const client& by) : client_(by) {}

  asio::awaitable<mux::result<created_asset>> create(manifest_row row) override {
    request<asset> call = requests::video::assets::create(to_params(std::move(row)));
    // Batches of one process take turns.
    call.priority(priority::batch).flow(reinterpret_cast<std::uintptr_t>(this));
    mux::result<asset> got = co_await client_.try_send(std::move(call));
    if (!got) co_return std::move(got).error();
    created_asset made;
    made.id = std::move(got->id);
    if (!got->playback_ids.empty()) made.playback_id = std::move(got->playback_ids.front().id);
    co_return std::move(made);
  }

  std::unique_ptr<asset_listing> list() override { return std::make_unique<client_listing>(client_); }

  asio::awaitable<mux::result<identity>> whoami() override {
    request<utility_whoami_response> call = requests::system::utilities::whoami();
    mux::result<utility_whoami_response> got = co_await client_.try_send(std::move(call));
    if (!got) co_return std::move(got).error();
    identity who;
    who.environment_id = std::move(got->environment_id);
    who.environment_name = std::move(got->environment_name);
    co_return std::move(who);
  }

  [[nodiscard]] std::optional<server_instant> server_time() const override { return client_.server_time(); }

  [[nodiscard]] std::string host() const override {
    std::string_view url = client_.options().base_url;
    if (const std::size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
    return std::string(url.substr(0, url.find('/')));
  }

  [[nodiscard]] ingest::pace pace() const override {
    const client_stats all = client_.stats();
    const class_stats& creates = all.classes[static_cast<std::size_t>(rate_class::video_post)];
    ingest::pace now;
    now.rate = creates.rate;
    now.tokens = creates.tokens;
    now.wait = creates.wait;
    now.refused = creates.refused;
    return now;
  }

 private:
  const client& client_;
};

}  // namespace

created_asset::created_asset() = default;
listed_asset::listed_asset() = default;
identity::identity() = default;

std::unique_ptr<remote> make_remote(const client& by) {
  return std::make_unique<client_remote>(by);
}

}  // namespace mux::inline v0::ingest
