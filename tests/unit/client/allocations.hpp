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

/// While it lives, what comes onto the heap and leaves it is counted, by hooks under `malloc`, as Asio's
/// memory bypasses `operator new`. One at a time; threads other than the one that asks must be quiet.
class heap_watch {
 public:
  /// False under ThreadSanitizer, which keeps some blocks from the hooks.
#if defined(__SANITIZE_THREAD__)
  static constexpr bool sound = false;
#else
  static constexpr bool sound = true;
#endif

  heap_watch() noexcept;
  ~heap_watch();
  heap_watch(const heap_watch&) = delete;
  heap_watch& operator=(const heap_watch&) = delete;
  /// What came since the beginning and is still there.
  [[nodiscard]] heap_use in_use() const noexcept;
};

}  // namespace mux_test
