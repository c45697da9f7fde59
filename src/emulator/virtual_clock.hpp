#pragma once

#include <chrono>

namespace mux::inline v0::emulator {

using time_point = std::chrono::sys_time<std::chrono::nanoseconds>;

/// The time that buckets, lifecycles and `Date` go by: starts at the real time, never goes back, can be
/// pushed ahead.
class virtual_clock {
 public:
  explicit virtual_clock(bool frozen) noexcept : frozen_(frozen) {}

  [[nodiscard]] time_point now() const noexcept {
    const std::chrono::nanoseconds passed =
        frozen_ ? std::chrono::nanoseconds(0) : std::chrono::steady_clock::now() - steady_start_;
    return start_ + passed + pushed_;
  }
  void advance(std::chrono::nanoseconds by) noexcept { pushed_ += by; }

 private:
  bool frozen_;
  time_point start_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
  std::chrono::nanoseconds pushed_{0};
};

}  // namespace mux::inline v0::emulator
