#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "ingest/batch.hpp"
#include "ingest/marker.hpp"
#include "ingest/outcome.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_concurrent = 256;
constexpr std::size_t most_uploads = 64;
constexpr std::size_t most_read_ahead = 4 * rows_at_a_time;
// From here on a sick API is probed by ever fewer creates instead of being fed rows that all become
// ambiguous.
constexpr int ambiguous_before_hold = 5;
// Creates queue for as long as this, not longer: what waits in the queue is sent even if the run is stopped
// meanwhile.
constexpr milliseconds queued_ahead{100};

}  // namespace

std::string reason_of(const mux::error& e, const std::string& url) {
  std::string text = e.api_messages.empty() ? e.message() : std::string();
  for (const std::string& message : e.api_messages) text += (text.empty() ? "" : "; ") + message;
  return with_shown_urls(without_secrets(std::move(text), url));
}

std::size_t batch::concurrency() const {
  if (options_.concurrency > 0) return std::min(options_.concurrency, most_concurrent);
  const double rate = std::min(mux_.pace().rate, 16.0);
  return std::max<std::size_t>(4, static_cast<std::size_t>(std::ceil(rate)));
}

bool batch::room_for_create() const {
  const ingest::pace pace = mux_.pace();
  const double ahead = pace.rate * std::chrono::duration<double>(queued_ahead).count();
  return static_cast<double>(pace.queued) < std::max(1.0, ahead);
}

// The rows of which one can begin now; null if there is none.
std::deque<journal_row>* batch::startable() {
  if (ending() || time_.now() < hold_until_) return nullptr;
  const std::size_t files = std::clamp<std::size_t>(options_.uploads, 1, most_uploads);
  const bool room = room_for_create();
  if (!ready_files_.empty() && files_ < files && (room || !ready_files_.front().upload_id.empty()))
    return &ready_files_;
  if (!ready_urls_.empty() && creates_ < concurrency() && room) return &ready_urls_;
  return nullptr;
}

bool batch::all_dealt_with() const {
  return ready_urls_.empty() && ready_files_.empty() && all_read_ && creates_ == 0 && files_ == 0 &&
         watch_.empty() && !scanning_;
}

// When to look again although nothing happened.
std::optional<batch::instant> batch::next_look() const {
  if (ending() || (ready_urls_.empty() && ready_files_.empty())) return std::nullopt;
  const instant now = time_.now();
  if (now < hold_until_) return hold_until_;
  if (room_for_create()) return std::nullopt;
  const auto wait = std::chrono::duration_cast<milliseconds>(mux_.pace().wait) / 2;
  return now + std::clamp(wait, milliseconds(1), queued_ahead);
}

bool batch::wants_rows() const {
  return !ending() && !all_read_ && (ready_urls_.empty() || ready_files_.empty()) &&
         ready_urls_.size() + ready_files_.size() < most_read_ahead;
}

asio::awaitable<void> batch::refill() {
  result<std::vector<journal_row>> some =
      co_await journal_.rows(row_state::planned, last_read_, rows_at_a_time);
  if (!some) {
    give_up(std::move(some).error());
    co_return;
  }
  all_read_ = some->size() < rows_at_a_time;
  if (!some->empty()) last_read_ = some->back().id;
  for (journal_row& row : *some)
    (row.content.file.empty() ? ready_urls_ : ready_files_).push_back(std::move(row));
}

// A row that the journal holds for planned again. One that `refill` has yet to come to is left to it.
void batch::plan_again(journal_row row) {
  row.state = row_state::planned;
  row.upload_id.clear();
  if (row.id > last_read_)
    all_read_ = false;
  else
    (row.content.file.empty() ? ready_urls_ : ready_files_).push_front(std::move(row));
  next_create_->wake();
}

asio::awaitable<void> batch::create_all() {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (ending() ? creates_ + files_ > 0 : !all_dealt_with()) {
    if (startable() == nullptr && wants_rows()) {
      co_await refill();
      continue;
    }
    if (std::deque<journal_row>* from = startable()) {
      journal_row row = std::move(from->front());
      from->pop_front();
      if (from == &ready_files_)
        spawn(ingest_file(std::move(row)), task::file);
      else
        spawn(create_row(std::move(row)), task::create);
      continue;
    }
    co_await next_create_->wait(next_look());
  }
  created_all_ = true;
  // A scan that goes on serves nobody any more.
  cancel(task::scan);
  next_scan_->wake();
  next_wait_->wake();
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
  made.playback_id = got->playback_id;
  const bool kept = co_await record(std::move(made));
  if (!kept) co_return;
  row.asset_id = std::move(got->id);
  note_success();
  show(row, row_state::created, got->playback_id);
}

void batch::note_success() {
  ambiguous_in_row_ = unreachable_in_row_ = 0;
  ++summary_.created_now;
  forecast_.note_created(time_.now(), summary_.created_now);
  next_wait_->wake();
}

asio::awaitable<void> batch::return_to_plan(journal_row row, std::string reason) {
  const row_change back(row.id, row_state::planned);
  const bool recorded = co_await record(back);
  if (!recorded) co_return;
  --row.sends;
  row.reason = std::move(reason);
  show(row, row_state::planned);
  plan_again(std::move(row));
}

// A row went back to the plan: what that means for the others.
void batch::note_unsent(verdict what, const mux::error& why) {
  if (what == verdict::hopeless || (why.code == mux::errc::shut_down && !ending()))
    give_up(to_error(why));
  else if (what != verdict::unsent || !ending())
    note_unreachable(why);
}

void batch::note_unreachable(const mux::error& why) {
  hold_until_ = time_.now() + doubling(unreachable_in_row_);
  if (++unreachable_in_row_ >= std::max(1, options_.max_unreachable)) give_up(to_error(why));
}

asio::awaitable<void> batch::settle(journal_row row, const mux::error& why) {
  const verdict what = judge_create(why);
  std::string reason = reason_of(why, row.content.url);
  if (what == verdict::unsent || what == verdict::later || what == verdict::hopeless) {
    note_unsent(what, why);
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
  suspect(row);
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

}  // namespace mux::inline v0::ingest
