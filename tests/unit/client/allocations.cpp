#include "unit/client/allocations.hpp"

#include <atomic>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/allocator_interface.h>
#else
#include <cerrno>
#include <malloc.h>
#endif

namespace {

std::atomic<std::ptrdiff_t> blocks{0};
std::atomic<std::ptrdiff_t> bytes{0};

void count(std::ptrdiff_t sign, std::size_t size) noexcept {
  // One thread at a time, see the header: cheaper than an atomic addition, and never a data race.
  blocks.store(blocks.load(std::memory_order_relaxed) + sign, std::memory_order_relaxed);
  bytes.store(bytes.load(std::memory_order_relaxed) + sign * static_cast<std::ptrdiff_t>(size),
              std::memory_order_relaxed);
}

}  // namespace

mux_test::heap_use mux_test::heap_in_use() noexcept {
  return {blocks.load(std::memory_order_relaxed), bytes.load(std::memory_order_relaxed)};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// A sanitizer brings its own `malloc`, and hooks with it.
namespace {

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) { count(1, size); },
    [](const volatile void* p) {
      if (p) count(-1, __sanitizer_get_allocated_size(const_cast<const void*>(p)));
    });

}  // namespace

#else

// The C library's own functions under their second names.
extern "C" {

void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t n, std::size_t size) noexcept;
void* __libc_realloc(void* p, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* p) noexcept;

static void* counted(void* p) noexcept {
  if (p) count(1, malloc_usable_size(p));
  return p;
}

void* malloc(std::size_t size) noexcept {
  return counted(__libc_malloc(size));
}

void* calloc(std::size_t n, std::size_t size) noexcept {
  return counted(__libc_calloc(n, size));
}

void* realloc(void* p, std::size_t size) noexcept {
  const std::size_t before = p ? malloc_usable_size(p) : 0;
  void* const grown = __libc_realloc(p, size);
  if (p && (grown || size == 0)) count(-1, before);
  return counted(grown);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return counted(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void** p, std::size_t alignment, std::size_t size) noexcept {
  *p = counted(__libc_memalign(alignment, size));
  return *p ? 0 : ENOMEM;
}

void free(void* p) noexcept {
  if (p) count(-1, malloc_usable_size(p));
  __libc_free(p);
}

}  // extern "C"

#endif
