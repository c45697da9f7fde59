#include "codec/arena.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <utility>

namespace mux::inline v0::codec {

struct alignas(std::max_align_t) arena::piece {
  piece* next;
  std::size_t size;
  std::byte* bytes() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
};

namespace {

// The pieces of a page are wanted again for the next one. Given back in between, each of them would cost more
// time in the system than it takes to fill it. So the process keeps a few, of whatever thread.
constexpr std::size_t largest_kept = 1u << 20;
constinit std::array<std::atomic<arena::piece*>, 2> spares{};

void destroy(arena::piece* p) noexcept {
  ::operator delete(p);
}

arena::piece* obtain(std::size_t size) {
  for (auto& spare : spares) {
    arena::piece* const p = spare.exchange(nullptr);
    if (p && p->size >= size) return p;
    destroy(p);
  }
  return new (::operator new(sizeof(arena::piece) + size)) arena::piece{nullptr, size};
}

void dispose(arena::piece* p) noexcept {
#if !defined(__SANITIZE_ADDRESS__)  // which would not see who looks into a page that has gone
  for (auto& spare : spares) {
    arena::piece* empty = nullptr;
    if (p->size <= largest_kept && spare.compare_exchange_strong(empty, p)) return;
  }
#endif
  destroy(p);
}

}  // namespace

arena::~arena() {
  while (pieces_) dispose(std::exchange(pieces_, pieces_->next));
}

void* arena::allocate_piece(std::size_t size) {
  piece* const p = obtain(std::max(size, next_piece_));
  next_piece_ = later_piece;
  p->next = pieces_;
  pieces_ = p;
  // What is left of the smaller one of the two is given up.
  if (p->size - size >= left_) {
    at_ = p->bytes();
    left_ = p->size;
    take(size);
  }
  return p->bytes();
}

}  // namespace mux::inline v0::codec
