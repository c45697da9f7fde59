#include "unit/transport/slow_name.hpp"

#include <condition_variable>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>

namespace {

struct resolver_state {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false;
  bool held = false;
};

resolver_state& state() {
  static resolver_state one;
  return one;
}

}  // namespace

// In the place of the C library's, for all of this program.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  static auto* const real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || node != mux::test::slow_name::text) return real(node, service, hints, result);
  std::unique_lock lock(state().mutex);
  state().asked = true;
  state().changed.notify_all();
  state().changed.wait(lock, [] { return !state().held; });
  return real("127.0.0.1", service, hints, result);
}

namespace mux::test {

slow_name::slow_name() {
  const std::lock_guard lock(state().mutex);
  state().asked = false;
  state().held = true;
}

void slow_name::wait_until_asked() {
  std::unique_lock lock(state().mutex);
  state().changed.wait(lock, [] { return state().asked; });
}

void slow_name::answer() {
  const std::lock_guard lock(state().mutex);
  state().held = false;
  state().changed.notify_all();
}

}  // namespace mux::test
