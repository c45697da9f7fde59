#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <mux/ingest/engine.hpp>

#include "muxctl/output.hpp"
#include "muxctl/progress.hpp"

namespace mux::inline v0::muxctl {

/// Shows what an ingest does: progress and failed rows on stderr, events on stdout if asked for.
///
/// Each event is one line of JSON with `v` (1; raised when a member changes its meaning or goes away) and
/// `event`: `loaded`, `identity`, `row`, `scan`, `duplicates`, `throttled`, `progress`, `summary`.
class ingest_report final : public ingest::listener {
 public:
  /// `failed_too_often` is called once, when `max_errors` rows were refused (0: never).
  ingest_report(output& out, std::string manifest, bool events, std::uint64_t max_errors,
                std::function<void()> failed_too_often);

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

  output& out_;
  std::string manifest_;
  bool events_;
  std::uint64_t max_errors_, failed_ = 0;
  std::function<void()> failed_too_often_;
  bool stopped_by_errors_ = false;
  std::uint64_t already_created_ = 0;
  progress_display display_;
  ingest::progress latest_;
};

/// The lines that stand at the end of every run, the last of them `created N of M`.
[[nodiscard]] std::string summary_text(const ingest::summary& s, const std::string& manifest,
                                       const std::string& journal);

}  // namespace mux::inline v0::muxctl
