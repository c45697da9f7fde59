#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "client/nap.hpp"

namespace mux::inline v0::client_detail {

/// The calls under way, for whoever wants to wait for their end. Thread-safe.
class activity {
 public:
  /// One call; over when destroyed.
  class call {
   public:
    explicit call(activity& of) : of_(of), admitted_(of.begin()) {}
    call(const call&) = delete;
    call& operator=(const call&) = delete;
    ~call() {
      if (admitted_) of_.end();
    }
    /// False: no call begins any more.
    [[nodiscard]] bool admitted() const noexcept { return admitted_; }

   private:
    activity& of_;
    const bool admitted_;
  };

  /// No call begins from now on. The nap is over when the last one has ended.
  [[nodiscard]] std::shared_ptr<nap> drain() {
    const auto last = std::make_shared<nap>();
    const std::lock_guard lock(mutex_);
    draining_ = true;
    if (calls_ == 0)
      last->release();
    else
      waiting_.push_back(last);
    return last;
  }
  [[nodiscard]] bool idle() const {
    const std::lock_guard lock(mutex_);
    return calls_ == 0;
  }

 private:
  bool begin() {
    const std::lock_guard lock(mutex_);
    if (!draining_) ++calls_;
    return !draining_;
  }
  void end() {
    std::vector<std::shared_ptr<nap>> over;
    const std::lock_guard lock(mutex_);
    if (--calls_ == 0) over = std::exchange(waiting_, {});
    for (const std::shared_ptr<nap>& one : over) one->release();
  }

  mutable std::mutex mutex_;
  std::size_t calls_ = 0;
  bool draining_ = false;
  std::vector<std::shared_ptr<nap>> waiting_;
};

}  // namespace mux::inline v0::client_detail
