#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "ingest/batch.hpp"
#include "ingest/file_facts.hpp"
#include "ingest/marker.hpp"
#include "ingest/outcome.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Mux makes the asset soon after the last byte; from then on it is asked at growing distances.
constexpr milliseconds first_look{250};
constexpr seconds longest_look{10};

constexpr const char* unreadable = ": is no file that can be read";

}  // namespace

// No create of this kind is ambiguous: an upload without bytes makes no asset, and one with bytes is known by
// its id before the first of them leaves.
asio::awaitable<void> batch::ingest_file(journal_row row) {
  co_await asio::this_coro::throw_if_cancelled(false);
  std::string url;
  if (row.state != row_state::uploading) {
    url = co_await open_upload(row);
    if (url.empty()) co_return;
  }
  co_await transfer(std::move(row), std::move(url));
}

// Where the bytes of the row go, or nothing if the row is settled otherwise.
asio::awaitable<std::string> batch::open_upload(journal_row& row) {
  std::string url;
  const std::optional<file_facts> facts = look_at(row.content.file);
  if (!facts) {
    std::string reason = row.content.file + unreadable;
    co_await fail_row(std::move(row), std::move(reason));
    co_return url;
  }
  row_change intent(row.id, row_state::sending);
  intent.at = mux_.server_time();
  if (!row.first_intent) row.first_intent = intent.at;
  const bool noted = co_await record(std::move(intent));
  if (!noted) co_return url;
  ++row.sends;
  show(row, row_state::sending);
  manifest_row marked = with_marker(row.content, row.marker);
  mux::result<upload_ticket> got = co_await mux_.create_upload(std::move(marked));
  watch_throttling();
  if (!got) {
    const verdict what = judge_create(got.error());
    if (what == verdict::refused) {
      co_await fail_row(std::move(row), reason_of(got.error(), {}));
      co_return url;
    }
    note_unsent(what, got.error());
    co_await return_to_plan(std::move(row), reason_of(got.error(), {}));
    co_return url;
  }
  unreachable_in_row_ = 0;
  row_change begun(row.id, row_state::uploading);
  begun.at = mux_.server_time();
  begun.upload_id = got->id;
  begun.size = row.size = facts->size;
  begun.modified = row.modified = facts->modified;
  const bool kept = co_await record(std::move(begun));
  if (!kept) co_return url;
  row.upload_id = std::move(got->id);
  row.state = row_state::uploading;
  show(row, row_state::uploading);
  url = std::move(got->url);
  co_return url;
}

// Until the API says what became of the upload. `url` is empty if it was begun by an earlier run.
//
// Only the API's own word ends an upload: complete, errored, or over. One that is not wanted any more is
// withdrawn first, which the API refuses once there is an asset.
asio::awaitable<void> batch::transfer(journal_row row, std::string url) {
  course on;
  on.url = std::move(url);
  on.resume = on.url.empty();
  while (!ending()) {
    if (!on.url.empty()) {
      const bool go_on = co_await send(row, on);
      if (!go_on) co_return;
      continue;
    }
    mux::result<upload_ticket> ticket = co_await mux_.find_upload(row.upload_id);
    if (!ticket) {
      const bool go_on = co_await pause_after(ticket.error(), on.unanswered++);
      if (!go_on) co_return;
      continue;
    }
    on.unanswered = 0;
    if (ticket->state != upload_ticket::status::waiting) {
      co_await settle_upload(std::move(row), std::move(*ticket), std::move(on));
      co_return;
    }
    const bool go_on = co_await go_on_waiting(row, on, std::move(ticket->url));
    if (!go_on) co_return;
  }
}

asio::awaitable<void> batch::settle_upload(journal_row row, upload_ticket ticket, course on) {
  if (ticket.state == upload_ticket::status::complete)
    co_await finish_file(std::move(row), std::move(ticket.asset_id), std::move(on.checksum));
  else if (ticket.state == upload_ticket::status::errored)
    co_await fail_row(std::move(row), std::move(ticket.reason));
  else if (!on.failure.empty())
    co_await fail_row(std::move(row), std::move(on.failure));
  else {
    if (on.unwanted.empty()) on.unwanted = "the upload timed out";
    co_await begin_anew(std::move(row), std::move(on.unwanted));
  }
}

// The API waits for bytes, or has not noticed yet that they are there. False if nothing more is to be done
// for now.
asio::awaitable<bool> batch::go_on_waiting(const journal_row& row, course& on, std::string url) {
  if (!on.begun_waiting) on.begun_waiting = time_.now();
  const std::chrono::nanoseconds waited = time_.now() - *on.begun_waiting;
  if (on.sent && waited > 10 * options_.horizon) co_return false;  // the next run asks again
  if (on.refused && waited > options_.horizon && on.unwanted.empty()) on.unwanted = on.refusal;
  const std::optional<file_facts> facts = look_at(row.content.file);
  if (!row.in_manifest) on.unwanted = "no longer in the manifest";
  if (!on.sent && !facts) on.failure = on.unwanted = row.content.file + unreadable;
  if (!on.sent && facts && (facts->size != row.size || facts->modified != row.modified))
    on.unwanted = "the file changed while it was sent";
  if (!on.unwanted.empty() && !on.sent) {
    if (on.withdrawals++ >= std::max(1, options_.max_sends)) co_return false;
    mux::result<void> over = co_await mux_.cancel_upload(row.upload_id);
    if (!over && over.error().http_status != 403) {
      const bool again = co_await pause_after(over.error(), on.unanswered++);
      co_return again;
    }
    if (on.withdrawals == 1) co_return true;
  } else if (!on.sent && !on.refused) {
    on.url = std::move(url);
    if (!on.url.empty()) co_return true;
  }
  const bool again = co_await pause(on.look);
  on.look = std::min<std::chrono::nanoseconds>(2 * on.look, longest_look);
  co_return again;
}

// One try to get the bytes across. False if nothing more is to be done for now.
asio::awaitable<bool> batch::send(const journal_row& row, course& on) {
  const auto durable = std::make_shared<std::atomic<std::uint64_t>>(on.durable);
  durable_[row.id] = durable;
  file_on_its_way file;
  file.url = std::exchange(on.url, {});
  file.path = row.content.file;
  file.size = row.size;
  file.modified = row.modified;
  file.resume = std::exchange(on.resume, true);
  const on_durable note = [durable](std::uint64_t bytes) { *durable = bytes; };
  mux::result<sent_file> sent = co_await mux_.send_file(std::move(file), note);
  if (*durable > on.durable) on.cuts = 0;
  on.durable = *durable;
  on.look = first_look;
  on.begun_waiting.reset();
  if (sent) {
    on.sent = true;
    on.checksum = std::move(sent->checksum);
    co_return true;
  }
  const mux::error& why = sent.error();
  const bool storage_refuses =
      why.http_status >= 400 && why.http_status < 500 && why.http_status != 408 && why.http_status != 429;
  if (why.code == mux::errc::source_unreadable) {
    on.failure = on.unwanted = reason_of(why, {});
  } else if (why.code == mux::errc::source_changed) {
    on.unwanted = "the file changed while it was sent";
  } else if (why.code == mux::errc::upload_expired || storage_refuses) {
    // The last answer may have been lost after the last byte: only the API knows.
    on.refused = true;
    on.refusal = reason_of(why, {});
  } else {
    const bool again = co_await pause_after_cut(why, on.cuts++);
    co_return again;
  }
  co_return true;
}

asio::awaitable<bool> batch::pause_after_cut(const mux::error& why, int cuts) {
  if (why.code == mux::errc::cancelled || why.code == mux::errc::shut_down || ending()) co_return false;
  if (cuts + 1 >= std::max(1, options_.max_unreachable)) give_up(unreachable(why));
  const bool over = co_await pause(doubling(cuts));
  co_return over && !ending();
}

// False if nothing more is to be done for now: cancelled, or the run ends.
asio::awaitable<bool> batch::pause_after(const mux::error& why, int failures) {
  if (why.code == mux::errc::cancelled || ending()) co_return false;
  const verdict what = judge_create(why);
  const bool pointless = what == verdict::hopeless || what == verdict::refused || what == verdict::unsent;
  if (pointless || failures + 1 >= std::max(1, options_.max_unreachable)) give_up(to_error(why));
  const bool over = co_await pause(doubling(failures));
  co_return over && !ending();
}

asio::awaitable<bool> batch::pause(std::chrono::nanoseconds time) {
  const std::unique_ptr<alarm> until = time_.make_alarm(strand_);
  co_await until->wait(time_.now() + time);
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() == asio::cancellation_type::none;
}

asio::awaitable<void> batch::finish_file(journal_row row, std::string asset_id, std::string checksum) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  row_change made(row.id, row_state::created);
  made.at = mux_.server_time();
  made.asset_id = asset_id;
  made.checksum = std::move(checksum);
  const bool kept = co_await record(std::move(made));
  durable_.erase(row.id);
  if (!kept) co_return;
  row.asset_id = std::move(asset_id);
  note_success();
  show(row, row_state::created);
}

// The upload came to nothing; the row gets another one.
asio::awaitable<void> batch::begin_anew(journal_row row, std::string reason) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  durable_.erase(row.id);
  suspect(row);
  if (row.sends >= std::max(1, options_.max_sends)) {
    co_await fail_row(std::move(row), "given up after " + std::to_string(row.sends) + " uploads: " + reason);
    co_return;
  }
  row_change again(row.id, row_state::planned);
  const bool in_manifest = row.in_manifest;
  if (!in_manifest) again.to = row_state::skipped;
  const row_state to = again.to;
  again.reason = in_manifest ? reason : "no longer in the manifest";
  row.reason = again.reason;
  const bool recorded = co_await record(std::move(again));
  if (!recorded) co_return;
  show(row, to);
  if (in_manifest) plan_again(std::move(row));
}

asio::awaitable<void> batch::fail_row(journal_row row, std::string reason) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  durable_.erase(row.id);
  if (row.state == row_state::uploading) suspect(row);
  row_change change(row.id, row_state::failed);
  change.at = mux_.server_time();
  change.reason = with_shown_urls(reason);
  row.reason = change.reason;
  const bool recorded = co_await record(std::move(change));
  if (!recorded) co_return;
  show(row, row_state::failed);
}

}  // namespace mux::inline v0::ingest
