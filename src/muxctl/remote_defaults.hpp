#pragma once

#include <memory>
#include <string>

#include <mux/ingest/remote.hpp>

namespace mux::inline v0::muxctl {

/// What a create asks for where its row says nothing.
struct row_defaults {
  std::string playback_policy;
  std::string video_quality;
};

/// `inner`, with the defaults filled in just before a create.
[[nodiscard]] std::unique_ptr<ingest::remote> with_defaults(std::unique_ptr<ingest::remote> inner,
                                                            row_defaults defaults);

}  // namespace mux::inline v0::muxctl
