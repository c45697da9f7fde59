#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "policy/instant.hpp"

namespace mux::inline v0::client_detail {

/// The server's time, carried on by the monotonic clock since the last answer: a wrong local clock changes
/// nothing. Thread-safe.
class server_clock {
 public:
  using time = std::chrono::sys_time<std::chrono::milliseconds>;

  void set(std::chrono::sys_seconds date, policy::instant now) {
    const std::scoped_lock lock(mutex_);
    date_ = date;
    at_ = now;
  }
  [[nodiscard]] std::optional<time> read(policy::instant now) const {
    const std::scoped_lock lock(mutex_);
    if (!date_) return {};
    return *date_ + std::chrono::duration_cast<std::chrono::milliseconds>(now - at_);
  }

 private:
  mutable std::mutex mutex_;
  std::optional<std::chrono::sys_seconds> date_;
  policy::instant at_{};
};

}  // namespace mux::inline v0::client_detail
