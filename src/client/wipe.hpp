#pragma once

#include <atomic>
#include <cstddef>

namespace mux::inline v0::client_detail {

/// Overwrites memory that held a secret, in a way that no compiler takes for useless.
inline void wipe(char* memory, std::size_t size) noexcept {
  volatile char* const at = memory;
  for (std::size_t i = 0; i < size; ++i) at[i] = 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace mux::inline v0::client_detail
