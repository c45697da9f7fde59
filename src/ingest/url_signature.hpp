#pragma once

#include <string>
#include <string_view>

namespace mux::inline v0::ingest {

/// `url` without the query parameters by which AWS, Google, CloudFront and Azure sign it; all others keep
/// their order. Names are compared without case; those that others use too count as a signature's only if
/// the signature itself is there.
[[nodiscard]] std::string without_signature(std::string_view url);

}  // namespace mux::inline v0::ingest
