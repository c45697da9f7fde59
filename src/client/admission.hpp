#pragma once

#include <array>
#include <memory>
#include <random>

#include <boost/asio/any_io_executor.hpp>

#include <mux/observer.hpp>
#include <mux/options.hpp>
#include <mux/stats.hpp>

#include "client/limit_file.hpp"
#include "client/time_source.hpp"

namespace mux::inline v0::client_detail {

class lane;

/// A client's limiter: one lane a limit class, so that no class ever blocks another. Thread-safe.
class admission {
 public:
  /// `file` may be null: the state is then this process's own.
  admission(const asio::any_io_executor& executor, const std::shared_ptr<time_source>& time,
            const limiter_options& options, const std::shared_ptr<limit_file>& file,
            const std::shared_ptr<observer>& watcher, std::mt19937_64& seeds);

  [[nodiscard]] const std::shared_ptr<lane>& of(rate_class c) const noexcept {
    return lanes_[static_cast<std::size_t>(c)];
  }
  /// Ends every wait with `shut_down`; later ones fail at once. Idempotent.
  void close();
  /// The state of each class; of all processes that share it, if they do.
  [[nodiscard]] std::array<class_stats, rate_class_count> stats() const;

 private:
  std::array<std::shared_ptr<lane>, rate_class_count> lanes_;
};

}  // namespace mux::inline v0::client_detail
