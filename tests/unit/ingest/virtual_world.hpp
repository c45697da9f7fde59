#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/ingest/engine.hpp>

#include "ingest/marker.hpp"
#include "unit/ingest/virtual_time.hpp"

namespace mux::inline v0::ingest::test {

/// What the fake does with one create.
enum class fate : std::uint8_t {
  answered,          ///< created, the answer arrives
  lost_before,       ///< the connection breaks before the server acts
  lost_after,        ///< the connection breaks after the server acted
  lost_late,         ///< it breaks, and the server acts some time later
  error_500_before,  ///< 500 and nothing was done
  error_500_after,   ///< 500 although the asset was made
  unreadable,        ///< 201 with a body that is no JSON
  refused_400,
  refused_401,
  refused_404,
  unreachable,  ///< nothing was sent
  shut_down,    ///< nothing was sent, and nothing ever will be
};

struct ledger_entry {
  std::string id, passthrough, external_id, url, file;
  std::chrono::sys_time<std::chrono::milliseconds> created_at;
  std::chrono::steady_clock::time_point listed_from;
};

/// Mux with a ledger, in virtual time: one create a second after a burst, answers after `latency`, assets in
/// the listing after `lag`.
class fake_mux final : public remote {
 public:
  explicit fake_mux(virtual_time& time) : time_(time) {}

  std::function<fate(const manifest_row&)> decide = [](const manifest_row&) { return fate::answered; };
  std::function<mux::result<identity>()> identify = [] {
    identity who;
    who.environment_id = "env001";
    return mux::result<identity>(who);
  };
  std::function<std::optional<mux::error>()> fail_list = [] { return std::nullopt; };
  std::function<void()> changed = [] {};  ///< after each effect of a create
  std::chrono::milliseconds latency = 50ms, lag = 0ms, interval = 0ms, late = 0ms;
  std::size_t page_size = 100;
  bool newest_first = true;
  bool knows_time = true;
  std::string host_name = "api.mux.com";

  std::vector<ledger_entry> ledger;
  std::vector<manifest_row> sent;  ///< every create that left, with markers
  std::uint64_t pages = 0, listings = 0;

  /// Effects of requests that a killed process left behind.
  struct pending_effect {
    std::chrono::steady_clock::time_point at;
    manifest_row row;
    bool orphan = false;  ///< its caller is gone
  };
  std::vector<pending_effect> on_its_way;
  void apply_due() {
    for (auto at = on_its_way.begin(); at != on_its_way.end();) {
      if (!at->orphan || at->at > time_.now()) {
        ++at;
        continue;
      }
      const pending_effect effect = std::move(*at);
      at = on_its_way.erase(at);
      execute(effect.row, effect.at);
    }
  }

  std::map<std::string, int> assets_by_marker() const {
    std::map<std::string, int> count;
    for (const ledger_entry& entry : ledger)
      if (const auto marker = find_marker(entry.passthrough, entry.external_id))
        ++count[std::string(*marker)];
    return count;
  }
  [[nodiscard]] std::size_t duplicates() const {
    std::size_t more = 0;
    for (const auto& [marker, count] : assets_by_marker()) more += static_cast<std::size_t>(count - 1);
    return more;
  }

  asio::awaitable<mux::result<created_asset>> create(manifest_row row) override {
    next_grant_ = std::max(next_grant_, time_.now());
    const auto grant = next_grant_;
    next_grant_ += interval;
    if (const bool cancelled = co_await sleep_until(grant); cancelled)
      co_return mux::error(mux::errc::cancelled);
    const fate what = decide(row);
    if (what == fate::shut_down) co_return mux::error(mux::errc::shut_down);
    if (what == fate::unreachable) {
      co_await sleep_until(time_.now() + latency);
      co_return mux::error(mux::errc::connect_failed, "refused");
    }
    sent.push_back(row);
    on_its_way.push_back({time_.now() + latency / 2, row});
    const auto arrival = on_its_way.back().at;
    const bool in_time = !co_await sleep_until(arrival);
    const auto mine = std::find_if(on_its_way.begin(), on_its_way.end(), [&](const pending_effect& e) {
      return !e.orphan && e.row.passthrough == row.passthrough && e.row.external_id == row.external_id;
    });
    if (!in_time) {
      if (mine != on_its_way.end()) mine->orphan = true;
      co_return lost();
    }
    const bool acts = what == fate::answered || what == fate::lost_after || what == fate::error_500_after ||
                      what == fate::unreadable;
    if (mine != on_its_way.end()) {
      mine->at = time_.now() + late;
      mine->orphan = what == fate::lost_late;
      if (!mine->orphan) on_its_way.erase(mine);
    }
    std::string id;
    if (acts) id = execute(row, time_.now());
    if (const bool cancelled = co_await sleep_until(time_.now() + latency / 2); cancelled) co_return lost();
    switch (what) {
      case fate::answered: {
        created_asset made;
        made.id = id;
        co_return made;
      }
      case fate::error_500_before:
      case fate::error_500_after:
        co_return status(mux::errc::server_error, 500, true);
      case fate::unreadable:
        co_return status(mux::errc::not_json, 201, true);
      case fate::refused_400: {
        mux::error e = status(mux::errc::bad_request, 400, false);
        e.api_messages.push_back("invalid input " + row.url);
        co_return e;
      }
      case fate::refused_401:
        co_return status(mux::errc::unauthorized, 401, false);
      case fate::refused_404:
        co_return status(mux::errc::not_found, 404, false);
      default:
        co_return lost();
    }
  }

  asio::awaitable<mux::result<listed_asset>> find_asset(std::string id) override {
    ++looks;
    co_await sleep_until(time_.now() + latency);
    if (auto e = fail_list()) co_return std::move(*e);
    const auto at =
        std::find_if(ledger.begin(), ledger.end(), [&](const ledger_entry& e) { return e.id == id; });
    if (at == ledger.end()) co_return status(mux::errc::not_found, 404, false);
    listed_asset found;
    found.id = std::move(id);
    prepare(*at, found);
    co_return found;
  }

  asio::awaitable<mux::result<upload_ticket>> create_upload(manifest_row row) override {
    const fate what = decide(row);
    const bool cancelled = co_await sleep_until(time_.now() + latency);
    if (cancelled || what == fate::unreachable) co_return mux::error(mux::errc::connect_failed, "refused");
    if (what == fate::refused_400) co_return status(mux::errc::bad_request, 400, false);
    if (what == fate::refused_401) co_return status(mux::errc::unauthorized, 401, false);
    upload_ticket made;
    made.id = "upload" + std::to_string(uploads.size() + 1);
    made.url = "https://storage.example/" + made.id;
    stored_upload& stored = uploads[made.id];
    stored.row = std::move(row);
    changed();
    if (what != fate::answered) co_return lost();
    co_return made;
  }
  asio::awaitable<mux::result<upload_ticket>> find_upload(std::string id) override {
    co_await sleep_until(time_.now() + latency);
    const auto at = uploads.find(id);
    if (at == uploads.end() || hide_uploads) co_return status(mux::errc::not_found, 404, false);
    upload_ticket now;
    now.id = id;
    now.url = "https://storage.example/" + id;
    now.asset_id = at->second.asset_id;
    if (!now.asset_id.empty() && time_.now() >= at->second.known_from)
      now.state = upload_ticket::status::complete;
    else if (at->second.over)
      now.state = upload_ticket::status::over;
    co_return now;
  }
  asio::awaitable<mux::result<void>> cancel_upload(std::string id) override {
    co_await sleep_until(time_.now() + latency);
    if (lose_cancel()) co_return lost();
    const auto at = uploads.find(id);
    if (at == uploads.end()) co_return status(mux::errc::not_found, 404, false);
    if (!at->second.asset_id.empty() || at->second.over)
      co_return status(mux::errc::permission_denied, 403, false);
    at->second.over = true;
    co_return mux::result<void>();
  }
  /// Bytes arrive `bytes_a_second` at a time; `cut` says after how many a transfer breaks.
  asio::awaitable<mux::result<sent_file>> send_file(file_on_its_way file, on_durable progress) override {
    const std::string id = file.url.substr(file.url.rfind('/') + 1);
    stored_upload& stored = uploads.at(id);
    std::uint64_t size = 0;
    {
      std::error_code fault;
      size = std::filesystem::file_size(file.path, fault);
      if (fault) co_return mux::error(mux::errc::source_unreadable, "gone");
    }
    if (!file.resume) stored.bytes = 0;
    ++transfers;
    if (stored.over || stored.session_gone) co_return mux::error(mux::errc::upload_expired, "expired");
    if (storage_refuses(stored.row)) co_return status(mux::errc::bad_request, 400, false);
    while (stored.bytes < size || size == 0) {
      const std::uint64_t piece = std::min<std::uint64_t>(size - stored.bytes, 262'144);
      const bool cancelled = co_await sleep_until(
          time_.now() + std::chrono::nanoseconds(1'000'000'000ULL * piece / bytes_a_second));
      if (cancelled) co_return mux::error(mux::errc::cancelled);
      stored.bytes += piece;
      bytes_received += piece;
      if (stored.bytes == size && stored.asset_id.empty() && !stored.over) {
        stored.asset_id = record(stored.row, time_.now());
        stored.known_from = time_.now() + upload_lag;
      }
      progress(stored.bytes);
      changed();
      if (cut(stored.row, stored.bytes)) {
        mux::error e(mux::errc::connection_lost, "cut");
        e.bytes_sent = true;
        co_return e;
      }
      if (size == 0) break;
    }
    co_return sent_file();
  }

  struct stored_upload {
    manifest_row row;
    std::uint64_t bytes = 0;
    std::string asset_id;
    std::chrono::steady_clock::time_point known_from;
    bool over = false;
    bool session_gone = false;
  };
  std::map<std::string, stored_upload> uploads;
  std::function<bool()> lose_cancel = [] { return false; };
  std::function<bool(const manifest_row&)> storage_refuses = [](const manifest_row&) { return false; };
  std::function<bool(const manifest_row&, std::uint64_t)> cut = [](const manifest_row&, std::uint64_t) {
    return false;
  };
  bool hide_uploads = false;  ///< as from a token that may not read
  std::uint64_t bytes_a_second = 100'000'000, bytes_received = 0, transfers = 0, looks = 0;
  std::chrono::milliseconds upload_lag = 0ms, ready_after = 20s;

  std::unique_ptr<asset_listing> list(bool) override {
    ++listings;
    return std::make_unique<listing>(*this);
  }
  asio::awaitable<mux::result<identity>> whoami() override {
    co_await sleep_until(time_.now() + latency);
    co_return identify();
  }
  [[nodiscard]] std::optional<server_instant> server_time() const override {
    if (!knows_time) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(server_time_at(time_.now()));
  }
  [[nodiscard]] std::string host() const override { return host_name; }
  [[nodiscard]] ingest::pace pace() const override {
    ingest::pace now;
    now.rate = interval.count() > 0 ? 1000.0 / static_cast<double>(interval.count()) : 1000;
    return now;
  }

  static mux::error status(mux::errc code, int http, bool ambiguous) {
    mux::error e(code, "answer " + std::to_string(http));
    e.http_status = http;
    e.bytes_sent = true;
    e.ambiguous = ambiguous;
    return e;
  }

 private:
  class listing final : public asset_listing {
   public:
    explicit listing(fake_mux& mux) : mux_(mux) {}
    asio::awaitable<mux::result<std::optional<std::vector<listed_asset>>>> next() override {
      co_await mux_.sleep_until(mux_.time_.now() + mux_.latency);
      if (auto e = mux_.fail_list()) co_return std::move(*e);
      ++mux_.pages;
      mux_.apply_due();
      // Offset pages over a live list, as the worst case of a cursor.
      std::vector<const ledger_entry*> visible;
      for (const ledger_entry& entry : mux_.ledger)
        if (entry.listed_from <= mux_.time_.now()) visible.push_back(&entry);
      if (mux_.newest_first) std::reverse(visible.begin(), visible.end());
      std::optional<std::vector<listed_asset>> page;
      if (offset_ < visible.size() || offset_ == 0) {
        page.emplace();
        for (; offset_ < visible.size() && page->size() < mux_.page_size; ++offset_) {
          listed_asset asset;
          asset.id = visible[offset_]->id;
          asset.passthrough = visible[offset_]->passthrough;
          asset.external_id = visible[offset_]->external_id;
          asset.created_at = std::chrono::floor<std::chrono::seconds>(visible[offset_]->created_at);
          mux_.prepare(*visible[offset_], asset);
          page->push_back(std::move(asset));
        }
        if (page->empty()) page.reset();
      }
      co_return page;
    }

   private:
    fake_mux& mux_;
    std::size_t offset_ = 0;
  };

  // What fails has the word bad in its URL.
  void prepare(const ledger_entry& entry, listed_asset& shown) const {
    if (server_time_at(time_.now()) < entry.created_at + ready_after) return;
    const bool bad = (entry.url + entry.file).find("bad") != std::string::npos;
    shown.state = bad ? readiness::errored : readiness::ready;
    if (bad) shown.reason = "invalid_input: no video";
  }
  static mux::error lost() {
    mux::error e(mux::errc::connection_lost_unanswered, "lost");
    e.bytes_sent = true;
    e.ambiguous = true;
    return e;
  }
  [[nodiscard]] static std::chrono::sys_time<std::chrono::milliseconds> server_time_at(
      std::chrono::steady_clock::time_point at) {
    return std::chrono::sys_time<std::chrono::milliseconds>(1'800'000'000'000ms) +
           std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
  }
  std::string execute(const manifest_row& row, std::chrono::steady_clock::time_point at) {
    std::string id = record(row, at);
    changed();
    return id;
  }
  std::string record(const manifest_row& row, std::chrono::steady_clock::time_point at) {
    ledger_entry entry;
    entry.id = "asset" + std::to_string(ledger.size() + 1);
    entry.passthrough = row.passthrough;
    entry.external_id = row.external_id;
    entry.url = row.url;
    entry.file = row.file;
    entry.created_at = server_time_at(at);
    entry.listed_from = at + lag;
    std::string id = entry.id;
    const auto place = std::upper_bound(ledger.begin(), ledger.end(), entry.created_at,
                                        [](auto when, const ledger_entry& e) { return when < e.created_at; });
    ledger.insert(place, std::move(entry));
    return id;
  }
  /// True if it was cancelled.
  asio::awaitable<bool> sleep_until(std::chrono::steady_clock::time_point at) {
    const auto alarm = time_.make_alarm(co_await asio::this_coro::executor);
    co_await alarm->wait(at);
    co_return (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
  }

  virtual_time& time_;
  std::chrono::steady_clock::time_point next_grant_{};
};

/// The same on the real clock, for coroutines that wait for the disk only.
template <class T>
T run(asio::awaitable<T> work) {
  asio::io_context io;
  std::optional<T> outcome;
  std::exception_ptr fault;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr e, T value) {
    fault = e;
    if (!e) outcome.emplace(std::move(value));
  });
  io.run();
  if (fault) std::rethrow_exception(fault);
  return std::move(*outcome);
}

/// Remembers what it was told.
struct memory final : listener {
  struct seen_row {
    std::int64_t id;
    row_state state;
    std::string url, reason, asset_id;
    bool found;
  };
  void on_loaded(const load_report& report, const row_counts&) override { loaded = report; }
  void on_row(const row_event& e) override {
    rows.push_back(
        {e.id, e.state, std::string(e.url), std::string(e.reason), std::string(e.asset_id), e.found});
    if (on_each_row) on_each_row(e);
  }
  void on_scan_ended(const scan_report& report) override { scans.push_back(report); }
  void on_duplicates(const duplicate_assets& d) override { duplicates.push_back(d); }
  void on_progress(const progress& p) override {
    progresses.push_back(p);
    if (on_each_tick) on_each_tick();
  }

  [[nodiscard]] std::size_t count(row_state state) const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [&](const seen_row& r) { return r.state == state; }));
  }

  std::optional<load_report> loaded;
  std::vector<seen_row> rows;
  std::vector<scan_report> scans;
  std::vector<duplicate_assets> duplicates;
  std::vector<progress> progresses;
  std::function<void(const row_event&)> on_each_row;
  std::function<void()> on_each_tick;
};

/// `https://example.com/0.mp4` and so on, as a URL list.
inline std::string url_list(int rows, int first = 0) {
  std::string text;
  for (int i = first; i < first + rows; ++i) text += "https://example.com/" + std::to_string(i) + ".mp4\n";
  return text;
}

}  // namespace mux::inline v0::ingest::test
