#pragma once

#include <mutex>
#include <string_view>

#include "emulator/message.hpp"
#include "emulator/world.hpp"

namespace mux::inline v0::emulator {

/// From request to answer, without I/O: control endpoints, or authentication, limits, faults and the
/// operation. Thread-safe.
class api {
 public:
  explicit api(const server_options& options) : world_(options) {}

  [[nodiscard]] reply handle(const message& request);

  /// Runs `f(world&)` while nothing else does.
  template <class F>
  decltype(auto) with_world(F&& f) const {
    const std::lock_guard guard(mutex_);
    return f(world_);
  }

 private:
  [[nodiscard]] reply answer(const message& request, const parsed_target& target);
  [[nodiscard]] const access_token* authenticate(std::string_view authorization) const;

  mutable std::mutex mutex_;
  mutable world world_;
};

}  // namespace mux::inline v0::emulator
