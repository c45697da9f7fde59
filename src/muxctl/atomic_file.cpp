#include "muxctl/atomic_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "muxctl/failure.hpp"

namespace mux::inline v0::muxctl {

namespace {

constexpr std::size_t piece = 64 * 1024;

std::filesystem::path folder_of(const std::filesystem::path& place) {
  return place.has_parent_path() ? place.parent_path() : std::filesystem::path(".");
}

bool is_special(const std::filesystem::path& place) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(place, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

// A name may stand for another file, which keeps its own name.
std::filesystem::path resolved(std::filesystem::path place) {
  std::error_code fault;
  const std::filesystem::path real = std::filesystem::canonical(place, fault);
  return fault ? std::move(place) : real;
}

}  // namespace

atomic_file::atomic_file(std::filesystem::path place) : place_(resolved(std::move(place))) {
  if (is_special(place_)) {
    descriptor_ = ::open(place_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    temporary_ = place_.string() + ".XXXXXX";
    descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
    if (descriptor_ < 0) temporary_.clear();
  }
  if (descriptor_ < 0) fail();
}

atomic_file::~atomic_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void atomic_file::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() < piece) return;
  put(buffer_);
  buffer_.clear();
}

void atomic_file::commit() {
  put(buffer_);
  buffer_.clear();
  if (!temporary_.empty()) {
    if (::fsync(descriptor_) != 0 || ::rename(temporary_.c_str(), place_.c_str()) != 0) fail();
    temporary_.clear();
    // The new name is safe once its folder is.
    const int folder = ::open(folder_of(place_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
      static_cast<void>(::fsync(folder));
      ::close(folder);
    }
  }
  if (::close(std::exchange(descriptor_, -1)) != 0) fail();
}

void atomic_file::put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail();
  }
}

void atomic_file::fail() const {
  throw failure(exit_code::failed, "output_failed",
                "cannot write " + place_.string() + ": " + std::strerror(errno));
}

void expect_writable(const std::filesystem::path& place) {
  const std::filesystem::path real = resolved(place);
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(real, ignored);
  const std::filesystem::path asked = is_special(real) ? real : folder_of(real);
  if (!folder && ::access(asked.c_str(), W_OK) == 0) return;
  throw failure(exit_code::usage, "usage",
                "cannot write " + place.string() + ": " + (folder ? "it is a folder" : std::strerror(errno)));
}

}  // namespace mux::inline v0::muxctl
