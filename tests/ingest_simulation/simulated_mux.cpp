#include "ingest_simulation/simulated_mux.hpp"

#include <algorithm>
#include <filesystem>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace mux::inline v0::ingest::simulation {
namespace {

constexpr std::size_t page_size = 100;
constexpr std::uint64_t piece_size = 1'048'576;
constexpr std::string_view storage = "https://storage.example/";

instant::duration span(double seconds) {
  return std::chrono::duration_cast<instant::duration>(std::chrono::duration<double>(seconds));
}

policy::pace_settings known_limit(double rate, int burst) {
  policy::pace_settings settings;
  settings.rate = rate;
  settings.burst = burst;
  return settings;
}

mux::error status(mux::errc code, int http, bool ambiguous) {
  mux::error e(code, "answer " + std::to_string(http));
  e.http_status = http;
  e.bytes_sent = true;
  e.ambiguous = ambiguous;
  return e;
}

mux::error lost() {
  mux::error e(mux::errc::connection_lost_unanswered, "lost");
  e.bytes_sent = true;
  e.ambiguous = true;
  return e;
}

}  // namespace

simulated_mux::simulated_mux(test::virtual_time& time, const scenario& world)
    : time_(time),
      world_(world),
      random_(mux::simulation::derive(world.seed, 10)),
      creates_(time, known_limit(world.rate, world.burst_known ? world.burst : 0),
               mux::simulation::derive(world.seed, 11)),
      others_(time, known_limit(world.other_rate, 10), mux::simulation::derive(world.seed, 12)),
      begun_(time.now()),
      tokens_(world.burst),
      tokens_at_(begun_) {}

bool simulated_mux::is_bad(std::uint64_t row) const {
  mux::simulation::random of_row(mux::simulation::derive(world_.seed, 1'000 + row));
  return of_row.chance(world_.bad);
}

fate simulated_mux::draw(const manifest_row& row) {
  const auto drawn = [&] {
    if (is_bad(number_of(row.url.empty() ? row.file : row.url).value_or(0))) return fate::refused;
    const troubles& t = world_.chance;
    const std::pair<double, fate> kinds[] = {
        {t.answer_lost, fate::answer_lost},   {t.reset, fate::reset},
        {t.error_before, fate::error_before}, {t.error_after, fate::error_after},
        {t.unreadable, fate::unreadable},     {t.late_effect, fate::late_effect},
        {t.late_answer, fate::late_answer},   {t.unreachable, fate::unreachable}};
    double left = random_.uniform();
    for (const auto& [chance, kind] : kinds)
      if ((left -= chance) < 0) return kind;
    return fate::answered;
  };
  const fate what = drawn();
  ++fates_[static_cast<std::size_t>(what)];
  return what;
}

bool simulated_mux::server_admits() {
  const instant now = time_.now();
  double rate = world_.rate;
  for (const rate_change& change : world_.changes)
    if (now >= begun_ + span(change.at)) rate = change.rate;
  const std::chrono::duration<double> passed = now - tokens_at_;
  tokens_ = std::min(static_cast<double>(world_.burst), tokens_ + rate * passed.count());
  tokens_at_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

std::string simulated_mux::execute(const manifest_row& row) {
  const instant now = time_.now();
  const instant ready = now + span(random_.between(1, world_.ready_after));
  return book_.add(row, now, now + span(random_.between(0, world_.lag)), ready, random_.chance(0.001));
}

void simulated_mux::execute_later(manifest_row row) {
  ++on_its_way_;
  time_.add(time_.now() + span(random_.between(0, world_.late)), [this, row = std::move(row)] {
    --on_its_way_;
    execute(row);
  });
}

/// True if it was cancelled.
asio::awaitable<bool> simulated_mux::sleep(double seconds) {
  const auto alarm = time_.make_alarm(co_await asio::this_coro::executor);
  co_await alarm->wait(time_.now() + span(seconds));
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

/// Waits for a turn, travels to the server and passes its limit. What it returns is why not.
asio::awaitable<std::optional<mux::error>> simulated_mux::leave(policy::ticket& turn) {
  gate::place call;
  call.band = 2;
  for (;;) {
    const std::optional<policy::ticket> passed = co_await creates_.pass(call);
    if (!passed) co_return mux::error(mux::errc::cancelled);
    turn = *passed;
    const bool gone = co_await sleep(world_.latency / 2);
    if (gone) {
      creates_.unanswered();
      co_return lost();
    }
    if (server_admits()) co_return std::nullopt;
    const bool given_up = co_await sleep(world_.latency / 2);
    creates_.refused(turn, std::chrono::seconds(-1));
    if (given_up) co_return mux::error(mux::errc::cancelled);
  }
}

asio::awaitable<mux::result<created_asset>> simulated_mux::create(manifest_row row) {
  const fate what = draw(row);
  if (what == fate::unreachable) {
    co_await sleep(world_.latency);
    co_return mux::error(mux::errc::connect_failed, "refused");
  }
  policy::ticket turn;
  std::optional<mux::error> stuck = co_await leave(turn);
  if (stuck) {
    if (stuck->bytes_sent && random_.chance(0.5)) execute_later(std::move(row));
    co_return std::move(*stuck);
  }
  created_asset made;
  if (what == fate::late_effect)
    execute_later(std::move(row));
  else if (what != fate::reset && what != fate::error_before && what != fate::refused)
    made.id = execute(row);
  const double back = what == fate::late_answer ? random_.between(1, world_.slow_answers)
                                                : random_.between(0.5, 1) * world_.latency;
  const bool gone = co_await sleep(back);
  const bool silent = what == fate::answer_lost || what == fate::reset || what == fate::late_effect;
  if (gone || silent) {
    creates_.unanswered();
    co_return lost();
  }
  creates_.accepted(turn);
  switch (what) {
    case fate::error_before:
    case fate::error_after:
      co_return status(mux::errc::server_error, random_.chance(0.5) ? 500 : 502, true);
    case fate::unreadable:
      co_return status(mux::errc::not_json, 201, true);
    case fate::refused:
      co_return status(mux::errc::bad_request, 400, false);
    default:
      co_return made;
  }
}

/// Any other call; true if an answer came.
asio::awaitable<bool> simulated_mux::ask(double trouble) {
  gate::place call;
  const std::optional<policy::ticket> turn = co_await others_.pass(call);
  if (!turn) co_return false;
  const bool gone = co_await sleep(world_.latency);
  const bool fails = gone || random_.chance(trouble);
  if (fails)
    others_.unanswered();
  else
    others_.accepted(*turn);
  co_return !fails;
}

class simulated_mux::listing final : public asset_listing {
 public:
  explicit listing(simulated_mux& from) : from_(from) {}
  asio::awaitable<mux::result<std::optional<std::vector<listed_asset>>>> next() override {
    const bool answered = co_await from_.ask(from_.world_.chance.page);
    if (!answered) co_return status(mux::errc::server_error, 503, false);
    ++from_.pages_;
    const instant now = from_.time_.now();
    std::optional<std::vector<listed_asset>> page;
    const std::vector<const asset*> shown =
        from_.book_.page(now, from_.world_.newest_first, offset_, page_size);
    if (shown.empty()) co_return std::move(page);
    offset_ += shown.size();
    page.emplace();
    page->reserve(shown.size());
    for (const asset* one : shown) page->push_back(from_.book_.show(*one, now));
    co_return std::move(page);
  }

 private:
  simulated_mux& from_;
  std::size_t offset_ = 0;
};

std::unique_ptr<asset_listing> simulated_mux::list(bool) {
  return std::make_unique<listing>(*this);
}

asio::awaitable<mux::result<listed_asset>> simulated_mux::find_asset(std::string id) {
  const bool answered = co_await ask(world_.chance.look);
  if (!answered) co_return status(mux::errc::server_error, 503, false);
  const asset* found = book_.find(id);
  if (found == nullptr) co_return status(mux::errc::not_found, 404, false);
  co_return book_.show(*found, time_.now());
}

asio::awaitable<mux::result<upload_ticket>> simulated_mux::create_upload(manifest_row row) {
  const fate what = draw(row);
  if (what == fate::unreachable) {
    co_await sleep(world_.latency);
    co_return mux::error(mux::errc::connect_failed, "refused");
  }
  policy::ticket turn;
  std::optional<mux::error> stuck = co_await leave(turn);
  if (stuck) co_return std::move(*stuck);
  std::string id = "upload" + std::to_string(uploads_.size());
  const bool acts = what != fate::reset && what != fate::error_before && what != fate::refused;
  if (acts) uploads_[id].row = std::move(row);
  const bool gone = co_await sleep(world_.latency / 2);
  if (gone || what == fate::answer_lost || what == fate::reset || what == fate::late_effect) {
    creates_.unanswered();
    co_return lost();
  }
  creates_.accepted(turn);
  if (what == fate::refused) co_return status(mux::errc::bad_request, 400, false);
  if (what == fate::unreadable) co_return status(mux::errc::not_json, 201, true);
  if (what == fate::error_before || what == fate::error_after)
    co_return status(mux::errc::server_error, 500, true);
  co_return ticket(id, uploads_[id]);
}

upload_ticket simulated_mux::ticket(const std::string& id, const upload& from) const {
  upload_ticket shown;
  shown.id = id;
  shown.url = std::string(storage) + id;
  if (from.failed) {
    shown.state = upload_ticket::status::errored;
    shown.reason = "no video";
  } else if (!from.asset_id.empty() && time_.now() >= from.known) {
    shown.state = upload_ticket::status::complete;
    shown.asset_id = from.asset_id;
  } else if (from.over) {
    shown.state = upload_ticket::status::over;
  }
  return shown;
}

asio::awaitable<mux::result<upload_ticket>> simulated_mux::find_upload(std::string id) {
  const bool answered = co_await ask(world_.chance.look);
  if (!answered) co_return status(mux::errc::server_error, 503, false);
  const auto at = uploads_.find(id);
  if (at == uploads_.end()) co_return status(mux::errc::not_found, 404, false);
  co_return ticket(id, at->second);
}

asio::awaitable<mux::result<void>> simulated_mux::cancel_upload(std::string id) {
  const bool answered = co_await ask(world_.chance.look);
  if (!answered) co_return status(mux::errc::server_error, 503, false);
  const auto at = uploads_.find(id);
  if (at == uploads_.end()) co_return status(mux::errc::not_found, 404, false);
  if (!at->second.asset_id.empty() || at->second.over || at->second.failed)
    co_return status(mux::errc::permission_denied, 403, false);
  at->second.over = true;
  co_return mux::result<void>();
}

asio::awaitable<mux::result<sent_file>> simulated_mux::send_file(file_on_its_way file, on_durable progress) {
  upload& to = uploads_.at(file.url.substr(storage.size()));
  const std::uint64_t size = std::filesystem::file_size(file.path);
  if (!file.resume && to.asset_id.empty()) to.bytes = 0;
  while (to.bytes < size && !to.over) {
    const std::uint64_t piece = std::min(size - to.bytes, piece_size);
    const bool gone = co_await sleep(static_cast<double>(piece) / world_.bytes_a_second);
    if (gone) co_return mux::error(mux::errc::cancelled);
    to.bytes += piece;
    if (to.bytes == size && random_.chance(world_.chance.errored)) {
      to.failed = true;
      ++errored_[number_of(file.path).value_or(0)];
    } else if (to.bytes == size) {
      to.asset_id = execute(to.row);
      to.known = time_.now() + span(random_.between(0, 3));
    } else if (random_.chance(world_.chance.expired)) {
      to.over = true;
    }
    progress(to.bytes);
    if (random_.chance(world_.chance.cut)) {
      mux::error e(mux::errc::connection_lost, "cut");
      e.bytes_sent = true;
      co_return e;
    }
  }
  if (to.over) co_return mux::error(mux::errc::upload_expired, "expired");
  co_return sent_file();
}

asio::awaitable<mux::result<identity>> simulated_mux::whoami() {
  co_await sleep(world_.latency);
  identity who;
  who.environment_id = "env001";
  co_return who;
}

std::optional<server_instant> simulated_mux::server_time() const {
  return std::chrono::floor<std::chrono::seconds>(server_time_at(time_.now()));
}

}  // namespace mux::inline v0::ingest::simulation
