#pragma once

#include <atomic>
#include <cstdint>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

/// A token bucket in the form of the generic cell rate algorithm: one number, the theoretical arrival time of
/// what was sent so far, says how full it is.
///
/// A request passes in two steps. `enter` gives it a turn: from then on a token is kept for it, whatever
/// happens. `commit`, just before its first byte, spends the token; `leave` gives the turn back. A turn costs
/// nothing of the rate while it is held, and the moments of the commits are what conforms: in any window of
/// length t, however the requests were held up between the two steps, at most burst + rate·t of them. Between
/// the two a `drain` (the server refused somebody), a smaller burst or the state of another process may come
/// in: then `commit` says no.
///
/// Arrival time, turns and the gate are one 64-bit word, so that `try_enter`, `commit` and `leave` are
/// lock-free and may be called by any thread at any time. The other members need the owner's lock, against
/// each other only.
///
/// Time counts in ticks of 1,024 ns, which lets the word reach nine years; the time between two tokens is
/// rounded up to whole ticks, so that no error adds up: a window is right to one tick, however long it is.
class token_bucket {
 public:
  /// `rate` in tokens a second, > 0 (infinity: no limit), one in 13 days at least; `burst` from 1 to 32,767,
  /// and no more than what comes in a year. Full at the start, the gate open.
  token_bucket(double rate, int burst) noexcept;

  /// A turn, if a token is there and the gate is open.
  [[nodiscard]] bool try_enter(instant now) noexcept;
  /// Spends the token of a turn. False: it is not there any more, and the turn is over too.
  [[nodiscard]] bool commit(instant now) noexcept;
  /// Gives a turn back.
  void leave() noexcept { word_.fetch_sub(one_turn, std::memory_order_acq_rel); }
  /// False while `try_enter` lets nobody in, as others wait or each entry needs a closer look.
  [[nodiscard]] bool gate_open() const noexcept {
    return (word_.load(std::memory_order_acquire) & closed) == 0;
  }

  void set_gate(bool open) noexcept;
  /// A turn, whether or not the gate is open.
  [[nodiscard]] bool enter(instant now) noexcept { return take_turn(now, 0); }
  /// When `enter` can succeed, never earlier than `now`; `never` if a turn must end first.
  [[nodiscard]] instant ready(instant now) const noexcept;
  /// When `n` requests in a row can have been sent, the last one included, after those that have turns.
  [[nodiscard]] instant ready(instant now, std::size_t n) const noexcept;
  /// Empties the bucket, so that exactly one token is there at `until` and none before.
  void drain(instant until) noexcept;
  /// Replaces rate and burst. The tokens stay, as far as they fit; a pause ends when it would have ended.
  void configure(double rate, int burst, instant now) noexcept;

  [[nodiscard]] bool unlimited() const noexcept { return terms().interval == 0; }
  /// Time between two tokens.
  [[nodiscard]] duration interval() const noexcept { return duration(terms().interval * tick); }
  [[nodiscard]] int burst() const noexcept { return static_cast<int>(terms().burst); }
  /// Becomes as full as that, whatever was taken before.
  void fill(double tokens, instant now) noexcept;
  /// Tokens at `now`, 0 to `burst`, those kept for turns included.
  [[nodiscard]] double tokens(instant now) const noexcept;
  [[nodiscard]] std::size_t turns() const noexcept;

  /// The theoretical arrival time, for sharing between processes.
  [[nodiscard]] instant arrival() const noexcept;
  /// Becomes what was stored, by another process perhaps; turns and gate are this one's own.
  void restore(double rate, int burst, instant arrival) noexcept;

 private:
  /// Bit 0: the gate is closed; bits 1 to 15: turns; bits 16 to 63: arrival time in ticks.
  using word = std::uint64_t;
  static constexpr word closed = 1;
  static constexpr word one_turn = 2;
  static constexpr word most_turns = 0x7fff;
  static constexpr int arrival_shift = 16;

  /// Interval in ticks and burst, read together by the lock-free members.
  struct terms_type {
    std::int64_t interval;
    std::int64_t burst;
    [[nodiscard]] std::int64_t tolerance() const noexcept { return (burst - 1) * interval; }
  };
  [[nodiscard]] terms_type terms() const noexcept;
  void set_terms(double rate, int burst) noexcept;

  bool take_turn(instant now, word forbidden) noexcept;
  template <class Change>
  void change_arrival(Change&& what) noexcept;

  static std::int64_t ticks(instant t) noexcept;
  static std::int64_t arrival_of(word w) noexcept { return static_cast<std::int64_t>(w >> arrival_shift); }
  static std::int64_t turns_of(word w) noexcept { return static_cast<std::int64_t>(w >> 1 & most_turns); }

  alignas(64) std::atomic<word> word_{0};
  std::atomic<std::uint64_t> terms_{0};  ///< bits 0 to 15: burst; bits 16 to 63: interval in ticks
};

}  // namespace mux::inline v0::policy
