#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "ingest/batch.hpp"
#include "ingest/outcome.hpp"

namespace mux::inline v0::ingest {

asio::awaitable<void> batch::scan_when_due() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!created_all_) {
    const std::optional<instant> due = watch_.due();
    if (!ending() && due && *due <= time_.now()) {
      scanning_ = true;
      co_await scan();
      scanning_ = false;
      next_create_->wake();
    } else {
      co_await next_scan_->wait(ending() ? std::nullopt : due);
    }
  }
}

asio::awaitable<void> batch::scan() {
  const instant begun = time_.now();
  scan_report report;
  report.wanted = watch_.size();
  events_.on_scan_started(report.wanted, false);
  asset_walk walk(mux_.list(true), watch_.floor());
  std::vector<marked_asset> found;
  while (!ending()) {
    mux::result<std::optional<std::vector<marked_asset>>> page = co_await walk.next();
    report.pages = walk.pages();
    if (!page) {
      scan_failed(std::move(page).error());
      break;
    }
    report.complete = !page->has_value();
    if (report.complete) break;
    for (marked_asset& asset : **page)
      if (watch_.holds(asset.marker)) found.push_back(std::move(asset));
  }
  // What was found counts even if the scan was cut short; what was not found counts only if it was complete.
  const result<void> resolved = co_await resolve(std::move(found), report);
  if (resolved && report.complete) {
    scans_failed_in_row_ = 0;
    std::vector<journal_row> absent = watch_.take_absent(begun);
    report.absent = absent.size();
    co_await decide_absent(std::move(absent));
  }
  forecast_.note_pages(report.pages, time_.now() - begun);
  events_.on_scan_ended(report);
}

void batch::scan_failed(mux::error why) {
  if (why.code == mux::errc::cancelled) return;
  const verdict what = judge_create(why);
  watch_.postpone(time_.now() + doubling(++scans_failed_in_row_));
  if (what == verdict::hopeless || what == verdict::refused ||
      scans_failed_in_row_ >= options_.max_unreachable)
    give_up(to_error(std::move(why)));
}

asio::awaitable<result<void>> batch::resolve(std::vector<marked_asset> found, scan_report& report) {
  std::sort(found.begin(), found.end(), [](const marked_asset& a, const marked_asset& b) {
    return std::tie(a.marker, a.created_at, a.id) < std::tie(b.marker, b.created_at, b.id);
  });
  for (auto at = found.begin(); at != found.end();) {
    const auto end =
        std::find_if(at, found.end(), [&](const marked_asset& a) { return a.marker != at->marker; });
    std::optional<journal_row> row = watch_.take(at->marker);
    row_change change(row->id, row_state::created);
    change.at = mux_.server_time();
    change.asset_id = at->id;
    result<void> recorded = co_await journal_.record(std::move(change));
    if (!recorded) {
      give_up(recorded.error());
      co_return recorded;
    }
    row->asset_id = at->id;
    ++report.found;
    ++summary_.found;
    note_success();
    show(*row, row_state::created, {}, true);
    std::vector<std::string> others;
    // A page that moved while it was read can show one asset twice.
    for (auto other = std::next(at); other != end; ++other)
      if (other->id != at->id) others.push_back(other->id);
    report_duplicates(*row, at->id, std::move(others));
    at = end;
  }
  co_return result<void>();
}

asio::awaitable<void> batch::decide_absent(std::vector<journal_row> absent) {
  for (journal_row& row : absent) {
    if (options_.policy == create_policy::at_most_once) continue;
    row_change change(row.id, row_state::planned);
    if (!row.in_manifest || (row.content.url.empty() && row.content.file.empty())) {
      change.to = row_state::skipped;
      change.reason = "no longer in the manifest";
    } else if (row.sends >= std::max(1, options_.max_sends)) {
      change.to = row_state::failed;
      change.reason = "sent " + std::to_string(row.sends) + " times without an answer and without an asset";
    }
    row.reason = change.reason;
    const row_state to = change.to;
    const bool recorded = co_await record(std::move(change));
    if (!recorded) co_return;
    show(row, to);
    if (to != row_state::planned) continue;
    ++summary_.repeated;
    plan_again(std::move(row));
  }
  next_create_->wake();
}

// The sweep has to go back to this row.
void batch::suspect(const journal_row& row) {
  if (!row.first_intent)
    sweep_all_ = true;
  else if (!sweep_floor_ || *row.first_intent - listing_slack < *sweep_floor_)
    sweep_floor_ = *row.first_intent - listing_slack;
}

void batch::report_duplicates(const journal_row& row, std::string kept, std::vector<std::string> others) {
  if (others.empty()) return;
  duplicate_assets& known = duplicates_[row.id];
  const std::size_t before = known.others.size();
  known.row = row.id;
  known.line = row.content.line;
  known.marker = row.marker;
  known.kept = std::move(kept);
  for (std::string& other : others)
    if (std::find(known.others.begin(), known.others.end(), other) == known.others.end())
      known.others.push_back(std::move(other));
  if (known.others.size() > before) events_.on_duplicates(known);
}

asio::awaitable<void> batch::sweep() {
  co_await asio::this_coro::throw_if_cancelled(false);
  const bool suspicious = sweep_floor_.has_value() || sweep_all_;
  const bool wanted =
      options_.sweep == sweep_policy::always || (options_.sweep == sweep_policy::automatic && suspicious);
  if (!wanted) co_return;
  std::optional<server_instant> floor = sweep_all_ ? std::nullopt : sweep_floor_;
  if (options_.sweep == sweep_policy::always) {
    result<std::optional<server_instant>> first = co_await journal_.first_intent();
    floor.reset();
    if (first && *first && !sweep_all_) floor = **first - listing_slack;
  }
  const std::optional<server_instant> begun = mux_.server_time();
  scan_report report;
  report.sweep = true;
  events_.on_scan_started(0, true);
  asset_walk walk(mux_.list(true), floor);
  while (!ending()) {
    mux::result<std::optional<std::vector<marked_asset>>> page = co_await walk.next();
    report.pages = walk.pages();
    if (!page) {
      give_up(to_error(std::move(page).error()));
      break;
    }
    report.complete = !page->has_value();
    if (report.complete) break;
    co_await compare(std::move(**page), report);
  }
  if (report.complete && begun && !ending()) {
    // What a create of the last moments did may still have to show up.
    result<void> noted = co_await journal_.note_sweep(*begun - options_.horizon);
    if (!noted) give_up(std::move(noted).error());
  }
  events_.on_scan_ended(report);
}

asio::awaitable<void> batch::compare(std::vector<marked_asset> found, scan_report& report) {
  std::vector<std::string> markers;
  for (const marked_asset& asset : found) markers.push_back(asset.marker);
  result<std::vector<journal_row>> rows = co_await journal_.find(std::move(markers));
  if (!rows) {
    give_up(std::move(rows).error());
    co_return;
  }
  std::unordered_map<std::string, journal_row*> by_marker;
  for (journal_row& row : *rows) by_marker.emplace(row.marker, &row);
  for (const marked_asset& asset : found) {
    const auto at = by_marker.find(asset.marker);
    if (at == by_marker.end()) continue;
    journal_row& row = *at->second;
    if (row.asset_id.empty()) {
      row_change change(row.id, row_state::created);
      change.at = mux_.server_time();
      change.asset_id = asset.id;
      const bool recorded = co_await record(std::move(change));
      if (!recorded) co_return;
      row.asset_id = asset.id;
      ++report.found;
      ++summary_.found;
      note_success();
      show(row, row_state::created, {}, true);
    } else if (row.asset_id != asset.id) {
      std::vector<std::string> others(1, asset.id);
      report_duplicates(row, row.asset_id, std::move(others));
    }
  }
}

}  // namespace mux::inline v0::ingest
