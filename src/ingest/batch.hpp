#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <mux/ingest/engine.hpp>

#include "ingest/asset_walk.hpp"
#include "ingest/forecast.hpp"
#include "ingest/watch_list.hpp"

namespace mux::inline v0::ingest {

/// How urgently a batch is asked to end.
enum class stop_level : std::uint8_t { none, drain, abort };

/// One run over a manifest. Lives on one strand: the loop that begins creates, the creates, the scanner for
/// ambiguous rows and the progress ticker are coroutines that share its members without locks.
class batch {
 public:
  batch(remote& mux, timing& time, const engine_options& options, listener& events,
        const std::atomic<stop_level>& level, asio::any_io_executor strand);

  asio::awaitable<result<summary>> run(manifest_source manifest);
  /// `level` changed. On the strand.
  void on_stop();

 private:
  using instant = std::chrono::steady_clock::time_point;

  // What comes before the first create.
  asio::awaitable<void> begin(manifest_source manifest);
  asio::awaitable<result<void>> load(manifest_source manifest);
  asio::awaitable<result<void>> take_leftovers();

  // Creates.
  asio::awaitable<void> create_all();
  asio::awaitable<bool> refill();
  asio::awaitable<void> create_row(journal_row row);
  asio::awaitable<void> settle(journal_row row, const mux::error& why);
  asio::awaitable<void> return_to_plan(journal_row row, std::string reason);
  [[nodiscard]] bool may_begin() const;
  [[nodiscard]] bool all_dealt_with() const;
  [[nodiscard]] std::size_t concurrency() const;

  // Ambiguous rows.
  asio::awaitable<void> scan_when_due();
  asio::awaitable<void> scan();
  asio::awaitable<result<void>> resolve(std::vector<marked_asset> found, scan_report& report);
  asio::awaitable<void> decide_absent(std::vector<journal_row> absent);
  asio::awaitable<void> sweep();
  asio::awaitable<void> compare(std::vector<marked_asset> found, scan_report& report);
  void scan_failed(mux::error why);
  void report_duplicates(const journal_row& row, std::string kept, std::vector<std::string> others);

  // Everything else.
  asio::awaitable<void> tick();
  asio::awaitable<bool> record(row_change change);
  asio::awaitable<void> conclude();
  void spawn(asio::awaitable<void> work, bool is_create);
  asio::awaitable<void> children();
  void cancel_calls();
  void give_up(error why);
  void show(const journal_row& row, row_state state, std::string_view playback_id = {}, bool found = false);
  void show_progress();
  void watch_throttling();
  void note_success();
  [[nodiscard]] bool ending() const noexcept { return level_ != stop_level::none || summary_.why || fault_; }

  remote& mux_;
  timing& time_;
  const engine_options& options_;
  listener& events_;
  const std::atomic<stop_level>& level_;
  asio::any_io_executor strand_;
  const instant begun_;
  journal journal_;
  std::unique_ptr<alarm> next_create_, next_scan_, next_tick_, child_ended_;
  summary summary_;
  forecast forecast_;
  watch_list watch_;

  std::deque<journal_row> ready_;  ///< planned rows read from the journal
  std::int64_t last_read_ = 0;
  bool all_read_ = false;
  std::size_t creates_ = 0;   ///< under way
  std::size_t children_ = 0;  ///< coroutines, creates included
  std::list<asio::cancellation_signal> signals_;
  std::exception_ptr fault_;
  std::optional<error> cannot_begin_;
  bool done_ = false;  ///< no more creates and scans
  bool scanning_ = false;
  instant hold_until_{};            ///< no create before
  std::optional<instant> stop_at_;  ///< deadline of a graceful stop
  int ambiguous_in_row_ = 0, unreachable_in_row_ = 0, scans_failed_in_row_ = 0;
  std::optional<server_instant> sweep_floor_;  ///< intent of the oldest row that was ambiguous
  bool sweep_all_ = false;                     ///< such a row's intent is unknown
  std::unordered_map<std::int64_t, duplicate_assets> duplicates_;
};

}  // namespace mux::inline v0::ingest
