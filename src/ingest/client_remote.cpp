#include <cstdint>
#include <string_view>
#include <utility>

#include <mux/client.hpp>
#include <mux/ingest/remote.hpp>
#include <mux/system/utilities.hpp>
#include <mux/video/assets.hpp>
#include <mux/video/uploads.hpp>

#include "ingest/row_params.hpp"
#include "ingest/send_file.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr double longest_upload = 604'800;  // seconds, the most that the API takes

mux::result<upload_create_params> upload_params_of(manifest_row row) {
  mux::result<asset_options> settings = upload_settings_of(std::move(row));
  if (!settings) return std::move(settings).error();
  upload_create_params params;
  params.cors_origin = "*";
  params.timeout = longest_upload;
  // A test upload makes a test asset only if both say so.
  params.test = settings->test;
  params.new_asset_settings = std::move(*settings);
  return params;
}

std::string reason_of(const asset_errors& errors) {
  std::string text = errors.type.value_or("");
  for (const std::string& message : errors.messages) text += (text.empty() ? "" : ": ") + message;
  return text.empty() ? "the API gives no reason" : text;
}

listed_asset to_listed(asset& from) {
  listed_asset to;
  to.id = std::move(from.id);
  if (from.passthrough) to.passthrough = std::move(*from.passthrough);
  if (from.meta && from.meta->external_id) to.external_id = std::move(*from.meta->external_id);
  if (from.created_at != std::chrono::sys_seconds()) to.created_at = from.created_at;
  if (from.status == asset_status::ready) to.state = readiness::ready;
  if (from.status == asset_status::errored) {
    to.state = readiness::errored;
    to.reason = reason_of(from.errors.value_or(asset_errors()));
  }
  return to;
}

upload_ticket to_ticket(upload from) {
  using status = upload_ticket::status;
  upload_ticket to;
  to.id = std::move(from.id);
  if (from.url) to.url = std::move(*from.url);
  if (from.asset_id) to.asset_id = std::move(*from.asset_id);
  if (from.status == upload_status::asset_created && !to.asset_id.empty())
    to.state = status::complete;
  else if (from.status == upload_status::errored)
    to.state = status::errored;
  else if (from.status == upload_status::cancelled || from.status == upload_status::timed_out)
    to.state = status::over;
  if (from.error) to.reason = from.error->message.value_or(from.error->type.value_or("no reason given"));
  return to;
}

class client_listing final : public asset_listing {
 public:
  client_listing(const client& from, bool urgent) : pages_(from.pages(call(urgent)).prefetch(false)) {}

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
  static request<page<asset>> call(bool urgent) {
    request<page<asset>> first = requests::video::assets::list();
    if (!urgent) first.priority(priority::background);
    return first;
  }

  pager<asset> pages_;
};

class client_remote final : public remote {
 public:
  explicit client_remote(const client& by) : client_(by) {}

  asio::awaitable<mux::result<created_asset>> create(manifest_row row) override {
    const mux::result<asset_create_params> params = create_params_of(std::move(row));
    if (!params) co_return params.error();
    request<asset> call = requests::video::assets::create(*params);
    // Batches of one process take turns.
    call.priority(priority::batch).flow(reinterpret_cast<std::uintptr_t>(this));
    mux::result<asset> got = co_await client_.try_send(std::move(call));
    if (!got) co_return std::move(got).error();
    created_asset made;
    made.id = std::move(got->id);
    if (!got->playback_ids.empty()) made.playback_id = std::move(got->playback_ids.front().id);
    co_return std::move(made);
  }

  std::unique_ptr<asset_listing> list(bool urgent) override {
    return std::make_unique<client_listing>(client_, urgent);
  }

  asio::awaitable<mux::result<listed_asset>> find_asset(std::string id) override {
    request<mux::asset> call = requests::video::assets::retrieve(id);
    call.priority(priority::background);
    mux::result<mux::asset> got = co_await client_.try_send(std::move(call));
    if (!got) co_return std::move(got).error();
    co_return to_listed(*got);
  }

  asio::awaitable<mux::result<upload_ticket>> create_upload(manifest_row row) override {
    const mux::result<upload_create_params> params = upload_params_of(std::move(row));
    if (!params) co_return params.error();
    request<mux::upload> call = requests::video::uploads::create(*params);
    call.priority(priority::batch).flow(reinterpret_cast<std::uintptr_t>(this));
    co_return co_await ticket(std::move(call));
  }

  asio::awaitable<mux::result<upload_ticket>> find_upload(std::string id) override {
    return ticket(requests::video::uploads::retrieve(id));
  }

  asio::awaitable<mux::result<void>> cancel_upload(std::string id) override {
    mux::result<upload_ticket> got = co_await ticket(requests::video::uploads::cancel(id));
    if (!got) co_return std::move(got).error();
    co_return mux::result<void>();
  }

  asio::awaitable<mux::result<sent_file>> send_file(file_on_its_way file, on_durable progress) override {
    return ingest::send_file(client_, std::move(file), std::move(progress));
  }

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
    now.queued = creates.queued;
    return now;
  }

 private:
  asio::awaitable<mux::result<upload_ticket>> ticket(request<mux::upload> call) const {
    mux::result<mux::upload> got = co_await client_.try_send(std::move(call));
    if (!got) co_return std::move(got).error();
    co_return to_ticket(std::move(*got));
  }

  const client& client_;
};

}  // namespace

created_asset::created_asset() = default;
upload_ticket::upload_ticket() = default;
file_on_its_way::file_on_its_way() = default;
sent_file::sent_file() = default;
listed_asset::listed_asset() = default;
identity::identity() = default;

std::unique_ptr<remote> make_remote(const client& by) {
  return std::make_unique<client_remote>(by);
}

}  // namespace mux::inline v0::ingest
