#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "policy/deadline_heap.hpp"
#include "policy/instant.hpp"
#include "policy/token_bucket.hpp"

namespace mux::inline v0::policy {

inline constexpr std::size_t band_count = 4;

/// A call that waits; lives where the call lives, which must outlast its stay in the queue.
struct waiter : deadline_links {
  std::uint8_t band = 1;  ///< 0 (served most) to 3
  bool queued = false;
  waiter* before = nullptr;
  waiter* after = nullptr;
};

/// A first-in-first-out list of waiters, linked through themselves.
class waiter_list {
 public:
  [[nodiscard]] bool empty() const noexcept { return !first_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] waiter* front() const noexcept { return first_; }
  void push_back(waiter& w) noexcept;
  void push_front(waiter& w) noexcept;
  void remove(waiter& w) noexcept;
  waiter* pop_front() noexcept;

 private:
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;
  std::size_t size_ = 0;
};

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

/// One limit class: a token bucket and, in front of it, four bands served by deficit round robin in the ratio
/// 8:4:2:1, first in first out within a band. Pure logic: time and chance are arguments. Not thread-safe.
class scheduler {
 public:
  scheduler(double rate, int burst);

  /// Lets `w` go at once, queues it, or refuses it because it would wait beyond `w.deadline`. With `ahead` it
  /// goes to the front of its band (a call that the server refused with 429 keeps its place); without
  /// `may_go` it is queued even if there is a token.
  [[nodiscard]] arrival arrive(waiter& w, instant now, bool ahead = false, bool may_go = true) noexcept;
  /// Takes `w` out of the queue; false if it was not there (granted or expired before).
  bool cancel(waiter& w) noexcept;
  /// Releases what may go and what is too late. At most `most` grants a turn.
  [[nodiscard]] turn poll(instant now, std::size_t most = 64) noexcept;
  /// Releases everybody, for the shutdown.
  [[nodiscard]] waiter_list release_all() noexcept;
  /// When `poll` has something to do next; `never` if nobody waits.
  [[nodiscard]] instant next_wake(instant now) const noexcept;
  /// The predicted wait of a call that came now.
  [[nodiscard]] duration predicted_wait(instant now, std::uint8_t band) const noexcept;

  /// The server refused a request that was sent at `sent`. Empties the bucket and pauses the class; a refusal
  /// of the same congestion (sent before the last reaction) changes nothing. `retry_after` < 0: the server
  /// named none. `u` is uniform in [0, 1). Returns the pause from now.
  duration refused(instant sent, instant now, duration retry_after, double u) noexcept;
  /// A request was let through.
  void accepted() noexcept { episodes_ = 0; }

  [[nodiscard]] token_bucket& bucket() noexcept { return bucket_; }
  [[nodiscard]] const token_bucket& bucket() const noexcept { return bucket_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// A pause is never longer than this, whatever `Retry-After` says.
  static constexpr duration longest_pause = std::chrono::minutes(10);

 private:
  [[nodiscard]] std::size_t waiters_before(std::uint8_t band, bool ahead) const noexcept;
  waiter* next() noexcept;
  void forget(waiter& w) noexcept;

  static constexpr std::array<int, band_count> weights = {8, 4, 2, 1};

  token_bucket bucket_;
  std::array<waiter_list, band_count> bands_;
  std::array<int, band_count> credit_ = weights;
  std::size_t turn_ = 0;
  deadline_heap deadlines_;
  std::size_t size_ = 0;
  instant reaction_ = -never;
  int episodes_ = 0;
};

}  // namespace mux::inline v0::policy
