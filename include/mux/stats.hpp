#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <mux/operation.hpp>

namespace mux::inline v0 {

/// One limit class at one moment.
struct class_stats {
  std::size_t queued = 0;            ///< calls that wait
  double rate = 0;                   ///< requests a second that the client allows itself
  int burst = 0;                     ///< its own bucket's size
  double tokens = 0;                 ///< in the bucket now
  std::chrono::nanoseconds wait{0};  ///< predicted for a call that came now
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;  ///< 429s
};

struct pool_stats {
  std::size_t open = 0;  ///< connections, idle ones included
  std::size_t idle = 0;
  std::uint64_t opened = 0;  ///< since the start
  std::uint64_t reused = 0;
};

struct client_stats {
  std::array<class_stats, rate_class_count> classes;
  pool_stats pool;
  std::uint64_t sent = 0;  ///< tries written to a connection
  std::uint64_t retried = 0;
  std::uint64_t failed = 0;  ///< calls that ended with an error
};

}  // namespace mux::inline v0
