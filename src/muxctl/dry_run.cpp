#include "muxctl/dry_run.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <unordered_set>

namespace mux::inline v0::muxctl {

namespace {

// Hashes, so that ten million rows fit in memory; a collision makes a forecast wrong by one row.
std::size_t hash_of(const ingest::manifest_row& row) {
  std::string cells;
  for (const std::string* cell : {&row.url, &row.title, &row.external_id, &row.creator_id, &row.passthrough,
                                  &row.playback_policy, &row.video_quality})
    (cells += *cell) += '\0';
  return std::hash<std::string>()(cells);
}

}  // namespace

std::chrono::nanoseconds predict_time(std::uint64_t creates, const class_limit& limit) {
  // The client keeps one token of a known bucket in reserve and takes three of an unknown one.
  const int at_once = limit.burst ? std::max(1, *limit.burst - 1) : 3;
  const double queued = std::max(0.0, static_cast<double>(creates) - at_once);
  if (std::isinf(limit.rate)) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(std::min(queued / limit.rate, 9e9) * 1e9));
}

ingest::result<dry_run_report> dry_run(ingest::manifest_reader& manifest, const class_limit& limit) {
  dry_run_report report;
  std::unordered_set<std::size_t> seen;
  while (const auto row = manifest.next()) {
    if (seen.insert(hash_of(*row)).second)
      ++report.rows;
    else
      ++report.duplicates;
  }
  if (manifest.fault_count() > 0) return manifest.fault_error();
  report.time = predict_time(report.rows, limit);
  return report;
}

}  // namespace mux::inline v0::muxctl
