#include "muxctl/progress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "muxctl/duration.hpp"
#include "muxctl/escape.hpp"
#include "muxctl/text_report.hpp"

namespace mux::inline v0::muxctl {

namespace {

using ingest::row_state;

constexpr auto plain_cadence = std::chrono::seconds(10);
constexpr std::size_t shortest_bar = 10, longest_bar = 30;

// Rows that nothing more is done for.
std::uint64_t ended(const ingest::progress& p) {
  return p.rows.total() - p.rows.left();
}

std::uint64_t percent_of(const ingest::progress& p) {
  return p.rows.total() ? ended(p) * 100 / p.rows.total() : 100;
}

std::uint64_t failures(const ingest::progress& p) {
  return p.rows[row_state::failed] + p.rows[row_state::errored];
}

std::string format_rate(double rate) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
  return buffer;
}

bool limited(const ingest::progress& p) {
  return std::isfinite(p.allowed_rate) && p.allowed_rate > 0;
}

std::string head_of(const ingest::progress& p) {
  return "created " + std::to_string(p.rows.done()) + "/" + std::to_string(p.rows.total()) + " (" +
         std::to_string(percent_of(p)) + "%)";
}

std::string bytes_of(const ingest::progress& p) {
  if (p.bytes.total == 0) return {};
  std::string text = format_bytes(p.bytes.done) + " of " + format_bytes(p.bytes.total);
  if (p.bytes_rate > 0) text += " at " + format_bytes(static_cast<std::uint64_t>(p.bytes_rate)) + "/s";
  return text;
}

std::string limiter_text(const limiter_view& limiter) {
  switch (limiter.now) {
    case limiter_view::state::waiting:
      return "waits for its turn";
    case limiter_view::state::full_rate:
      return "at full rate";
    case limiter_view::state::paused:
      return "paused " + format_duration(limiter.left) + " after a 429";
    case limiter_view::state::open:
      break;
  }
  return {};
}

std::string drawn_bar(double share, std::size_t width, bool unicode) {
  const double cells = share * static_cast<double>(unicode ? width : width - 2);
  const auto full = static_cast<std::size_t>(cells);
  std::string bar;
  if (!unicode) {
    bar = "[" + std::string(full, '#');
    bar.resize(width - 1, '-');
    return bar + "]";
  }
  constexpr std::array<const char*, 8> eighths = {"░", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  for (std::size_t i = 0; i < width; ++i)
    bar += i < full   ? "█"
           : i > full ? "░"
                      : eighths[static_cast<std::size_t>((cells - static_cast<double>(full)) * 8)];
  return bar;
}

// What may stand behind the bar, in its order there; the smallest rank finds room first.
struct part {
  int rank;
  std::string text;
};

std::vector<part> parts_of(const ingest::progress& p, const limiter_view& limiter) {
  const auto count = [](std::uint64_t number, const char* name) {
    return number > 0 ? name + std::string(" ") + std::to_string(number) : std::string();
  };
  std::string rate = p.measured_rate > 0 ? format_rate(p.measured_rate) : std::string();
  if (limited(p)) rate += (rate.empty() ? "" : " of ") + format_rate(p.allowed_rate);
  const bool paused = limiter.now == limiter_view::state::paused;
  return {{3, rate},
          {1, p.rows.left() > 0 ? format_duration(p.eta) + " left" : std::string()},
          {4, bytes_of(p)},
          {7, count(p.uploads, "uploading")},
          {paused ? 2 : 6, limiter_text(limiter)},
          {0, count(failures(p), "failed")},
          {5, count(p.rows[row_state::ambiguous], "ambiguous")},
          {8, count(p.throttled, "429s")}};
}

}  // namespace

limiter_view view_of(const ingest::progress& p, std::chrono::nanoseconds pause_left) {
  using state = limiter_view::state;
  if (pause_left >= std::chrono::milliseconds(100)) return {state::paused, pause_left};
  if (limited(p) && p.rows.left() > 0 && p.measured_rate >= 0.9 * p.allowed_rate)
    return {state::full_rate, {}};
  return {p.queued > 0 ? state::waiting : state::open, {}};
}

std::string progress_line(const ingest::progress& p, const limiter_view& limiter) {
  std::string line = head_of(p);
  const bool measured = p.measured_rate > 0;
  if (measured) line += ", " + format_rate(p.measured_rate);
  if (limited(p)) line += (measured ? " of " : ", ") + format_rate(p.allowed_rate) + " allowed";
  if (p.rows.left() > 0) line += ", about " + format_duration(p.eta) + " left";
  line += ", failed " + std::to_string(failures(p)) + ", ambiguous " +
          std::to_string(p.rows[row_state::ambiguous]) + ", 429s " + std::to_string(p.throttled);
  if (const std::string bytes = bytes_of(p); !bytes.empty()) line += ", " + bytes;
  if (p.uploads > 0) line += ", uploading " + std::to_string(p.uploads);
  if (limiter.now == limiter_view::state::paused) line += ", " + limiter_text(limiter);
  return line;
}

std::string progress_bar(const ingest::progress& p, const limiter_view& limiter, std::size_t columns,
                         bool unicode) {
  const std::string head = head_of(p);
  std::vector<part> parts = parts_of(p, limiter);
  std::vector<const part*> by_rank;
  for (const part& one : parts)
    if (!one.text.empty()) by_rank.push_back(&one);
  std::sort(by_rank.begin(), by_rank.end(), [](const part* a, const part* b) { return a->rank < b->rank; });
  std::size_t used = display_width(head) + 1 + shortest_bar;
  const part* last = nullptr;
  for (const part* one : by_rank) {
    const std::size_t needed = 2 + display_width(one->text);
    if (used + needed > columns) break;
    used += needed;
    last = one;
  }
  std::string tail;
  for (const part& one : parts)
    if (last && !one.text.empty() && one.rank <= last->rank) tail += (tail.empty() ? " " : ", ") + one.text;
  const std::size_t taken = display_width(head) + 1 + display_width(tail);
  if (taken + shortest_bar > columns) return head;
  const double share =
      p.rows.total() ? static_cast<double>(ended(p)) / static_cast<double>(p.rows.total()) : 1;
  return head + " " + drawn_bar(share, std::min(longest_bar, columns - taken), unicode) + tail;
}

bool shows_unicode(const char* all, const char* type, const char* lang) noexcept {
  for (const char* name : {all, type, lang}) {
    if (!name || !*name) continue;
    const std::string_view locale(name);
    for (const std::string_view spelling : {"UTF-8", "utf-8", "UTF8", "utf8"})
      if (locale.find(spelling) != locale.npos) return true;
    return false;
  }
  return false;
}

progress_display::progress_display(output& out, time_point begin,
                                   std::optional<std::chrono::nanoseconds> interval)
    : out_(out),
      last_plain_(begin),
      interval_(interval),
      unicode_(shows_unicode(std::getenv("LC_ALL"), std::getenv("LC_CTYPE"), std::getenv("LANG"))) {}

void progress_display::update(const ingest::progress& p, const limiter_view& limiter, time_point now) {
  if (out_.has_status()) {
    out_.status(progress_bar(p, limiter, out_.columns() - 1, unicode_));
    return;
  }
  if (interval_ && interval_->count() == 0) return;
  const std::uint64_t percent = percent_of(p);
  const bool reached = !interval_ && last_percent_ && percent > *last_percent_;
  if (!last_percent_ || reached) last_percent_ = percent;
  if (!reached && now - last_plain_ < interval_.value_or(plain_cadence)) return;
  last_plain_ = now;
  out_.note(progress_line(p, limiter));
}

}  // namespace mux::inline v0::muxctl
