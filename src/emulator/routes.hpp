#pragma once

#include <array>
#include <string>
#include <string_view>

#include "emulator/message.hpp"
#include "emulator/world.hpp"

namespace mux::inline v0::emulator {

/// A request on its way to its operation.
struct visit {
  emulator::world& world;
  const access_token& token;
  emulator::environment& environment;
  const parsed_target& target;
  std::string_view body;
  std::string_view host;
  time_point now;
  std::array<std::string, 2> parameters{};  ///< the path's, in their order

  /// The asset that the first parameter names, or null.
  [[nodiscard]] stored_asset* asset() const { return environment.assets.find(parameters[0]); }
  /// The upload that the first parameter names, or null.
  [[nodiscard]] stored_upload* upload() const { return environment.uploads.find(parameters[0]); }
};

struct route {
  std::string_view method;
  std::string_view pattern;    ///< `/video/v1/assets/{}`
  std::string_view operation;  ///< `video.assets.retrieve`
  reply (*run)(visit&);
};

/// The route of this method and path, or null. Fills `parameters`.
[[nodiscard]] const route* find_route(std::string_view method, std::string_view path,
                                      std::array<std::string, 2>& parameters);

namespace assets {
reply create(visit& v);
reply list(visit& v);
reply retrieve(visit& v);
reply update(visit& v);
reply remove(visit& v);
reply create_playback_id(visit& v);
reply retrieve_playback_id(visit& v);
reply delete_playback_id(visit& v);
}  // namespace assets

namespace uploads {
reply create(visit& v);
reply list(visit& v);
reply retrieve(visit& v);
reply cancel(visit& v);
}  // namespace uploads

namespace utilities {
reply whoami(visit& v);
}

}  // namespace mux::inline v0::emulator
