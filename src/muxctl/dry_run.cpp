#include "muxctl/dry_run.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "muxctl/duration.hpp"
#include "muxctl/event.hpp"
#include "muxctl/text_report.hpp"

namespace mux::inline v0::muxctl {

namespace {

std::string lines_of(const ingest::manifest_survey& found) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, found.duplicate_lines.size()); ++i)
    text += (i > 0                   ? ", "
             : found.duplicates == 1 ? " (line "
                                     : " (lines ") +
            std::to_string(found.duplicate_lines[i]);
  if (found.duplicates > most) text += ", …";
  return text.empty() ? text : text + ")";
}

}  // namespace

std::chrono::nanoseconds predict_time(std::uint64_t creates, const class_limit& limit) {
  // The client keeps one token of a known bucket in reserve and takes three of an unknown one.
  const int at_once = limit.burst ? std::max(1, *limit.burst - 1) : 3;
  const double queued = std::max(0.0, static_cast<double>(creates) - at_once);
  if (std::isinf(limit.rate)) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(std::min(queued / limit.rate, 9e9) * 1e9));
}

std::string dry_run_text(const ingest::manifest_survey& found, const class_limit& limit) {
  std::string text = "rows to create: " + std::to_string(found.creates) +
                     "\nduplicate rows: " + std::to_string(found.duplicates) + lines_of(found) + "\n";
  if (found.known.total() > 0) {
    text += "rows that have their asset: " + std::to_string(found.known.done()) + "\n";
    if (const std::uint64_t failed = found.known[ingest::row_state::failed]; failed > 0)
      text += "rows refused before: " + std::to_string(failed) + "\n";
  }
  if (found.files > 0)
    text += "files to upload: " + std::to_string(found.files) + ", " + format_bytes(found.bytes) + "\n";
  return text + "predicted time: " + format_duration(predict_time(found.creates, limit)) + "\n";
}

std::string dry_run_event(const ingest::manifest_survey& found, const std::string& manifest,
                          const class_limit& limit) {
  event told("dry_run");
  told.text("manifest", manifest)
      .number("rows", found.rows)
      .number("creates", found.creates)
      .number("duplicate_rows", found.duplicates)
      .number("done", found.known.done())
      .number("failed", found.known[ingest::row_state::failed])
      .number("files", found.files)
      .number("bytes", found.bytes)
      .real("predicted_s", std::chrono::duration<double>(predict_time(found.creates, limit)).count());
  return told.line();
}

}  // namespace mux::inline v0::muxctl
