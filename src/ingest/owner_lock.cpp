#include "ingest/owner_lock.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace mux::inline v0::ingest {
namespace {

constexpr const char* lock_suffix = "-lock";

// Whoever released the lock before has removed its file.
bool is_at(int descriptor, const std::filesystem::path& file) noexcept {
  struct stat held {
  }, named{};
  return ::fstat(descriptor, &held) == 0 && ::stat(file.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

}  // namespace

std::filesystem::path beside(const std::filesystem::path& journal, const char* suffix) {
  std::error_code fault;
  std::filesystem::path file = std::filesystem::weakly_canonical(journal, fault);
  if (fault) file = journal;
  return file += suffix;
}

bool owner_lock::take() {
  // `is_owned` holds the lock for a moment, and so does one that removes its file.
  using namespace std::chrono_literals;
  constexpr int tries = 20;
  file_ = beside(journal_, lock_suffix);
  for (int i = 0; i < tries; ++i) {
    if (i > 0) std::this_thread::sleep_for(5ms);
    if (try_once()) return true;
  }
  return false;
}

bool owner_lock::try_once() {
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), file_.string());
  const bool locked = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  const int fault = locked ? 0 : errno;
  if (locked && is_at(descriptor_, file_)) return true;
  ::close(std::exchange(descriptor_, -1));
  if (!locked && fault != EWOULDBLOCK && fault != EINTR)
    throw std::system_error(fault, std::generic_category(), file_.string());
  return false;
}

void owner_lock::release() noexcept {
  if (descriptor_ < 0) return;
  // Removed while it is held: the next owner makes another file and cannot lock this one unawares.
  ::unlink(file_.c_str());
  ::close(std::exchange(descriptor_, -1));
}

bool is_owned(const std::filesystem::path& journal) noexcept {
  const int descriptor = ::open(beside(journal, lock_suffix).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool owned = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return owned;
}

}  // namespace mux::inline v0::ingest
