#include "ingest/key_sorter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <queue>
#include <string>
#include <unistd.h>
#include <utility>

namespace mux::inline v0::ingest {
namespace {

constexpr std::size_t read_ahead = 2048;  // keys of one run

int make_unnamed_file() {
  const char* const folder = std::getenv("TMPDIR");
  std::string name = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  name += "/mux-keys-XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file >= 0) ::unlink(name.c_str());
  return file;
}

bool write_all(int file, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_all(int file, char* data, std::size_t size, off_t at) {
  while (size > 0) {
    const ssize_t got = ::pread(file, data, size, at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data += got;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

// A sorted block of the file, seen through a window.
struct key_sorter::run {
  std::size_t next = 0, end = 0;  ///< keys of the file not in the window yet
  std::vector<keyed_row> window;
  std::size_t at = 0;

  bool refill(int file) {
    window.resize(std::min(read_ahead, end - next));
    at = 0;
    const std::size_t first = std::exchange(next, next + window.size());
    return read_all(file, reinterpret_cast<char*>(window.data()), window.size() * sizeof(keyed_row),
                    static_cast<off_t>(first * sizeof(keyed_row)));
  }
};

key_sorter::key_sorter(std::size_t block) : block_(block) {}

key_sorter::~key_sorter() {
  if (file_ >= 0) ::close(file_);
}

bool key_sorter::fail() noexcept {
  fault_ = std::error_code(errno, std::generic_category());
  return false;
}

bool key_sorter::add(const keyed_row& key) {
  if (keys_.size() == block_ && !spill()) return false;
  keys_.push_back(key);
  return true;
}

bool key_sorter::spill() {
  std::sort(keys_.begin(), keys_.end());
  if (file_ < 0) file_ = make_unnamed_file();
  if (file_ < 0) return fail();
  if (!write_all(file_, reinterpret_cast<const char*>(keys_.data()), keys_.size() * sizeof(keyed_row)))
    return fail();
  ++runs_;
  keys_.clear();
  return true;
}

bool key_sorter::for_each(const std::function<void(const keyed_row&)>& each) {
  std::sort(keys_.begin(), keys_.end());
  std::vector<run> runs(runs_ + 1);
  for (std::size_t i = 0; i < runs_; ++i) {
    runs[i].next = i * block_;
    runs[i].end = runs[i].next + block_;
    if (!runs[i].refill(file_)) return fail();
  }
  runs[runs_].window = std::move(keys_);

  using head = std::pair<keyed_row, std::size_t>;
  const auto later = [](const head& a, const head& b) { return b.first < a.first; };
  std::priority_queue<head, std::vector<head>, decltype(later)> heads(later);
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (!runs[i].window.empty()) heads.emplace(runs[i].window[0], i);
  while (!heads.empty()) {
    const auto [key, from] = heads.top();
    heads.pop();
    each(key);
    run& r = runs[from];
    if (++r.at == r.window.size() && r.next < r.end && !r.refill(file_)) return fail();
    if (r.at < r.window.size()) heads.emplace(r.window[r.at], from);
  }
  return true;
}

}  // namespace mux::inline v0::ingest
