#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include <mux/operation.hpp>
#include <mux/result.hpp>

#include "policy/scheduler.hpp"

namespace mux::inline v0::client_detail {

/// Limiter state of one bucket id in a file that all processes of this machine and user share: per class the
/// state of the scheduler on the steady clock, which all processes of one boot have in common. After a reboot
/// only what was learnt of the server's burst still counts. Mode 0600. Thread-safe.
class limit_file {
 public:
  /// Opens or makes `directory`/name. Errors: `limiter_state`.
  [[nodiscard]] static result<std::shared_ptr<limit_file>> open(const std::filesystem::path& directory,
                                                                const std::string& bucket_id);
  ~limit_file();
  limit_file(const limit_file&) = delete;
  limit_file& operator=(const limit_file&) = delete;

  /// Locks the file, hands the class's state to `change` and stores what it returns. False, with
  /// nothing called, if another process holds the lock: try again soon. Never blocks.
  [[nodiscard]] bool update(rate_class c,
                            const std::function<policy::limit_state(const policy::limit_state&)>& change);

 private:
  explicit limit_file(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] int reopen();

  const std::filesystem::path path_;
  std::mutex mutex_;  ///< `flock` keeps processes apart, not threads with the same descriptor
  int descriptor_ = -1;
  pid_t owner_ = 0;  ///< a fork holds its parent's locks until it has a descriptor of its own
};

/// A name for something that is not to be shown: the same for the same text, 16 characters.
[[nodiscard]] std::string fingerprint(std::string_view text);

}  // namespace mux::inline v0::client_detail
