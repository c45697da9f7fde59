#include "ingest/batch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "ingest/marker.hpp"
#include "ingest/outcome.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

using std::chrono::seconds;

constexpr std::size_t rows_at_a_time = 256;
constexpr std::size_t failed_rows_shown = 100;
constexpr std::size_t most_concurrent = 256;
// From here on a sick API is probed by ever fewer creates instead of being fed rows that all become
// ambiguous.
constexpr int ambiguous_before_hold = 5;
constexpr seconds longest_hold{60};

std::string reason_of(const mux::error& e, const std::string& url) {
  std::string text = e.api_messages.empty() ? e.message() : std::string();
  for (const std::string& message : e.api_messages) text += (text.empty() ? "" : "; ") + message;
  return without_secrets(std::move(text), url);
}

seconds doubling(int step) {
  return std::min(longest_hold, seconds(1LL << std::clamp(step, 0, 6)));
}

}  // namespace

batch::batch(remote& mux, timing& time, const engine_options& options, listener& events,
             const std::atomic<stop_level>& level, asio::any_io_executor strand)
    : mux_(mux),
      time_(time),
      options_(options),
      events_(events),
      level_(level),
      strand_(std::move(strand)),
      begun_(time.now()),
      journal_(options.journal, options.journal_settings),
      next_create_(time.make_alarm(strand_)),
      next_scan_(time.make_alarm(strand_)),
      next_tick_(time.make_alarm(strand_)),
      child_ended_(time.make_alarm(strand_)),
      forecast_(begun_),
      watch_(options.horizon) {}

asio::awaitable<result<summary>> batch::run(manifest_source manifest) {
  spawn(begin(std::move(manifest)), false);
  co_await children();
  if (cannot_begin_ && (level_ == stop_level::none || !cannot_begin_->cause))
    co_return std::move(*cannot_begin_);
  if (!cannot_begin_) {
    show_progress();
    spawn(create_all(), false);
    spawn(scan_when_due(), false);
    spawn(tick(), false);
    co_await children();
    if (!ending()) spawn(sweep(), false);
    co_await children();
  }
  co_await conclude();
  co_return std::move(summary_);
}

asio::awaitable<void> batch::children() {
  while (children_ > 0) co_await child_ended_->wait(std::nullopt);
  if (fault_) std::rethrow_exception(fault_);
}

asio::awaitable<void> batch::begin(manifest_source manifest) {
  co_await asio::this_coro::throw_if_cancelled(false);
  result<void> loaded = co_await load(std::move(manifest));
  if (loaded) loaded = co_await take_leftovers();
  if (!loaded) cannot_begin_ = std::move(loaded).error();
}

asio::awaitable<result<void>> batch::load(manifest_source manifest) {
  std::optional<manifest_reader> reader;
  if (manifest.input == nullptr) {
    result<manifest_reader> file = manifest_reader::open(manifest.file, manifest.options);
    if (!file) co_return std::move(file).error();
    reader.emplace(std::move(*file));
  } else {
    reader.emplace(*manifest.input, manifest.name, manifest.options);
  }
  result<void> opened = co_await journal_.open();
  if (!opened) co_return opened;
  result<load_report> loaded = co_await journal_.load(*reader, options_.retry_failed);
  if (!loaded) co_return std::move(loaded).error();
  summary_.loaded = std::move(*loaded);
  events_.on_loaded(summary_.loaded, journal_.counts());

  mux::result<identity> who = co_await mux_.whoami();
  if (!who) co_return to_error(std::move(who).error());
  events_.on_identity(*who);
  result<void> bound = co_await journal_.bind(who->environment_id, mux_.host());
  co_return bound;
}

// A row that was being sent when the last run ended may have been created: as good as ambiguous, from now on.
asio::awaitable<result<void>> batch::take_leftovers() {
  for (const row_state state : {row_state::sending, row_state::ambiguous}) {
    for (std::int64_t after = 0;;) {
      result<std::vector<journal_row>> some = co_await journal_.rows(state, after, rows_at_a_time);
      if (!some) co_return std::move(some).error();
      if (some->empty()) break;
      after = some->back().id;
      for (journal_row& row : *some) {
        if (state == row_state::sending) {
          row_change change(row.id, row_state::ambiguous);
          change.reason = "the program ended before it recorded the answer";
          result<void> recorded = co_await journal_.record(std::move(change));
          if (!recorded) co_return recorded;
        }
        watch_.add(std::move(row), time_.now(), true);
      }
    }
  }
  sweep_floor_ = watch_.floor();
  sweep_all_ = !watch_.empty() && !sweep_floor_;
  co_return result<void>();
}

void batch::spawn(asio::awaitable<void> work, bool is_create) {
  ++children_;
  if (is_create) ++creates_;
  const auto signal = signals_.emplace(signals_.end());
  const auto ended = [this, signal, is_create](std::exception_ptr fault) {
    signals_.erase(signal);
    if (fault) {
      if (!fault_) fault_ = fault;
      done_ = true;
      next_scan_->wake();
      next_tick_->wake();
    }
    --children_;
    if (is_create) --creates_;
    next_create_->wake();
    child_ended_->wake();
  };
  asio::co_spawn(strand_, std::move(work), asio::bind_cancellation_slot(signal->slot(), ended));
}

void batch::on_stop() {
  if (level_ == stop_level::abort) {
    cancel_calls();
  } else if (!stop_at_) {
    stop_at_ = time_.now() + options_.stop_deadline;
  }
  next_create_->wake();
  next_scan_->wake();
}

void batch::give_up(error why) {
  if (!summary_.why) summary_.why = std::move(why);
  next_create_->wake();
  next_scan_->wake();
}

asio::awaitable<bool> batch::record(row_change change) {
  result<void> recorded = co_await journal_.record(std::move(change));
  if (!recorded) give_up(std::move(recorded).error());
  co_return recorded.has_value();
}

// ---- creates ----

std::size_t batch::concurrency() const {
  if (options_.concurrency > 0) return std::min(options_.concurrency, most_concurrent);
  const double rate = std::min(mux_.pace().rate, 16.0);
  return std::max<std::size_t>(4, static_cast<std::size_t>(std::ceil(rate)));
}

bool batch::may_begin() const {
  return !ending() && creates_ < concurrency() && time_.now() >= hold_until_;
}

bool batch::all_dealt_with() const {
  return ready_.empty() && all_read_ && creates_ == 0 && watch_.empty() && !scanning_;
}

asio::awaitable<bool> batch::refill() {
  result<std::vector<journal_row>> some =
      co_await journal_.rows(row_state::planned, last_read_, rows_at_a_time);
  if (!some) {
    give_up(std::move(some).error());
    co_return false;
  }
  all_read_ = some->size() < rows_at_a_time;
  if (!some->empty()) last_read_ = some->back().id;
  for (journal_row& row : *some) ready_.push_back(std::move(row));
  co_return true;
}

asio::awaitable<void> batch::create_all() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (ending() ? creates_ > 0 : !all_dealt_with()) {
    if (may_begin() && ready_.empty() && !all_read_) {
      co_await refill();
      continue;
    }
    if (may_begin() && !ready_.empty()) {
      journal_row row = std::move(ready_.front());
      ready_.pop_front();
      spawn(create_row(std::move(row)), true);
      continue;
    }
    std::optional<instant> until;
    if (ending())
      until = stop_at_;
    else if (!ready_.empty() && time_.now() < hold_until_)
      until = hold_until_;
    co_await next_create_->wait(until);
    if (stop_at_ && time_.now() >= *stop_at_) {
      summary_.ended = ending::aborted;
      stop_at_.reset();
      cancel_calls();
    }
  }
  done_ = true;
  // A scan that goes on serves nobody any more.
  cancel_calls();
  next_scan_->wake();
  next_tick_->wake();
}

void batch::cancel_calls() {
  for (asio::cancellation_signal& signal : signals_) signal.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> batch::create_row(journal_row row) {
  co_await asio::this_coro::throw_if_cancelled(false);
  row_change intent(row.id, row_state::sending);
  intent.at = mux_.server_time();
  if (!row.first_intent) row.first_intent = intent.at;
  const bool noted = co_await record(std::move(intent));
  if (!noted) co_return;
  ++row.sends;
  show(row, row_state::sending);
  if (ending()) {
    co_await return_to_plan(std::move(row), {});
    co_return;
  }
  manifest_row marked = with_marker(row.content, row.marker);
  mux::result<created_asset> got = co_await mux_.create(std::move(marked));
  // From here on a cancellation has done its work; what is known must reach the journal.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  watch_throttling();
  if (!got) {
    co_await settle(std::move(row), got.error());
    co_return;
  }
  row_change made(row.id, row_state::created);
  made.at = mux_.server_time();
  made.asset_id = got->id;
  const bool kept = co_await record(std::move(made));
  if (!kept) co_return;
  row.asset_id = std::move(got->id);
  note_success();
  show(row, row_state::created, got->playback_id);
}

void batch::note_success() {
  ambiguous_in_row_ = unreachable_in_row_ = 0;
  ++summary_.created_now;
  forecast_.note_created(time_.now());
}

asio::awaitable<void> batch::return_to_plan(journal_row row, std::string reason) {
  const row_change back(row.id, row_state::planned);
  const bool recorded = co_await record(back);
  if (!recorded) co_return;
  --row.sends;
  row.reason = std::move(reason);
  show(row, row_state::planned);
  ready_.push_front(std::move(row));
}

asio::awaitable<void> batch::settle(journal_row row, const mux::error& why) {
  const verdict what = judge_create(why);
  std::string reason = reason_of(why, row.content.url);
  if (what == verdict::unsent || what == verdict::later || what == verdict::hopeless) {
    if (what == verdict::hopeless) give_up(to_error(why));
    if (what == verdict::later) {
      hold_until_ = time_.now() + doubling(unreachable_in_row_);
      if (++unreachable_in_row_ >= std::max(1, options_.max_unreachable)) give_up(to_error(why));
    }
    co_await return_to_plan(std::move(row), std::move(reason));
    co_return;
  }
  const bool refused = what == verdict::refused;
  row_change change(row.id, refused ? row_state::failed : row_state::ambiguous);
  change.at = mux_.server_time();
  change.reason = reason;
  change.http_status = why.http_status;
  change.request_id = why.request_id;
  row.reason = std::move(reason);
  const row_state to = change.to;
  const bool recorded = co_await record(std::move(change));
  if (!recorded) co_return;
  show(row, to);
  if (refused) {
    ambiguous_in_row_ = unreachable_in_row_ = 0;
    co_return;
  }
  ++summary_.ambiguous_answers;
  if (!row.first_intent)
    sweep_all_ = true;
  else if (!sweep_floor_ || *row.first_intent - listing_slack < *sweep_floor_)
    sweep_floor_ = *row.first_intent - listing_slack;
  if (++ambiguous_in_row_ >= ambiguous_before_hold)
    hold_until_ = time_.now() + doubling(ambiguous_in_row_ - ambiguous_before_hold);
  if (options_.policy == create_policy::fast) {
    std::vector<journal_row> at_once;
    at_once.push_back(std::move(row));
    co_await decide_absent(std::move(at_once));
    co_return;
  }
  watch_.add(std::move(row), time_.now());
  next_scan_->wake();
}

// ---- ambiguous rows ----

asio::awaitable<void> batch::scan_when_due() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!done_) {
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
  asset_walk walk(mux_.list(), watch_.floor());
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
  std::stable_sort(found.begin(), found.end(), [](const marked_asset& a, const marked_asset& b) {
    return std::tie(a.marker, a.created_at) < std::tie(b.marker, b.created_at);
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
    if (!row.in_manifest || row.content.url.empty()) {
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
    ready_.push_front(std::move(row));
  }
  next_create_->wake();
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
    result<std::vector<journal_row>> first = co_await journal_.rows(row_state::created, 0, 1);
    floor.reset();
    if (first && !first->empty() && first->front().first_intent && !sweep_all_)
      floor = *first->front().first_intent - listing_slack;
    if (floor && sweep_floor_) floor = std::min(*floor, *sweep_floor_);
  }
  scan_report report;
  report.sweep = true;
  events_.on_scan_started(0, true);
  asset_walk walk(mux_.list(), floor);
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

// ---- what listeners see ----

void batch::show(const journal_row& row, row_state state, std::string_view playback_id, bool found) {
  row_event event;
  event.id = row.id;
  event.state = state;
  event.line = row.content.line;
  event.column = row.content.column;
  event.url = row.shown_url;
  event.title = row.content.title;
  event.external_id = row.content.external_id;
  event.marker = row.marker;
  if (state == row_state::created) event.asset_id = row.asset_id;
  event.playback_id = playback_id;
  if (state != row_state::created && state != row_state::sending) event.reason = row.reason;
  event.sends = row.sends;
  event.found = found;
  events_.on_row(event);
}

void batch::watch_throttling() {
  const std::uint64_t refused = mux_.pace().refused;
  if (refused <= summary_.throttled) return;
  summary_.throttled = refused;
  events_.on_throttled(refused);
}

void batch::show_progress() {
  using std::chrono::milliseconds;
  watch_throttling();
  const instant now = time_.now();
  const ingest::pace pace = mux_.pace();
  progress state;
  state.rows = journal_.counts();
  state.created_now = summary_.created_now;
  state.in_flight = creates_;
  state.allowed_rate = pace.rate;
  state.measured_rate = forecast_.measured_rate(now);
  state.throttled = summary_.throttled;
  state.elapsed = std::chrono::duration_cast<milliseconds>(now - begun_);
  const std::uint64_t to_send = state.rows[row_state::planned] + state.rows[row_state::sending];
  state.eta = forecast_.eta(now, to_send, pace.rate, pace.tokens, watch_.last_horizon());
  events_.on_progress(state);
}

asio::awaitable<void> batch::tick() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!done_) {
    co_await next_tick_->wait(time_.now() +
                              std::max(options_.progress_interval, std::chrono::milliseconds(10)));
    if (!done_) show_progress();
  }
}

asio::awaitable<void> batch::conclude() {
  summary_.rows = journal_.counts();
  result<std::vector<journal_row>> failed = co_await journal_.rows(row_state::failed, 0, failed_rows_shown);
  if (failed) {
    for (journal_row& row : *failed) {
      failed_row shown;
      shown.id = row.id;
      shown.line = row.content.line;
      shown.column = row.content.column;
      shown.url = std::move(row.shown_url);
      shown.reason = std::move(row.reason);
      summary_.failed.push_back(std::move(shown));
    }
  }
  for (auto& [row, found] : duplicates_) summary_.duplicates.push_back(std::move(found));
  std::sort(summary_.duplicates.begin(), summary_.duplicates.end(),
            [](const duplicate_assets& a, const duplicate_assets& b) { return a.row < b.row; });
  if (summary_.why)
    summary_.ended = ending::given_up;
  else if (level_ == stop_level::abort)
    summary_.ended = ending::aborted;
  else if (level_ == stop_level::drain && summary_.ended != ending::aborted)
    summary_.ended = ending::stopped;
  show_progress();
  summary_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - begun_);
}

}  // namespace mux::inline v0::ingest
