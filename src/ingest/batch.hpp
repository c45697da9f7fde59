#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <mux/ingest/engine.hpp>

#include "ingest/asset_walk.hpp"
#include "ingest/forecast.hpp"
#include "ingest/outcome.hpp"
#include "ingest/watch_list.hpp"

namespace mux::inline v0::ingest {

/// How urgently a batch is asked to end.
enum class stop_level : std::uint8_t { none, drain, abort };

/// One run over a manifest. Lives on one strand: the loop that begins creates, the creates, the files under
/// way, the scanner for ambiguous rows, the wait for ready assets and the progress ticker are coroutines that
/// share its members without locks.
///
///   batch.cpp          from the first line to the summary, coroutines and how they are stopped
///   batch_creates.cpp  rows with a URL
///   batch_files.cpp    rows with a local file
///   batch_scans.cpp    rows whose answer was lost, and the sweep at the end
///   batch_waiting.cpp  assets that are being prepared
///   batch_events.cpp   what listeners see
class batch {
 public:
  batch(remote& mux, timing& time, const engine_options& options, listener& events,
        const std::atomic<stop_level>& level, asio::any_io_executor strand);

  asio::awaitable<result<summary>> run(manifest_source manifest, std::stop_token loading);
  /// `level` changed. On the strand.
  void on_stop();

 private:
  using instant = std::chrono::steady_clock::time_point;
  /// What a coroutine does; says which of them a stop cancels.
  enum class task : std::uint8_t { support, create, file, scan, wait };

  /// A local file on its way, as far as this run knows.
  struct course {
    course() {}
    std::string url;       ///< where its bytes go next; empty: ask the API
    bool resume = false;   ///< some bytes may be there
    bool sent = false;     ///< all are, by the storage's word
    bool refused = false;  ///< the storage takes no more, for `refusal`
    std::string refusal;
    std::string unwanted;  ///< why the upload is withdrawn
    std::string failure;   ///< why the row then fails
    std::string checksum;
    std::uint64_t durable = 0;
    int cuts = 0;  ///< tries in a row without a further durable byte
    int unanswered = 0, withdrawals = 0;
    std::chrono::nanoseconds look = std::chrono::milliseconds(250);  ///< until the API is asked again
    std::optional<instant> begun_waiting;
  };

  // What comes before the first create.
  asio::awaitable<void> begin(manifest_source manifest, std::stop_token loading);
  asio::awaitable<result<void>> load(manifest_source manifest, std::stop_token loading);
  asio::awaitable<result<void>> take_leftovers();
  asio::awaitable<result<void>> take_leftover(journal_row row);

  // Creates.
  asio::awaitable<void> create_all();
  asio::awaitable<void> refill();
  [[nodiscard]] bool wants_rows() const;
  asio::awaitable<void> create_row(journal_row row);
  asio::awaitable<void> settle(journal_row row, const mux::error& why);
  asio::awaitable<void> return_to_plan(journal_row row, std::string reason);
  void note_unsent(verdict what, const mux::error& why);
  void note_unreachable(const mux::error& why);
  void plan_again(journal_row row);
  [[nodiscard]] std::deque<journal_row>* startable();
  [[nodiscard]] bool room_for_create() const;
  [[nodiscard]] bool all_dealt_with() const;
  [[nodiscard]] std::size_t concurrency() const;
  [[nodiscard]] std::optional<instant> next_look() const;

  // Local files.
  asio::awaitable<void> ingest_file(journal_row row);
  asio::awaitable<std::string> open_upload(journal_row& row);
  asio::awaitable<void> transfer(journal_row row, std::string url);
  asio::awaitable<bool> send(const journal_row& row, course& on);
  asio::awaitable<bool> go_on_waiting(const journal_row& row, course& on, std::string url);
  asio::awaitable<void> settle_upload(journal_row row, upload_ticket ticket, course on);
  asio::awaitable<void> finish_file(journal_row row, std::string asset_id, std::string checksum);
  asio::awaitable<void> begin_anew(journal_row row, std::string reason);
  asio::awaitable<void> fail_row(journal_row row, std::string reason);
  asio::awaitable<bool> pause_after(const mux::error& why, int failures);
  asio::awaitable<bool> pause_after_cut(const mux::error& why, int cuts);
  asio::awaitable<bool> pause(std::chrono::nanoseconds time);

  // Ambiguous rows.
  asio::awaitable<void> scan_when_due();
  asio::awaitable<void> scan();
  asio::awaitable<result<void>> resolve(std::vector<marked_asset> found, scan_report& report);
  asio::awaitable<void> decide_absent(std::vector<journal_row> absent);
  asio::awaitable<void> sweep();
  asio::awaitable<void> compare(std::vector<marked_asset> found, scan_report& report);
  void scan_failed(mux::error why);
  void suspect(const journal_row& row);
  void report_duplicates(const journal_row& row, std::string kept, std::vector<std::string> others);

  // Assets that are being prepared.
  asio::awaitable<void> wait_until_ready();
  asio::awaitable<mux::result<bool>> look_at_preparing();
  asio::awaitable<mux::result<bool>> look_at_each(std::vector<journal_row> rows);
  asio::awaitable<mux::result<bool>> look_at_listing(std::optional<server_instant> floor);
  asio::awaitable<bool> note_readiness(journal_row row, readiness state, std::string reason);

  // Everything else.
  asio::awaitable<void> tick();
  asio::awaitable<void> watch_clock();
  asio::awaitable<bool> record(row_change change);
  asio::awaitable<void> conclude();
  asio::awaitable<void> list_failed(row_state which);
  void spawn(asio::awaitable<void> work, task what);
  asio::awaitable<void> children(std::size_t but);
  void cancel_all();
  void cancel(task what);
  void give_up(error why);
  void show(const journal_row& row, row_state state, std::string_view playback_id = {}, bool found = false);
  void show_progress();
  [[nodiscard]] work_left left(const progress& state, const ingest::pace& pace) const;
  [[nodiscard]] run_sample sample() const;
  [[nodiscard]] std::uint64_t bytes_done() const;
  void watch_throttling();
  void note_success();
  void wake_all();
  [[nodiscard]] bool stopping() const noexcept { return level_ != stop_level::none || out_of_time_; }
  [[nodiscard]] bool ending() const noexcept { return stopping() || summary_.why || fault_; }

  struct running {
    asio::cancellation_signal signal;
    task what;
  };

  remote& mux_;
  timing& time_;
  const engine_options& options_;
  listener& events_;
  const std::atomic<stop_level>& level_;
  asio::any_io_executor strand_;
  const instant begun_;
  journal journal_;
  std::unique_ptr<alarm> next_create_, next_scan_, next_wait_, next_tick_, next_stop_, child_ended_;
  summary summary_;
  forecast forecast_;
  watch_list watch_;

  std::deque<journal_row> ready_urls_,
      ready_files_;  ///< planned rows read from the journal; uploads to go on with
  std::int64_t last_read_ = 0;
  bool all_read_ = false;
  std::size_t creates_ = 0;   ///< under way
  std::size_t files_ = 0;     ///< under way
  std::size_t children_ = 0;  ///< coroutines, these included
  std::list<running> running_;
  std::exception_ptr fault_;
  std::optional<error> cannot_begin_;
  bool begun_run_ = false;    ///< the journal has noted this run
  bool created_all_ = false;  ///< no more creates, files and scans
  bool over_ = false;         ///< nothing more at all
  bool scanning_ = false;
  bool out_of_time_ = false;
  instant hold_until_{};            ///< no create before
  std::optional<instant> stop_at_;  ///< deadline of a graceful stop
  /// Bytes of files under way; written wherever they are sent.
  std::unordered_map<std::int64_t, std::shared_ptr<const std::atomic<std::uint64_t>>> durable_;
  int ambiguous_in_row_ = 0, unreachable_in_row_ = 0, scans_failed_in_row_ = 0;
  std::optional<server_instant> sweep_floor_;  ///< intent of the oldest row that was ambiguous
  bool sweep_all_ = false;                     ///< such a row's intent is unknown
  std::unordered_map<std::int64_t, duplicate_assets> duplicates_;
};

/// What an API's refusal says, without what is secret in the row's URL.
[[nodiscard]] std::string reason_of(const mux::error& e, const std::string& url);

/// 1, 2, 4 … 60 seconds.
[[nodiscard]] std::chrono::seconds doubling(int step);

/// Rows read from the journal at a time.
inline constexpr std::size_t rows_at_a_time = 256;

}  // namespace mux::inline v0::ingest
