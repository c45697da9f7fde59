#pragma once

#include <cstddef>

namespace mux_test {

/// What is on the heap of the whole program: every block that `malloc` and its kin gave out, whoever asked.
struct heap_use {
  std::ptrdiff_t blocks = 0;
  std::ptrdiff_t bytes = 0;  ///< usable ones, as the allocator rounds up

  friend heap_use operator-(heap_use a, heap_use b) noexcept {
    return {a.blocks - b.blocks, a.bytes - b.bytes};
  }
};

/// Counted by hooks under `malloc`, as Asio's memory bypasses `operator new`. Threads other than the one that
/// asks must be quiet.
[[nodiscard]] heap_use heap_in_use() noexcept;

}  // namespace mux_test
