#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "ingest/batch.hpp"
#include "ingest/file_facts.hpp"
#include "ingest/marker.hpp"
#include "ingest/outcome.hpp"

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
    if (what == verdict::hopeless) give_up(to_error(got.error()));
    if (what == verdict::later || what == verdict::ambiguous) note_unreachable(got.error());
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

// `url` is empty if the upload was begun before.
asio::awaitable<void> batch::transfer(journal_row row, std::string url) {
  bool resume = url.empty();
  for (int failures = 0; !ending(); url.clear(), resume = true) {
    const std::optional<file_facts> facts = look_at(row.content.file);
    if (!facts || facts->size != row.size || facts->modified != row.modified) {
      static_cast<void>(co_await mux_.cancel_upload(row.upload_id));
      std::string reason = row.content.file + unreadable;
      if (facts)
        co_await begin_anew(std::move(row), "the file changed while it was sent");
      else
        co_await fail_row(std::move(row), std::move(reason));
      co_return;
    }
    if (url.empty()) {
      mux::result<upload_ticket> ticket = co_await mux_.find_upload(row.upload_id);
      if (!ticket && ticket.error().http_status == 404) {
        co_await begin_anew(std::move(row), "the upload is gone");
        co_return;
      }
      if (ticket && ticket->state == upload_ticket::status::complete) {
        co_await finish_file(std::move(row), std::move(ticket->asset_id), {});
        co_return;
      }
      if (ticket && ticket->state == upload_ticket::status::errored) {
        co_await fail_row(std::move(row), "the upload failed: " + ticket->reason);
        co_return;
      }
      if (ticket && ticket->state == upload_ticket::status::over) {
        co_await begin_anew(std::move(row), "the upload timed out or was cancelled");
        co_return;
      }
      if (!ticket) {
        const bool again = co_await pause_after(ticket.error(), failures++);
        if (!again) co_return;
        continue;
      }
      if (!row.in_manifest) {
        static_cast<void>(co_await mux_.cancel_upload(row.upload_id));
        co_await begin_anew(std::move(row), {});
        co_return;
      }
      url = std::move(ticket->url);
    }
    const auto durable = std::make_shared<std::atomic<std::uint64_t>>(0);
    durable_[row.id] = durable;
    const on_durable note = [durable](std::uint64_t bytes) { *durable = bytes; };
    mux::result<sent_file> sent = co_await mux_.send_file(std::move(url), row.content.file, resume, note);
    if (sent) {
      co_await await_asset(std::move(row), std::move(sent->checksum));
      co_return;
    }
    if (sent.error().code == mux::errc::source_unreadable) {
      static_cast<void>(co_await mux_.cancel_upload(row.upload_id));
      co_await fail_row(std::move(row), reason_of(sent.error(), {}));
      co_return;
    }
    if (sent.error().code == mux::errc::upload_expired) {
      // Its last answer may have been lost after the last byte: only the API knows.
      const bool again = co_await pause(first_look);
      if (again && ++failures >= std::max(1, options_.max_sends)) {
        co_await begin_anew(std::move(row), "the upload expired");
        co_return;
      }
    } else if (sent.error().code == mux::errc::source_changed) {
      co_await pause(first_look);
    } else {
      const bool again = co_await pause_after(sent.error(), failures++);
      if (!again) co_return;
    }
  }
}

// False if nothing more is to be done for now: cancelled, or the run ends.
asio::awaitable<bool> batch::pause_after(const mux::error& why, int failures) {
  if (why.code == mux::errc::cancelled || ending()) co_return false;
  const verdict what = judge_create(why);
  if (what == verdict::hopeless || what == verdict::refused) give_up(to_error(why));
  if (failures + 1 >= std::max(1, options_.max_unreachable)) give_up(to_error(why));
  const bool over = co_await pause(doubling(failures));
  co_return over && !ending();
}

asio::awaitable<bool> batch::pause(std::chrono::nanoseconds time) {
  const std::unique_ptr<alarm> until = time_.make_alarm(strand_);
  co_await until->wait(time_.now() + time);
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() == asio::cancellation_type::none;
}

// All bytes are there. An asset follows, unless Mux says otherwise.
asio::awaitable<void> batch::await_asset(journal_row row, std::string checksum) {
  const instant until = time_.now() + 10 * options_.horizon;
  std::chrono::nanoseconds wait = first_look;
  for (int failures = 0; !ending() && time_.now() < until;) {
    mux::result<upload_ticket> ticket = co_await mux_.find_upload(row.upload_id);
    if (!ticket) {
      const bool again = co_await pause_after(ticket.error(), failures++);
      if (!again) co_return;
      continue;
    }
    failures = 0;
    switch (ticket->state) {
      case upload_ticket::status::complete:
        co_await finish_file(std::move(row), std::move(ticket->asset_id), std::move(checksum));
        co_return;
      case upload_ticket::status::errored:
        co_await fail_row(std::move(row), "the upload failed: " + ticket->reason);
        co_return;
      case upload_ticket::status::over:
        co_await begin_anew(std::move(row), "the upload timed out or was cancelled");
        co_return;
      case upload_ticket::status::waiting:
        break;
    }
    const bool again = co_await pause(wait);
    if (!again) co_return;
    wait = std::min<std::chrono::nanoseconds>(2 * wait, longest_look);
  }
  // The row stays as it is: the next run asks again.
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
  row_change change(row.id, row_state::failed);
  change.at = mux_.server_time();
  change.reason = reason;
  row.reason = std::move(reason);
  const bool recorded = co_await record(std::move(change));
  if (!recorded) co_return;
  show(row, row_state::failed);
}

}  // namespace mux::inline v0::ingest
