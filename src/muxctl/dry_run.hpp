#pragma once

#include <chrono>
#include <cstdint>

#include <mux/ingest/manifest.hpp>
#include <mux/options.hpp>

namespace mux::inline v0::muxctl {

/// What an ingest of a manifest would do.
struct dry_run_report {
  std::uint64_t rows = 0;            ///< to be created
  std::uint64_t duplicates = 0;      ///< rows that repeat an earlier one
  std::chrono::nanoseconds time{0};  ///< until the last create, with a full bucket at the start
};

/// Reads the manifest to its end. Errors: `manifest_invalid`.
[[nodiscard]] ingest::result<dry_run_report> dry_run(ingest::manifest_reader& manifest,
                                                     const class_limit& limit);

/// Time until the last of `creates` goes out.
[[nodiscard]] std::chrono::nanoseconds predict_time(std::uint64_t creates, const class_limit& limit);

}  // namespace mux::inline v0::muxctl
