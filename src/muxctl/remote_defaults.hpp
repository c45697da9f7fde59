#pragma once

#include <memory>

#include <mux/ingest/remote.hpp>
#include <mux/ingest/row_defaults.hpp>

namespace mux::inline v0::muxctl {

/// `inner`, with the defaults filled in just before a create.
[[nodiscard]] std::unique_ptr<ingest::remote> with_defaults(std::unique_ptr<ingest::remote> inner,
                                                            ingest::row_defaults defaults);

}  // namespace mux::inline v0::muxctl
