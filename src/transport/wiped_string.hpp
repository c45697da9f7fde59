#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <openssl/crypto.h>

namespace mux::inline v0::transport {

/// Overwrites memory before it gives it back.
template <class T>
struct wiping_allocator {
  using value_type = T;
  wiping_allocator() noexcept = default;
  template <class U>
  wiping_allocator(const wiping_allocator<U>&) noexcept {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) noexcept {
    OPENSSL_cleanse(p, n * sizeof(T));
    std::allocator<T>().deallocate(p, n);
  }
  friend bool operator==(const wiping_allocator&, const wiping_allocator&) noexcept { return true; }
};

/// Bytes from or to the wire, where credentials, keys and signed addresses go by. A text of up to 15 bytes
/// stands in the object itself and is not wiped.
using wiped_string = std::basic_string<char, std::char_traits<char>, wiping_allocator<char>>;

}  // namespace mux::inline v0::transport
