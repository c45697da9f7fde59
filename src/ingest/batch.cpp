#include "ingest/batch.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "ingest/outcome.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::size_t failed_rows_shown = 100;

}  // namespace

std::chrono::seconds doubling(int step) {
  constexpr std::chrono::seconds longest{60};
  return std::min(longest, std::chrono::seconds(1LL << std::clamp(step, 0, 6)));
}

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
      next_wait_(time.make_alarm(strand_)),
      next_tick_(time.make_alarm(strand_)),
      next_stop_(time.make_alarm(strand_)),
      child_ended_(time.make_alarm(strand_)),
      watch_(options.horizon) {}

asio::awaitable<result<summary>> batch::run(manifest_source manifest, std::stop_token loading) {
  spawn(watch_clock(), task::support);
  std::size_t always = children_;
  spawn(begin(std::move(manifest), std::move(loading)), task::support);
  co_await children(always);
  if (begun_run_ && !cannot_begin_) {
    show_progress();
    spawn(tick(), task::support);
    always = children_;
    spawn(create_all(), task::support);
    spawn(scan_when_due(), task::scan);
    if (options_.wait) spawn(wait_until_ready(), task::wait);
    co_await children(always);
    if (!ending()) spawn(sweep(), task::scan);
    co_await children(always);
  }
  over_ = true;
  wake_all();
  co_await children(0);
  if (fault_) std::rethrow_exception(fault_);
  if (cannot_begin_ && (!stopping() || !cannot_begin_->cause)) co_return std::move(*cannot_begin_);
  co_await conclude();
  co_return std::move(summary_);
}

asio::awaitable<void> batch::children(std::size_t but) {
  while (children_ > but) co_await child_ended_->wait(std::nullopt);
}

asio::awaitable<void> batch::begin(manifest_source manifest, std::stop_token loading) {
  co_await asio::this_coro::throw_if_cancelled(false);
  result<void> loaded = co_await load(std::move(manifest), std::move(loading));
  if (loaded && !summary_.loaded.interrupted) loaded = co_await take_leftovers();
  if (!loaded) cannot_begin_ = std::move(loaded).error();
}

asio::awaitable<result<void>> batch::load(manifest_source manifest, std::stop_token loading) {
  // Files that were uploaded may be gone by the next run; one that is still to be sent fails its own row.
  std::error_code ignored;
  if (std::filesystem::exists(options_.journal, ignored)) manifest.options.check_files = false;
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
  result<load_report> loaded = co_await journal_.load(*reader, options_.retry_failed, std::move(loading));
  if (!loaded) co_return std::move(loaded).error();
  summary_.loaded = std::move(*loaded);
  if (summary_.loaded.interrupted) co_return result<void>();
  events_.on_loaded(summary_.loaded, journal_.counts());

  mux::result<identity> who = co_await mux_.whoami();
  if (!who) co_return to_error(std::move(who).error());
  events_.on_identity(*who);
  result<void> bound = co_await journal_.bind(who->environment_id, mux_.host());
  if (!bound) co_return bound;
  bound = co_await journal_.begin_run(options_.notes);
  begun_run_ = bound.has_value();
  co_return bound;
}

asio::awaitable<result<void>> batch::take_leftovers() {
  for (const row_state state : {row_state::sending, row_state::ambiguous, row_state::uploading}) {
    for (std::int64_t after = 0;;) {
      result<std::vector<journal_row>> some = co_await journal_.rows(state, after, rows_at_a_time);
      if (!some) co_return std::move(some).error();
      if (some->empty()) break;
      after = some->back().id;
      for (journal_row& row : *some) {
        result<void> taken = co_await take_leftover(std::move(row));
        if (!taken) co_return taken;
      }
    }
  }
  result<suspects> known = co_await journal_.oldest_suspect();
  if (!known) co_return std::move(known).error();
  sweep_all_ = known->any && !known->oldest;
  if (known->oldest) sweep_floor_ = *known->oldest - listing_slack;
  co_return result<void>();
}

// A row that was being sent when the last run ended may have been created: as good as ambiguous, from now on.
// An upload that may have been made has no bytes and makes no asset.
asio::awaitable<result<void>> batch::take_leftover(journal_row row) {
  if (row.state == row_state::uploading) {
    ready_files_.push_back(std::move(row));
    co_return result<void>();
  }
  const bool file = !row.content.file.empty();
  if (row.state == row_state::sending) {
    row_change change(row.id, file ? row_state::planned : row_state::ambiguous);
    if (!file) change.reason = "the program ended before it recorded the answer";
    result<void> recorded = co_await journal_.record(std::move(change));
    if (!recorded || file) co_return recorded;
  }
  watch_.add(std::move(row), time_.now(), true);
  co_return result<void>();
}

void batch::spawn(asio::awaitable<void> work, task what) {
  ++children_;
  if (what == task::create) ++creates_;
  if (what == task::file) ++files_;
  const auto place = running_.emplace(running_.end());
  place->what = what;
  const auto ended = [this, place, what](std::exception_ptr fault) {
    running_.erase(place);
    if (fault) {
      if (!fault_) fault_ = fault;
      created_all_ = over_ = true;
      cancel_all();
      wake_all();
    }
    --children_;
    if (what == task::create) --creates_;
    if (what == task::file) --files_;
    next_create_->wake();
    child_ended_->wake();
  };
  asio::co_spawn(strand_, std::move(work), asio::bind_cancellation_slot(place->signal.slot(), ended));
}

void batch::cancel(task what) {
  for (running& one : running_)
    if (one.what == what) one.signal.emit(asio::cancellation_type::terminal);
}

void batch::cancel_all() {
  for (running& one : running_) one.signal.emit(asio::cancellation_type::terminal);
}

void batch::wake_all() {
  for (alarm* each :
       {next_create_.get(), next_scan_.get(), next_wait_.get(), next_tick_.get(), next_stop_.get()})
    each->wake();
}

// Creates under way may end; what can be gone on with later ends at once.
void batch::on_stop() {
  if (level_ == stop_level::abort) {
    cancel_all();
  } else {
    if (!stop_at_) stop_at_ = time_.now() + options_.stop_deadline;
    cancel(task::file);
    cancel(task::wait);
  }
  wake_all();
}

void batch::give_up(error why) {
  // What is sent now could not be recorded any more.
  const bool journal_lost = !why.cause;
  if (!summary_.why) summary_.why = std::move(why);
  if (journal_lost) cancel_all();
  cancel(task::file);
  cancel(task::wait);
  wake_all();
}

asio::awaitable<void> batch::watch_clock() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!over_) {
    std::optional<instant> until = stop_at_;
    if (!until && options_.max_duration && !out_of_time_) until = begun_ + *options_.max_duration;
    co_await next_stop_->wait(until);
    if (over_ || !until || time_.now() < *until) continue;
    if (stop_at_) {
      summary_.ended = ending::aborted;
      stop_at_.reset();
      cancel_all();
      co_return;
    }
    out_of_time_ = summary_.out_of_time = true;
    on_stop();
  }
}

asio::awaitable<bool> batch::record(row_change change) {
  result<void> recorded = co_await journal_.record(std::move(change));
  if (!recorded) give_up(std::move(recorded).error());
  co_return recorded.has_value();
}

asio::awaitable<void> batch::list_failed(row_state which) {
  result<std::vector<journal_row>> failed = co_await journal_.rows(which, 0, failed_rows_shown);
  if (!failed) co_return;
  for (journal_row& row : *failed) {
    if (summary_.failed.size() == failed_rows_shown) break;
    failed_row shown;
    shown.id = row.id;
    shown.line = row.content.line;
    shown.column = row.content.column;
    shown.url = std::move(row.shown_url);
    shown.reason = std::move(row.reason);
    summary_.failed.push_back(std::move(shown));
  }
}

asio::awaitable<void> batch::conclude() {
  summary_.rows = journal_.counts();
  summary_.bytes = journal_.bytes();
  if (!summary_.loaded.interrupted) {
    co_await list_failed(row_state::failed);
    co_await list_failed(row_state::errored);
  }
  for (auto& [row, found] : duplicates_) summary_.duplicates.push_back(std::move(found));
  std::sort(summary_.duplicates.begin(), summary_.duplicates.end(),
            [](const duplicate_assets& a, const duplicate_assets& b) { return a.row < b.row; });
  if (summary_.why)
    summary_.ended = ending::given_up;
  else if (level_ == stop_level::abort)
    summary_.ended = ending::aborted;
  else if (stopping() && summary_.ended != ending::aborted)
    summary_.ended = ending::stopped;
  summary_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - begun_);
  if (!begun_run_) co_return;
  show_progress();
  const run_sample last = sample();
  static_cast<void>(co_await journal_.keep(last));
  static_cast<void>(co_await journal_.end_run(static_cast<int>(summary_.ended)));
}

}  // namespace mux::inline v0::ingest
