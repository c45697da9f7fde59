#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace mux::inline v0::policy {

/// What a request asks of an idle connection before it takes it.
enum class freshness : std::uint8_t {
  any,
  recent,  ///< in use a moment ago: for what cannot be repeated if the server is just closing it
  unused,  ///< none at all: a new connection, for a request that an idle one has just let down
};

/// Decides about the connections to one host: which idle one serves, when a new one is opened, who waits,
/// which are closed. Knows numbers only and reads no clock. Not thread-safe.
///
/// Places are counted: every connection that is open, being opened or promised takes one, at most `most` in
/// all. Nobody waits while a place or an idle connection is free.
class pool_plan {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;

  struct limits {
    std::size_t most = 8;             ///< places, at least 1
    nanoseconds idle{0};              ///< idle longer than this, a connection is closed
    nanoseconds idle_when_recent{0};  ///< who asks for a recent one gets none that was idle longer
  };

  enum class verdict : std::uint8_t {
    reuse,  ///< the idle connection `number` is the asker's
    open,   ///< a place is the asker's, to open a connection on
    wait,   ///< the asker waits as ticket `number`
  };
  struct decision {
    verdict what = verdict::wait;
    std::uint64_t number = 0;
  };
  /// What the first of those who wait gets.
  struct grant {
    std::uint64_t ticket = 0;
    verdict what = verdict::open;  ///< `reuse`: the connection that was just given back
  };

  explicit pool_plan(limits bounds) : limits_(bounds) {}

  /// Takes the connection that was used last if it may serve, else a place, else a ticket. A place that only
  /// a stale connection holds is cleared for it: see `expire`.
  decision ask(freshness how, time_point now);
  /// A connection can serve again: it goes to the first who waits, or becomes idle.
  std::optional<grant> give_back(std::uint64_t connection, time_point now);
  /// A connection that was in use, or a place that none was opened on, is free.
  std::optional<grant> lose();
  /// A waiting asker goes away. False if it no longer waits: then it has a grant, which it must pass on.
  bool leave(std::uint64_t ticket);
  /// Connections to close now: idle for too long, or in the way of an asker.
  std::vector<std::uint64_t> expire(time_point now);
  /// All idle connections, to be closed.
  std::vector<std::uint64_t> clear();

  [[nodiscard]] std::size_t taken() const noexcept { return taken_; }  ///< places
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  struct idler {
    std::uint64_t connection;
    time_point since;
  };
  void drop_oldest();

  limits limits_;
  std::size_t taken_ = 0;
  std::uint64_t next_ticket_ = 1;
  std::vector<idler> idle_;             ///< used longest ago first
  std::set<std::uint64_t> waiting_;     ///< tickets grow: the first is the smallest
  std::vector<std::uint64_t> dropped_;  ///< to be closed
};

}  // namespace mux::inline v0::policy
