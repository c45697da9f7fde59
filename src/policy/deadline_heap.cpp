#include "policy/deadline_heap.hpp"

#include <utility>

namespace mux::inline v0::policy {

deadline_links* deadline_heap::meld(deadline_links* a, deadline_links* b) noexcept {
  if (!a) return b;
  if (!b) return a;
  if (b->deadline < a->deadline) std::swap(a, b);
  b->prev = a;
  b->next = a->child;
  if (a->child) a->child->prev = b;
  a->child = b;
  return a;
}

deadline_links* deadline_heap::meld_siblings(deadline_links* first) noexcept {
  // Pairs from the left, then the pairs from the right; iterative, as a long list must not use up the stack.
  deadline_links* pairs = nullptr;
  while (first) {
    deadline_links* a = first;
    deadline_links* b = a->next;
    first = b ? b->next : nullptr;
    a->prev = a->next = nullptr;
    if (b) b->prev = b->next = nullptr;
    deadline_links* pair = meld(a, b);
    pair->next = pairs;
    pairs = pair;
  }
  deadline_links* root = nullptr;
  while (pairs) {
    deadline_links* rest = pairs->next;
    pairs->next = nullptr;
    root = meld(root, pairs);
    pairs = rest;
  }
  return root;
}

void deadline_heap::insert(deadline_links& e) noexcept {
  e.child = e.next = e.prev = nullptr;
  e.in_heap = true;
  root_ = meld(root_, &e);
}

void deadline_heap::remove(deadline_links& e) noexcept {
  if (!e.in_heap) return;
  deadline_links* below = meld_siblings(e.child);
  if (&e == root_) {
    root_ = below;
  } else {
    if (e.prev->child == &e)
      e.prev->child = e.next;
    else
      e.prev->next = e.next;
    if (e.next) e.next->prev = e.prev;
    root_ = meld(root_, below);
  }
  e.child = e.next = e.prev = nullptr;
  e.in_heap = false;
}

}  // namespace mux::inline v0::policy
