#include "codec/arena.hpp"

#include <algorithm>

namespace mux::inline v0::codec {

void* arena::allocate_piece(std::size_t size) {
  const std::size_t piece = std::max(size, next_piece_);
  next_piece_ = later_piece;
  pieces_.push_back(std::make_unique_for_overwrite<std::byte[]>(piece));
  std::byte* const result = pieces_.back().get();
  // What is left of the smaller one of the two is given up.
  if (piece - size >= left_) {
    at_ = result;
    left_ = piece;
    take(size);
  }
  return result;
}

}  // namespace mux::inline v0::codec
