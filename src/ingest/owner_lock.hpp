#pragma once

#include <filesystem>
#include <utility>

namespace mux::inline v0::ingest {

/// The file that lies beside a journal and has its name and `suffix`; links to the journal are followed, as
/// SQLite does.
[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& journal, const char* suffix);

/// Makes a process the only one that works with a journal, until the object or the process ends, however it
/// ends. Others may read the journal meanwhile. What is locked is a file of its own, `JOURNAL-lock`: closing
/// any descriptor of the journal itself would take SQLite's locks on it away.
class owner_lock {
 public:
  explicit owner_lock(std::filesystem::path journal) : journal_(std::move(journal)) {}
  owner_lock(const owner_lock&) = delete;
  owner_lock& operator=(const owner_lock&) = delete;
  ~owner_lock() { release(); }

  /// False if another owner has it; throws `std::system_error` if the file cannot be made.
  [[nodiscard]] bool take();
  void release() noexcept;

 private:
  bool try_once();

  std::filesystem::path journal_;
  std::filesystem::path file_;  ///< while it is held
  int descriptor_ = -1;
};

/// True while somebody holds the lock of `journal`.
[[nodiscard]] bool is_owned(const std::filesystem::path& journal) noexcept;

}  // namespace mux::inline v0::ingest
