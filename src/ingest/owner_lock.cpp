#include "ingest/owner_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mux::inline v0::ingest {

bool owner_lock::take() {
  descriptor_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category());
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
  const int fault = errno;
  release();
  if (fault != EWOULDBLOCK) throw std::system_error(fault, std::generic_category());
  return false;
}

void owner_lock::release() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

bool is_owned(const std::filesystem::path& file) noexcept {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool owned = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return owned;
}

}  // namespace mux::inline v0::ingest
