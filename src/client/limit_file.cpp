#include "client/limit_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mux::inline v0::client_detail {

namespace {

struct record {
  char magic[8];
  char boot[40];
  policy::limit_state classes[rate_class_count];
};
static_assert(std::is_trivially_copyable_v<record>);

/// Changes with the layout of the record.
constexpr char magic[8] = {'m', 'u', 'x', 'l', 'i', 'm', '0', '4'};

const std::string& boot_id() {
  static const std::string id = [] {
    std::string text;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> text;
    text.resize(sizeof(record::boot));
    return text;
  }();
  return id;
}

/// Readable, and different for different ids: what does not fit a file name is replaced, a hash of the whole
/// added.
std::string file_name(const std::string& bucket_id) {
  std::string name;
  for (const char c : bucket_id) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (name.size() < 80) name += plain ? c : '_';
  }
  return name + '-' + fingerprint(bucket_id);
}

error failure(const std::filesystem::path& path, const std::string& what, int code) {
  return error(errc::limiter_state,
               what + " " + path.string() + ": " + std::generic_category().message(code));
}

}  // namespace

std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  constexpr char digits[] = "0123456789abcdef";
  std::string name;
  for (int shift = 60; shift >= 0; shift -= 4) name += digits[(hash >> shift) & 15];
  return name;
}

result<std::shared_ptr<limit_file>> limit_file::open(const std::filesystem::path& directory,
                                                     const std::string& bucket_id) {
  std::error_code ec;
  std::filesystem::create_directories(directory, ec);
  if (ec) return failure(directory, "cannot make the folder", ec.value());
  const std::filesystem::path path = directory / file_name(bucket_id);
  std::shared_ptr<limit_file> file(new limit_file(path));
  if (const int code = file->reopen(); code != 0) return failure(path, "cannot open", code);
  // Space is taken now, so that a full disk is found here and never in the middle of a job.
  if (const int code = ::posix_fallocate(file->descriptor_, 0, sizeof(record)); code != 0)
    return failure(path, "cannot reserve", code);
  return file;
}

limit_file::~limit_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int limit_file::reopen() {
  const int descriptor = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return errno;
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;
  owner_ = ::getpid();
  return 0;
}

bool limit_file::update(rate_class c,
                        const std::function<policy::limit_state(const policy::limit_state&)>& change) {
  const std::scoped_lock threads(mutex_);
  if (owner_ != ::getpid() && reopen() != 0) return false;
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) return false;
  record r{};
  const bool whole = ::pread(descriptor_, &r, sizeof(r), 0) == static_cast<ssize_t>(sizeof(r));
  const std::string& boot = boot_id();
  if (!whole || std::memcmp(r.magic, magic, sizeof(magic)) != 0) {
    constexpr char untouched[sizeof(magic)] = {};
    const bool fresh = whole && std::memcmp(r.magic, untouched, sizeof(magic)) == 0;
    r = record{};
    std::memcpy(r.magic, magic, sizeof(magic));
    // Damage, or another version's: nobody knows what was sent.
    if (!fresh)
      for (policy::limit_state& state : r.classes) state.arrival = policy::instant(-1);
  } else if (std::memcmp(r.boot, boot.data(), sizeof(r.boot)) != 0) {
    for (policy::limit_state& state : r.classes) state = policy::after_reboot(state);
  }
  std::memcpy(r.boot, boot.data(), sizeof(r.boot));
  policy::limit_state& state = r.classes[static_cast<std::size_t>(c)];
  state = change(state);
  // A failed write leaves the older state, and this process goes on with its own; the space is reserved, so
  // this is a broken disk.
  [[maybe_unused]] const auto written = ::pwrite(descriptor_, &r, sizeof(r), 0);
  ::flock(descriptor_, LOCK_UN);
  return true;
}

}  // namespace mux::inline v0::client_detail
