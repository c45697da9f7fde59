#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <mux/ingest/survey.hpp>
#include <mux/options.hpp>

namespace mux::inline v0::muxctl {

/// What `--dry-run` says: as lines for people, or as one event.
[[nodiscard]] std::string dry_run_text(const ingest::manifest_survey& found, const class_limit& limit);
[[nodiscard]] std::string dry_run_event(const ingest::manifest_survey& found, const std::string& manifest,
                                        const class_limit& limit);

/// Time until the last of `creates` goes out, with a full bucket at the start.
[[nodiscard]] std::chrono::nanoseconds predict_time(std::uint64_t creates, const class_limit& limit);

}  // namespace mux::inline v0::muxctl
