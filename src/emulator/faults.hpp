#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include <mux/emulator/fault.hpp>

#include "emulator/message.hpp"

namespace mux::inline v0::emulator {

/// True if a request with this fault is not executed.
[[nodiscard]] bool prevents(fault_kind kind) noexcept;

/// What a fault makes of the answer that would have been.
[[nodiscard]] reply spoiled(const fault& f, reply answer);

/// The faults in force.
class fault_plan {
 public:
  fault_plan(std::vector<fault> faults, std::uint64_t seed) : faults_(std::move(faults)), random_(seed) {}

  void set(std::vector<fault> faults) { faults_ = std::move(faults); }
  void add(fault f) { faults_.push_back(std::move(f)); }
  /// The first fault that befalls a request of this operation and class, if any.
  [[nodiscard]] std::optional<fault> draw(std::string_view operation, std::string_view class_name);

 private:
  std::vector<fault> faults_;
  std::mt19937_64 random_;
};

}  // namespace mux::inline v0::emulator
