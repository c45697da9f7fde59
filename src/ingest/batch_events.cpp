#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include "ingest/batch.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::chrono::seconds sample_distance{1};
constexpr std::uint64_t assets_a_page = 100;

}  // namespace

void batch::show(const journal_row& row, row_state state, std::string_view playback_id, bool found) {
  row_event event;
  event.id = row.id;
  event.state = state;
  event.line = row.content.line;
  event.column = row.content.column;
  event.url = row.shown_url;
  event.file = row.content.file;
  event.size = row.size;
  event.title = row.content.title;
  event.external_id = row.content.external_id;
  event.marker = row.marker;
  event.asset_id = row.asset_id;
  if (state == row_state::uploading || state == row_state::created) event.upload_id = row.upload_id;
  event.playback_id = playback_id;
  if (state != row_state::created && state != row_state::sending && state != row_state::ready)
    event.reason = row.reason;
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
  state.queued = pace.queued;
  state.uploads = files_;
  state.bytes = journal_.bytes();
  state.bytes.done = bytes_done();
  forecast_.note_created(now, summary_.created_now);
  forecast_.note_allowed(now, pace.rate);
  forecast_.note_bytes(now, state.bytes.done);
  state.bytes_rate = forecast_.bytes_rate(now);
  state.allowed_rate = pace.rate;
  state.measured_rate = forecast_.measured_rate(now);
  state.throttled = summary_.throttled;
  state.elapsed = std::chrono::duration_cast<milliseconds>(now - begun_);
  state.eta = forecast_.eta(now, left(state, pace));
  events_.on_progress(state);
}

work_left batch::left(const progress& state, const ingest::pace& pace) const {
  work_left left;
  left.rows = state.rows[row_state::planned] + state.rows[row_state::sending];
  left.bytes = state.bytes.total - state.bytes.done;
  left.rate = pace.rate;
  left.tokens = pace.tokens;
  left.created = summary_.created_now;
  left.repeated = summary_.repeated;
  left.horizon = options_.horizon;
  left.not_before = watch_.last_horizon();
  const bool sweeps = options_.sweep == sweep_policy::automatic && (sweep_floor_ || sweep_all_);
  if (!created_all_ && (sweeps || options_.sweep == sweep_policy::always))
    left.pages = state.rows.total() / assets_a_page + 1;
  return left;
}

std::uint64_t batch::bytes_done() const {
  const byte_counts all = journal_.bytes();
  std::uint64_t done = all.done;
  for (const auto& [row, bytes] : durable_) done += *bytes;
  return std::min(done, all.total);
}

run_sample batch::sample() const {
  const row_counts rows = journal_.counts();
  run_sample now;
  now.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - begun_);
  now.done = rows.done();
  now.failed = rows[row_state::failed];
  now.refused = summary_.throttled;
  now.allowed_rate = mux_.pace().rate;
  now.bytes = bytes_done();
  return now;
}

// Samples come closer at first: a report shows a run of a minute as well as one of a day.
asio::awaitable<void> batch::tick() {
  co_await asio::this_coro::throw_if_cancelled(false);
  instant next_sample = time_.now();
  std::uint64_t kept = 0;
  while (!over_) {
    co_await next_tick_->wait(time_.now() +
                              std::max(options_.progress_interval, std::chrono::milliseconds(10)));
    if (over_) break;
    show_progress();
    if (time_.now() < next_sample) continue;
    const run_sample now = sample();
    result<void> noted = co_await journal_.keep(now);
    if (!noted) give_up(std::move(noted).error());
    next_sample = time_.now() + sample_distance * (1LL << std::min<std::uint64_t>(kept++ / 1000, 20));
  }
}

}  // namespace mux::inline v0::ingest
