#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <mux/ingest/engine.hpp>

#include "muxctl/error_limit.hpp"
#include "muxctl/output.hpp"
#include "muxctl/progress.hpp"

namespace mux::inline v0::muxctl {

/// Shows what an ingest does: progress and failed rows on stderr, events on stdout if asked for.
///
/// Each event is one line of JSON with `v` (1; raised when a member changes its meaning or goes away) and
/// `event`: `loaded`, `identity`, `row`, `scan`, `duplicates`, `throttled`, `progress`, `summary`.
class ingest_report final : public ingest::listener {
 public:
  /// `failed_too_often` is called once, when more rows failed in this run than `limit` allows. `pause_left`
  /// says how long a refusal still keeps creates back.
  ingest_report(output& out, std::string manifest, bool events, error_limit limit,
                std::optional<std::chrono::nanoseconds> progress_interval,
                std::function<void()> failed_too_often, std::function<std::chrono::nanoseconds()> pause_left);

  void on_loaded(const ingest::load_report& loaded, const ingest::row_counts& rows) override;
  void on_identity(const ingest::identity& who) override;
  void on_row(const ingest::row_event& row) override;
  void on_scan_started(std::uint64_t wanted, bool sweep) override;
  void on_scan_ended(const ingest::scan_report& scan) override;
  void on_duplicates(const ingest::duplicate_assets& duplicates) override;
  void on_throttled(std::uint64_t refused) override;
  void on_progress(const ingest::progress& now) override;

  /// Says where the batch stands, whatever the cadence.
  void show_status();
  [[nodiscard]] bool stopped_by_errors() const noexcept { return stopped_by_errors_; }
  /// The end: on stderr always, as an event if asked for.
  void finish(const ingest::summary& s, const std::string& journal, exit_code ends_with);

 private:
  void emit(std::string event);
  void count(ingest::row_state state);
  [[nodiscard]] limiter_view limiter() const { return view_of(latest_, pause_left_()); }

  output& out_;
  std::string manifest_;
  bool events_;
  error_limit limit_;
  std::uint64_t failed_ = 0, settled_ = 0;  ///< by this run
  std::function<void()> failed_too_often_;
  std::function<std::chrono::nanoseconds()> pause_left_;
  bool stopped_by_errors_ = false;
  std::uint64_t already_created_ = 0;
  progress_display display_;
  ingest::progress latest_;
};

/// The lines that stand at the end of every run, the last of them `created N of M`.
[[nodiscard]] std::string summary_text(const ingest::summary& s, const std::string& manifest,
                                       const std::string& journal);

}  // namespace mux::inline v0::muxctl
