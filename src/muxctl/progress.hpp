#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <mux/ingest/engine.hpp>

#include "muxctl/output.hpp"

namespace mux::inline v0::muxctl {

/// What the limiter does with creates at an instant.
struct limiter_view {
  enum class state : std::uint8_t {
    open,       ///< nothing waits for it
    waiting,    ///< creates wait for their turn
    full_rate,  ///< as many creates go out as it allows
    paused,     ///< nothing goes out for `left`, as the server refused with 429
  };
  state now = state::open;
  std::chrono::nanoseconds left{0};
};

/// `pause_left`: how long a refusal still keeps everything back.
[[nodiscard]] limiter_view view_of(const ingest::progress& p, std::chrono::nanoseconds pause_left);

/// `created 12/40 (30%), 1.0/s of 1.0/s allowed, about 28s left, failed 0, ambiguous 0, 429s 0`, then what
/// else there is: bytes, uploads, the limiter if it is paused.
[[nodiscard]] std::string progress_line(const ingest::progress& p, const limiter_view& limiter = {});

/// The same for a terminal of so many columns: with a bar, and without what finds no room.
[[nodiscard]] std::string progress_bar(const ingest::progress& p, const limiter_view& limiter,
                                       std::size_t columns, bool unicode);

/// The terminal shows characters beyond ASCII, going by LC_ALL, LC_CTYPE or LANG.
[[nodiscard]] bool shows_unicode(const char* all, const char* type, const char* lang) noexcept;

/// Shows an ingest's progress: one line that is rewritten on a terminal, elsewhere a plain line every 10 s
/// and at each percent of the rows, or as often as `interval` says (0: never).
class progress_display {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  progress_display(output& out, time_point begin, std::optional<std::chrono::nanoseconds> interval = {});
  /// Called after each change and from time to time.
  void update(const ingest::progress& p, const limiter_view& limiter, time_point now);
  /// Takes the rewritten line away.
  void end() { out_.status({}); }

 private:
  output& out_;
  time_point last_plain_;
  std::optional<std::chrono::nanoseconds> interval_;
  std::optional<std::uint64_t> last_percent_;
  bool unicode_;
};

}  // namespace mux::inline v0::muxctl
