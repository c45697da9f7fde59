#include "unit/client/allocations.hpp"

#include <atomic>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// Of <sanitizer/allocator_interface.h>, which GCC does not always come with.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void*);
#else
#include <cerrno>
#include <malloc.h>
#endif

namespace {

std::size_t size_of(const void* p) noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return __sanitizer_get_allocated_size(p);
#else
  return ::malloc_usable_size(const_cast<void*>(p));
#endif
}

std::atomic<bool> counting{false};
std::atomic<std::ptrdiff_t> blocks{0};
std::atomic<std::ptrdiff_t> bytes{0};

void count(std::ptrdiff_t sign, const void* p) noexcept {
  if (!p || !counting.load(std::memory_order_relaxed)) return;
  const std::size_t size = size_of(p);
  // One thread at a time, see the header: cheaper than an atomic addition, and never a data race.
  blocks.store(blocks.load(std::memory_order_relaxed) + sign, std::memory_order_relaxed);
  bytes.store(bytes.load(std::memory_order_relaxed) + sign * static_cast<std::ptrdiff_t>(size),
              std::memory_order_relaxed);
}

}  // namespace

namespace mux_test {

heap_watch::heap_watch() noexcept {
  blocks = 0;
  bytes = 0;
  counting = true;
}

heap_watch::~heap_watch() {
  counting = false;
}

heap_use heap_watch::in_use() const noexcept {
  return {blocks, bytes};
}

}  // namespace mux_test

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// A sanitizer brings its own `malloc`, and hooks with it.
namespace {

[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void* p, std::size_t) { count(1, const_cast<const void*>(p)); },
    [](const volatile void* p) { count(-1, const_cast<const void*>(p)); });

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
  count(1, p);
  return p;
}

void* malloc(std::size_t size) noexcept {
  return counted(__libc_malloc(size));
}

void* calloc(std::size_t n, std::size_t size) noexcept {
  return counted(__libc_calloc(n, size));
}

void* realloc(void* p, std::size_t size) noexcept {
  count(-1, p);
  void* const grown = __libc_realloc(p, size);
  count(1, grown ? grown : size > 0 ? p : nullptr);
  return grown;
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
  count(-1, p);
  __libc_free(p);
}

}  // extern "C"

#endif
