#pragma once

// Memory of values that end together: taken in a few large pieces, given back at once.

#include <cstddef>
#include <cstdint>

namespace mux::inline v0::codec {

class arena {
 public:
  /// `first_piece`: bytes that will most likely do. What of them is never used costs no memory, as long as
  /// the system gives out pages when they are touched.
  explicit arena(std::size_t first_piece) noexcept : next_piece_(first_piece) {}
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;
  ~arena();

  /// Bytes for values of any type that needs no destruction. `alignment` is at most that of std::max_align_t.
  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment) {
    const std::size_t padding = (0 - reinterpret_cast<std::uintptr_t>(at_)) & (alignment - 1);
    if (size + padding > left_) return allocate_piece(size);
    std::byte* const result = at_ + padding;
    take(size + padding);
    return result;
  }
  /// Makes the allocation of `size` bytes at `from` smaller; does nothing unless it is the latest.
  void shrink(void* from, std::size_t size, std::size_t smaller) noexcept {
    if (static_cast<std::byte*>(from) + size != at_) return;
    at_ -= size - smaller;
    left_ += size - smaller;
  }

  struct piece;

 private:
  static constexpr std::size_t later_piece = 32u << 10;

  void take(std::size_t size) noexcept {
    at_ += size;
    left_ -= size;
  }
  [[nodiscard]] void* allocate_piece(std::size_t size);

  piece* pieces_ = nullptr;  ///< the latest first
  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t next_piece_;
};

}  // namespace mux::inline v0::codec
