#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace mux::inline v0::policy {

/// What a request asks of an idle connection before it takes it.
enum class freshness : std::uint8_t {
  any,
  recent,  ///< in use a moment ago: for what cannot be repeated if the server is just closing it
  unused,  ///< none at all: a new connection, for a request that an idle one has just let down
};

/// Decides about connections to several hosts: which idle one serves, when a new one is opened, who waits,
/// which are closed. Knows numbers only and reads no clock. Not thread-safe.
///
/// Places are counted: every connection that is open, being opened or promised takes one, at most `per_host`
/// of a host and `total` in all. Nobody waits for a place while there is one, or an idle connection that
/// could make room. Hosts that wait at `total` take turns: the one with the fewest places comes first, then
/// the one that has waited longest; a host that has two places more than another that waits gives one up.
class pool_plan {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;

  struct limits {
    std::size_t per_host = 8;         ///< at least 1
    std::size_t total = 64;           ///< at least 1
    nanoseconds idle{0};              ///< idle longer than this, a connection is closed
    nanoseconds idle_when_recent{0};  ///< who asks for a recent one gets none that was idle longer
    nanoseconds age{0};  ///< older than this, a connection serves no more; zero or less: no bound
  };

  enum class verdict : std::uint8_t {
    reuse,  ///< the idle connection `number` is the asker's
    /// A place is the asker's, to open a connection on. As ticket `number` it also waits for a connection
    /// that others give back before that.
    open,
    wait,  ///< the asker waits as ticket `number`
  };
  struct decision {
    verdict what = verdict::wait;
    std::uint64_t number = 0;
  };
  struct grant {
    std::uint64_t ticket = 0;
    verdict what = verdict::open;  ///< `reuse`: the connection that was just given back
  };

  /// What counts of a connection that is given back.
  struct vitals {
    time_point born;
    std::optional<nanoseconds> keep_alive;  ///< how long the server keeps it, by its own word
    bool unused = false;                    ///< it has not served yet
  };

  explicit pool_plan(limits bounds);

  /// The number by which a host is known from now on: 0, 1, …
  std::size_t add_host();

  /// Takes the connection that was used last if it may serve, else a place, else a ticket. Where only idle
  /// connections hold the places, one makes room: see `closing`.
  decision ask(std::size_t host, freshness how, time_point now);
  /// Takes a free place to open a connection ahead of demand, if the host has fewer than `wanted`.
  bool reserve(std::size_t host, std::size_t wanted);
  /// A connection can serve again: it goes to who waits, becomes idle, or is closed to make room.
  std::optional<grant> give_back(std::size_t host, std::uint64_t connection, const vitals& of,
                                 time_point now);
  /// A connection that was in use, or a place that none was opened on, is free.
  std::optional<grant> lose(std::size_t host);
  /// An asker no longer waits: it goes away, or its own connection is open. False if it has a connection that
  /// was given back. A place that it was told to open on remains taken.
  bool leave(std::size_t host, std::uint64_t ticket);
  /// Gives up the connection that has been idle for longest. False if none is.
  bool evict();
  /// Gives up all idle connections.
  void clear();
  /// Idle connections that are to be closed: for too long idle, too old, in the way, evicted or cleared.
  /// Each is named once.
  std::vector<std::uint64_t> closing(time_point now);

  [[nodiscard]] std::size_t taken() const noexcept { return taken_; }  ///< places
  [[nodiscard]] std::size_t taken(std::size_t host) const { return hosts_[host].taken; }
  [[nodiscard]] std::size_t idle() const noexcept;
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }  ///< for a place

 private:
  struct idler {
    std::uint64_t connection;
    time_point since;
    time_point until;
  };
  struct waiter {
    freshness how;
    bool opening;  ///< has a place
  };
  struct host_state {
    std::size_t taken = 0;
    std::vector<idler> idle;                  ///< used longest ago first
    std::map<std::uint64_t, waiter> waiting;  ///< by ticket; tickets grow
  };

  void expire(time_point now);
  void drop(host_state& at, std::vector<idler>::iterator which);
  bool drop_oldest();
  [[nodiscard]] host_state* neediest(const host_state* but = nullptr);
  grant serve(host_state& at);

  limits limits_;
  std::vector<host_state> hosts_;
  std::size_t taken_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t next_ticket_ = 1;
  time_point next_expiry_ = time_point::max();
  std::vector<std::uint64_t> closing_;
};

}  // namespace mux::inline v0::policy
