#pragma once

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

/// Links of a deadline_heap, inside the element.
struct deadline_links {
  instant deadline = never;
  deadline_links* child = nullptr;
  deadline_links* next = nullptr;  ///< right sibling
  deadline_links* prev = nullptr;  ///< left sibling, or the parent for the first child
  bool in_heap = false;
};

/// An intrusive pairing heap by deadline: no allocation, insertion in O(1), removal of any element in O(log
/// n) amortised.
class deadline_heap {
 public:
  [[nodiscard]] deadline_links* earliest() const noexcept { return root_; }
  void insert(deadline_links& e) noexcept;
  void remove(deadline_links& e) noexcept;

 private:
  static deadline_links* meld(deadline_links* a, deadline_links* b) noexcept;
  static deadline_links* meld_siblings(deadline_links* first) noexcept;

  deadline_links* root_ = nullptr;
};

}  // namespace mux::inline v0::policy
