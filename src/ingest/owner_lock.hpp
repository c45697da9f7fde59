#pragma once

#include <filesystem>

namespace mux::inline v0::ingest {

/// Makes a process the only one that works with a file, until the object or the process ends, however it
/// ends. Others may read the file meanwhile. The descriptor stays open as long as the lock is held: SQLite's
/// own locks on the file would go with it.
class owner_lock {
 public:
  explicit owner_lock(std::filesystem::path file) : file_(std::move(file)) {}
  owner_lock(const owner_lock&) = delete;
  owner_lock& operator=(const owner_lock&) = delete;
  ~owner_lock() { release(); }

  /// False if another owner has it; throws `std::system_error` if the file cannot be opened.
  [[nodiscard]] bool take();
  void release() noexcept;

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
};

/// True while somebody holds the lock of `file`.
[[nodiscard]] bool is_owned(const std::filesystem::path& file) noexcept;

}  // namespace mux::inline v0::ingest
