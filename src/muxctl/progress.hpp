#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <mux/ingest/engine.hpp>

#include "muxctl/output.hpp"

namespace mux::inline v0::muxctl {

/// `created 12/40 (30%), 1.0/s of 1.0/s allowed, about 28s left, failed 0, ambiguous 0, 429s 0`.
[[nodiscard]] std::string progress_line(const ingest::progress& p);

/// Shows an ingest's progress: one line that is rewritten on a terminal, elsewhere a plain line every 10 s
/// and at each tenth of the rows.
class progress_display {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  progress_display(output& out, time_point begin) : out_(out), last_plain_(begin) {}
  /// Called after each change and from time to time.
  void update(const ingest::progress& p, time_point now);
  /// Takes the rewritten line away.
  void end() { out_.status({}); }

 private:
  output& out_;
  time_point last_plain_;
  std::optional<std::uint64_t> last_tenth_;
};

}  // namespace mux::inline v0::muxctl
