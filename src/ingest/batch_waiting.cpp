#include <algorithm>
#include <unordered_map>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "ingest/batch.hpp"
#include "ingest/outcome.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// So many assets are asked for one by one; with more, a walk through the listing costs fewer calls.
constexpr std::size_t looked_at_singly = 8;
constexpr milliseconds shortest_distance = seconds(5), longest_distance = seconds(30);

}  // namespace

asio::awaitable<void> batch::wait_until_ready() {
  co_await asio::this_coro::throw_if_cancelled(false);
  milliseconds distance = shortest_distance;
  int failures = 0;
  while (!ending()) {
    const std::uint64_t preparing = journal_.counts()[row_state::created];
    if (preparing == 0 && created_all_) break;
    if (preparing == 0) {
      co_await next_wait_->wait(std::nullopt);
      continue;
    }
    const bool go_on = co_await pause(distance);
    if (!go_on || ending()) break;
    const mux::result<bool> changed = co_await look_at_preparing();
    if (changed) {
      failures = 0;
      distance = *changed ? shortest_distance : std::min(distance * 3 / 2, longest_distance);
      continue;
    }
    const bool again = co_await pause_after(changed.error(), failures++);
    if (!again) break;
  }
}

// One look at all assets that are being prepared; true if one of them is done.
asio::awaitable<mux::result<bool>> batch::look_at_preparing() {
  result<std::vector<journal_row>> rows = co_await journal_.rows(row_state::created, 0, looked_at_singly + 1);
  if (!rows) {
    give_up(std::move(rows).error());
    co_return false;
  }
  const bool many = rows->size() > looked_at_singly;
  std::optional<server_instant> floor;
  if (many && rows->front().first_intent) floor = *rows->front().first_intent - listing_slack;
  if (many) rows->resize(1);  // the oldest, in case the listing does not show it
  mux::result<bool> changed = co_await look_at_each(std::move(*rows));
  if (!changed || !many) co_return changed;
  mux::result<bool> more = co_await look_at_listing(floor);
  if (!more) co_return more;
  co_return *changed || *more;
}

asio::awaitable<mux::result<bool>> batch::look_at_each(std::vector<journal_row> rows) {
  bool changed = false;
  for (journal_row& row : rows) {
    mux::result<listed_asset> got = co_await mux_.find_asset(row.asset_id);
    if (!got && got.error().http_status == 404) {
      got = listed_asset();
      got->state = readiness::errored;
      got->reason = "the asset was deleted";
    }
    if (!got) co_return std::move(got).error();
    const bool noted = co_await note_readiness(std::move(row), got->state, std::move(got->reason));
    changed = changed || noted;
  }
  co_return changed;
}

asio::awaitable<mux::result<bool>> batch::look_at_listing(std::optional<server_instant> floor) {
  bool changed = false;
  asset_walk walk(mux_.list(false), floor);
  while (!ending()) {
    mux::result<std::optional<std::vector<marked_asset>>> page = co_await walk.next();
    if (!page) co_return std::move(page).error();
    if (!*page) break;
    std::unordered_map<std::string, marked_asset*> done;
    std::vector<std::string> markers;
    for (marked_asset& asset : **page)
      if (asset.state != readiness::preparing && done.emplace(asset.marker, &asset).second)
        markers.push_back(asset.marker);
    result<std::vector<journal_row>> rows = co_await journal_.find(std::move(markers));
    if (!rows) {
      give_up(std::move(rows).error());
      break;
    }
    for (journal_row& row : *rows) {
      marked_asset& asset = *done.at(row.marker);
      if (row.state != row_state::created || row.asset_id != asset.id) continue;
      const bool noted = co_await note_readiness(std::move(row), asset.state, std::move(asset.reason));
      changed = changed || noted;
    }
  }
  co_return changed;
}

asio::awaitable<bool> batch::note_readiness(journal_row row, readiness state, std::string reason) {
  if (state == readiness::preparing) co_return false;
  row_change change(row.id, state == readiness::ready ? row_state::ready : row_state::errored);
  change.at = mux_.server_time();
  change.reason = with_shown_urls(reason);
  row.reason = change.reason;
  const row_state to = change.to;
  const bool recorded = co_await record(std::move(change));
  if (recorded) show(row, to);
  co_return recorded;
}

}  // namespace mux::inline v0::ingest
