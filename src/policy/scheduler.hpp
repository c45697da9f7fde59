#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "policy/deadline_queue.hpp"
#include "policy/fair_queue.hpp"
#include "policy/header_signal.hpp"
#include "policy/instant.hpp"
#include "policy/pace.hpp"
#include "policy/token_bucket.hpp"
#include "policy/waiter.hpp"

namespace mux::inline v0::policy {

/// What became of an arrival.
struct arrival {
  enum class verdict : std::uint8_t { admitted, queued, refused } what;
  duration wait;  ///< predicted, an upper bound while nothing changes
};

/// What a turn of the scheduler released.
struct turn {
  waiter_list granted;
  waiter_list expired;
};

/// What processes that share a limit tell each other. Trivially copyable.
struct limit_state {
  instant arrival{0};      ///< theoretical arrival time at the bucket
  instant surplus{0};      ///< the same for a bucket at the server's full rate and without bound
  instant paused{0};       ///< nobody goes before, whatever the server says of its bucket
  duration interval{0};    ///< between two tokens, and
  std::int32_t burst = 0;  ///< how many of them: what `arrival` counts under; 0: nothing was sent yet
  pace_state learnt;
};

/// What of it still holds on a clock that began anew: how large the server's bucket is.
[[nodiscard]] limit_state after_reboot(const limit_state& stored) noexcept;

/// One limit of a server as one client sees it: a token bucket, the queue in front of it and what was learnt
/// of the limit. Pure logic: time and chance are arguments. A `now` may be a little before an earlier one, as
/// threads read the clock and then wait for each other: that never lets more through, and at worst ends a
/// turn for nothing.
///
/// A request goes: `arrive` (or `try_enter`, the way around the lock) gives it a turn or a place in the
/// queue, where `poll` gives it its turn later; `commit` just before its first byte; then exactly one of
/// `accepted`, `refused` and `unanswered` with the ticket of the commit. A turn that comes to nothing ends
/// with `leave`.
///
/// `try_enter`, `commit`, `leave` and `crowded` are lock-free and may be called by any thread at any time;
/// everything else needs the owner's lock.
class scheduler {
 public:
  /// `chance` in [0, 1) spreads the clients of one server apart.
  scheduler(const pace_settings& settings, double chance) noexcept;

  /// A turn at once, if a token is there and nobody waits.
  [[nodiscard]] bool try_enter(instant now) noexcept { return bucket_.try_enter(now); }
  /// Spends the token of a turn: the request leaves now. Nothing if it may not after all, since the server
  /// refused another one meanwhile; the turn is over then, and the call arrives again with its old place.
  [[nodiscard]] std::optional<ticket> commit(instant now) noexcept;
  /// Ends a turn without a request.
  void leave() noexcept { bucket_.leave(); }
  /// After `commit` and `leave`: somebody may have waited for that, `poll`.
  [[nodiscard]] bool crowded() const noexcept { return !bucket_.gate_open(); }

  /// Gives `w` a turn, queues it, or refuses it because it would wait beyond `w.deadline`. Without `may_go`
  /// it is queued even if there is a token.
  [[nodiscard]] arrival arrive(waiter& w, instant now, bool may_go = true) noexcept;
  /// Takes `w` out of the queue; false if it was not there (granted or expired before).
  bool cancel(waiter& w) noexcept;
  /// Releases what may go and what is too late. At most `most` grants and as many expiries a turn.
  [[nodiscard]] turn poll(instant now, std::size_t most = 64) noexcept;
  /// Releases everybody, for the shutdown.
  [[nodiscard]] waiter_list release_all() noexcept;
  /// Calls `see(waiter&)` for everybody in the queue, in no particular order.
  template <class See>
  void for_each_waiter(See&& see) const {
    queue_.for_each(see);
  }
  /// When `poll` has something to do next, if nothing happens before; `never` if there is no such time.
  [[nodiscard]] instant next_wake(instant now) const noexcept;
  /// The predicted wait of a call that came now; of the tokens alone, while the burst is looked for or the
  /// server says what is in its bucket.
  [[nodiscard]] duration predicted_wait(instant now, std::uint8_t band, std::uint64_t key = 0) const noexcept;

  /// The request of the ticket got an answer other than 429.
  void accepted(const ticket& of, instant now, const std::optional<quota>& said) noexcept;
  /// The server refused it. Empties the bucket and pauses; one of the same congestion (sent before the last
  /// reaction) changes nothing. `retry_after` < 0: the server named no time. `u` is uniform in [0, 1).
  /// Returns the pause from now.
  duration refused(const ticket& of, instant now, duration retry_after, const std::optional<quota>& said,
                   double u) noexcept;
  /// No answer came.
  void unanswered() noexcept { in_flight_.fetch_sub(1, std::memory_order_acq_rel); }
  /// The server asked for silence otherwise (503 with `Retry-After`).
  void pause(instant now, duration length) noexcept;
  /// The machine slept, or the process is a copy: what is in the bucket is not known, so nothing is.
  void discontinuity(instant now) noexcept;
  /// Other settings: what was learnt under the old ones is forgotten, what was sent is not.
  void reconfigure(const pace_settings& settings, instant now) noexcept;

  /// Closes `try_enter` for good: each entry must look at what other processes did.
  void keep_gate_closed() noexcept;
  [[nodiscard]] limit_state state() const noexcept;
  /// Goes on with what another process stored. Damaged state counts as an empty bucket and nothing learnt.
  void restore(const limit_state& stored, instant now) noexcept;

  [[nodiscard]] const token_bucket& bucket() const noexcept { return bucket_; }
  [[nodiscard]] const pace& control() const noexcept { return pace_; }
  [[nodiscard]] const header_signal& headers() const noexcept { return headers_; }
  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_.load(std::memory_order_acquire); }

 private:
  [[nodiscard]] instant ready(instant now) const noexcept;
  struct terms {
    double rate;
    int burst;
  };
  [[nodiscard]] terms in_force() const noexcept;
  bool enter(instant now) noexcept;
  void apply_terms(instant now) noexcept;
  void silence(instant until) noexcept;
  void set_gate() noexcept;

  token_bucket bucket_;
  std::atomic<std::int64_t> surplus_{0};  ///< theoretical arrival time, see limit_state, in ns
  std::atomic<std::int64_t> last_sent_;   ///< ns
  std::atomic<std::uint32_t> in_flight_{0};
  std::atomic<std::int64_t> full_interval_;  ///< at the server's whole rate, in ns

  pace pace_;
  header_signal headers_;
  fair_queue queue_;
  deadline_queue deadlines_;
  instant last_turn_ = -never;
  instant paused_until_{0};
  bool gate_kept_closed_ = false;
};

}  // namespace mux::inline v0::policy
