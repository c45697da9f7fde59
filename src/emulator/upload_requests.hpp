#pragma once

#include <boost/json/value.hpp>

#include "emulator/asset_requests.hpp"
#include "emulator/upload.hpp"

namespace mux::inline v0::emulator {

/// Fills `upload` from the body of a create, the settings of its asset included.
[[nodiscard]] faults_found read_upload(const boost::json::object& body, stored_upload& upload);

}  // namespace mux::inline v0::emulator
