#include "muxctl/progress.hpp"

#include <cmath>
#include <cstdio>

#include "muxctl/duration.hpp"

namespace mux::inline v0::muxctl {

namespace {

constexpr auto plain_cadence = std::chrono::seconds(10);

// Rows that nothing more is done for.
std::uint64_t ended(const ingest::progress& p) {
  return p.rows.total() - p.rows.left();
}

std::string format_rate(double rate) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
  return buffer;
}

}  // namespace

std::string progress_line(const ingest::progress& p) {
  const std::uint64_t total = p.rows.total();
  const std::uint64_t percent = total ? ended(p) * 100 / total : 100;
  std::string line = "created " + std::to_string(p.rows.done()) + "/" + std::to_string(total) + " (" +
                     std::to_string(percent) + "%)";
  const bool measured = p.measured_rate > 0;
  if (measured) line += ", " + format_rate(p.measured_rate);
  if (std::isfinite(p.allowed_rate) && p.allowed_rate > 0)
    line += (measured ? " of " : ", ") + format_rate(p.allowed_rate) + " allowed";
  if (p.rows.left() > 0) line += ", about " + format_duration(p.eta) + " left";
  return line + ", failed " + std::to_string(p.rows[ingest::row_state::failed]) + ", ambiguous " +
         std::to_string(p.rows[ingest::row_state::ambiguous]) + ", 429s " + std::to_string(p.throttled);
}

void progress_display::update(const ingest::progress& p, time_point now) {
  if (out_.has_status()) {
    out_.status(progress_line(p));
    return;
  }
  const std::uint64_t total = p.rows.total();
  const std::uint64_t tenth = total ? ended(p) * 10 / total : 0;
  const bool reached = last_tenth_ && tenth > *last_tenth_;
  if (!last_tenth_ || reached) last_tenth_ = tenth;
  if (!reached && now - last_plain_ < plain_cadence) return;
  last_plain_ = now;
  out_.note(progress_line(p));
}

}  // namespace mux::inline v0::muxctl
