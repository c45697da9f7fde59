#include "policy/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::policy {

namespace {

constexpr std::int64_t furthest = (std::int64_t{1} << 48) - 1;
constexpr std::int64_t longest_interval = std::int64_t{1} << 40;  // 13 days
constexpr std::int64_t longest_fill = furthest / 8;  // a year: a pause behind it is in reach still

}  // namespace

std::int64_t token_bucket::ticks(instant t) noexcept {
  return std::clamp<std::int64_t>(t.count() / tick, 0, furthest);
}

token_bucket::terms_type token_bucket::terms() const noexcept {
  const std::uint64_t t = terms_.load(std::memory_order_relaxed);
  return {static_cast<std::int64_t>(t >> 16), static_cast<std::int64_t>(t & 0xffff)};
}

void token_bucket::set_terms(double rate, int burst) noexcept {
  // A hair less than the quotient, as 1 / 0.001 is a little more than 1,000.
  const double interval = std::isfinite(rate) ? std::ceil(1e9 / rate / tick * (1 - 1e-12)) : 0;
  const auto whole = static_cast<std::int64_t>(std::min(interval, static_cast<double>(longest_interval)));
  const auto most = std::min<std::int64_t>(most_turns, longest_fill / std::max<std::int64_t>(whole, 1));
  const auto size = static_cast<std::uint64_t>(std::clamp<std::int64_t>(burst, 1, most));
  terms_.store(static_cast<std::uint64_t>(whole) << 16 | size, std::memory_order_relaxed);
}

token_bucket::token_bucket(double rate, int burst) noexcept {
  set_terms(rate, burst);
}

// Whoever changes the terms changes them before the word. So the terms are read after each look at the word:
// a pause that began under new terms is never judged by the old ones.
bool token_bucket::take_turn(instant now, word forbidden) noexcept {
  const std::int64_t clock = ticks(now);
  word w = word_.load(std::memory_order_acquire);
  do {
    if (w & forbidden) return false;
    const terms_type t = terms();
    const std::int64_t turns = turns_of(w);
    if (std::max(arrival_of(w), clock) + turns * t.interval > clock + t.tolerance()) return false;
    if (turns == most_turns) return false;
  } while (
      !word_.compare_exchange_weak(w, w + one_turn, std::memory_order_acq_rel, std::memory_order_acquire));
  return true;
}

bool token_bucket::try_enter(instant now) noexcept {
  return take_turn(now, closed);
}

bool token_bucket::commit(instant now) noexcept {
  const std::int64_t clock = ticks(now);
  word w = word_.load(std::memory_order_acquire);
  word next;
  bool conforms;
  do {
    const terms_type t = terms();
    const std::int64_t arrival = arrival_of(w);
    conforms = arrival <= clock + t.tolerance();
    next = w - one_turn;
    if (conforms) {
      const std::int64_t later = std::min(std::max(arrival, clock) + t.interval, furthest);
      next = static_cast<word>(later) << arrival_shift | (next & ((word{1} << arrival_shift) - 1));
    }
  } while (!word_.compare_exchange_weak(w, next, std::memory_order_acq_rel, std::memory_order_acquire));
  return conforms;
}

void token_bucket::set_gate(bool open) noexcept {
  if (open)
    word_.fetch_and(~closed, std::memory_order_acq_rel);
  else
    word_.fetch_or(closed, std::memory_order_acq_rel);
}

instant token_bucket::ready(instant now) const noexcept {
  const terms_type t = terms();
  const word w = word_.load(std::memory_order_acquire);
  const std::int64_t kept = turns_of(w) * t.interval;
  if (kept > t.tolerance() || turns_of(w) == most_turns) return never;
  const std::int64_t at = arrival_of(w) + kept - t.tolerance();
  return at <= ticks(now) ? now : instant(at * tick);
}

instant token_bucket::ready(instant now, std::size_t n) const noexcept {
  if (n == 0) return now;
  const terms_type t = terms();
  const word w = word_.load(std::memory_order_acquire);
  const std::int64_t base = std::max(arrival_of(w), ticks(now));
  const double ahead = static_cast<double>(turns_of(w)) + static_cast<double>(n - 1);
  const double at = static_cast<double>(base - t.tolerance()) + ahead * static_cast<double>(t.interval);
  if (at >= static_cast<double>(never.count() / tick)) return never;
  const std::int64_t exact = base - t.tolerance() + static_cast<std::int64_t>(ahead) * t.interval;
  return exact <= ticks(now) ? now : instant(exact * tick);
}

template <class Change>
void token_bucket::change_arrival(Change&& what) noexcept {
  word w = word_.load(std::memory_order_relaxed);
  word next;
  do {
    const std::int64_t arrival = std::clamp<std::int64_t>(what(arrival_of(w)), 0, furthest);
    next = static_cast<word>(arrival) << arrival_shift | (w & ((word{1} << arrival_shift) - 1));
  } while (!word_.compare_exchange_weak(w, next, std::memory_order_acq_rel, std::memory_order_relaxed));
}

void token_bucket::drain(instant until) noexcept {
  const std::int64_t empty = ticks(until + duration(tick - 1)) + terms().tolerance();
  change_arrival([&](std::int64_t arrival) { return std::max(arrival, empty); });
}

void token_bucket::configure(double rate, int burst, instant now) noexcept {
  const terms_type before = terms();
  set_terms(rate, burst);
  const terms_type after = terms();
  if (before.interval == after.interval && before.burst == after.burst) return;
  const std::int64_t clock = ticks(now);
  change_arrival([&](std::int64_t arrival) {
    const std::int64_t ready = arrival - before.tolerance();
    if (ready >= clock) return ready + after.tolerance();
    if (before.interval == 0) return clock;
    // Missing tokens, at most one less than there is room for, as one is there.
    const double full =
        static_cast<double>(before.burst) - static_cast<double>(std::max<std::int64_t>(arrival - clock, 0)) /
                                                static_cast<double>(before.interval);
    const double missing = std::max(0.0, static_cast<double>(after.burst) - full);
    return clock + static_cast<std::int64_t>(std::ceil(missing * static_cast<double>(after.interval)));
  });
}

void token_bucket::fill(double tokens, instant now) noexcept {
  const terms_type t = terms();
  const double missing = std::clamp(static_cast<double>(t.burst) - tokens, 0.0, static_cast<double>(t.burst));
  const auto debt = static_cast<std::int64_t>(std::ceil(missing * static_cast<double>(t.interval)));
  change_arrival([&](std::int64_t) { return ticks(now) + debt; });
}

double token_bucket::tokens(instant now) const noexcept {
  const terms_type t = terms();
  if (t.interval == 0) return std::numeric_limits<double>::infinity();
  const std::int64_t debt =
      std::max<std::int64_t>(arrival_of(word_.load(std::memory_order_relaxed)) - ticks(now), 0);
  const double left =
      static_cast<double>(t.burst) - static_cast<double>(debt) / static_cast<double>(t.interval);
  return std::clamp(left, 0.0, static_cast<double>(t.burst));
}

std::size_t token_bucket::turns() const noexcept {
  return static_cast<std::size_t>(turns_of(word_.load(std::memory_order_acquire)));
}

instant token_bucket::arrival() const noexcept {
  return instant(arrival_of(word_.load(std::memory_order_acquire)) * tick);
}

void token_bucket::restore(double rate, int burst, instant arrival) noexcept {
  set_terms(rate, burst);
  change_arrival([&](std::int64_t) { return ticks(arrival); });
}

}  // namespace mux::inline v0::policy
