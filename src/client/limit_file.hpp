#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <mux/operation.hpp>
#include <mux/result.hpp>

#include "policy/instant.hpp"

namespace mux::inline v0::client_detail {

/// Limiter state of one bucket id in a file that all processes of this machine and user share: per class the
/// arrival time of the token bucket on the steady clock, which all processes of one boot have in common.
/// After a reboot the content counts as new. Mode 0600. Thread-safe.
class limit_file {
 public:
  /// Opens or makes `directory`/name. Errors: `limiter_state`.
  [[nodiscard]] static result<std::shared_ptr<limit_file>> open(const std::filesystem::path& directory,
                                                                const std::string& bucket_id);
  ~limit_file();
  limit_file(const limit_file&) = delete;
  limit_file& operator=(const limit_file&) = delete;

  /// Locks the file, hands the class's arrival time to `change` and stores what it returns. False, with
  /// nothing called, if another process holds the lock: try again soon. Never blocks.
  [[nodiscard]] bool update(rate_class c, const std::function<policy::instant(policy::instant)>& change);

 private:
  explicit limit_file(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace mux::inline v0::client_detail
