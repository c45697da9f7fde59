#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <mux/operation.hpp>

namespace mux::inline v0 {

/// One limit class at one moment. With a `state_directory`, tokens and what was learnt are those of all
/// processes that share it.
struct class_stats {
  std::size_t queued = 0;            ///< calls that wait
  std::size_t in_flight = 0;         ///< requests without an answer yet
  double rate = 0;                   ///< requests a second that the client allows itself now
  double full_rate = 0;              ///< the same by the settings; more than `rate`: others use the limit too
  int burst = 0;                     ///< the client's own bucket's size
  bool burst_known = false;          ///< by the settings or found out, not merely assumed
  double tokens = 0;                 ///< in the bucket now; infinity without a limit
  std::chrono::nanoseconds wait{0};  ///< predicted for a call of normal priority that came now
  std::uint64_t granted = 0;         ///< calls let through by this client
  std::uint64_t refused = 0;         ///< its 429s
  std::optional<std::chrono::nanoseconds> since_refusal;  ///< since a 429 was last learnt from
  std::optional<double> server_limit;      ///< bucket size that the server's headers say, if they say one
  std::optional<double> server_remaining;  ///< tokens left there, estimated from the last answer
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
  std::uint64_t renewed = 0;  ///< tries repeated at once because an idle connection had just been closed
  std::uint64_t failed = 0;   ///< calls that ended with an error
};

}  // namespace mux::inline v0
