// Many threads at one scheduler: entering, leaving and committing around the lock, everything else under it,
// as the contract says. Time is virtual: it passes by being looked at, and by the alarm.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "policy/scheduler.hpp"

namespace {

using namespace std::chrono_literals;
using mux::policy::arrival;
using mux::policy::duration;
using mux::policy::instant;
using mux::policy::never;
using mux::policy::pace_settings;
using mux::policy::quota;
using mux::policy::scheduler;
using mux::policy::ticket;
using mux::policy::turn;
using mux::policy::waiter;
using mux::policy::waiter_list;
using verdict = arrival::verdict;

struct call : waiter {
  std::atomic<bool> granted{false};
};

/// A request left between these two.
struct departure {
  instant before, after;
};

/// The driver of one scheduler, as small as it can be. A waiting thread plays the alarm: it moves time to
/// where the driver armed it, and not without.
class driver {
 public:
  driver(const pace_settings& settings, bool gate_closed) : scheduler_(settings, 0.5) {
    if (gate_closed) scheduler_.keep_gate_closed();
  }

  /// Looking at the clock takes time.
  instant now() { return instant(time_.fetch_add(700) + 700); }

  /// False: nothing moved for so long that something must be lost.
  bool enter(call& c) {
    if (scheduler_.try_enter(now())) {
      if (c.place == 0) c.place = mux::policy::first_place;
      return true;
    }
    c.granted = false;
    {
      const std::scoped_lock lock(mutex_);
      const instant t = now();
      if (scheduler_.arrive(c, t).what == verdict::admitted) return true;
      rearm(t);
    }
    const auto patience = std::chrono::steady_clock::now() + 60s;
    while (!c.granted.load(std::memory_order_acquire)) {
      ring();
      std::this_thread::yield();
      if (std::chrono::steady_clock::now() > patience) stuck_ = true;
      if (stuck_) {
        const std::scoped_lock lock(mutex_);
        return !scheduler_.cancel(c);
      }
    }
    return true;
  }

  std::optional<ticket> commit(std::vector<departure>& log) {
    const instant before = now();
    const auto sent = scheduler_.commit(before);
    if (sent) log.push_back({before, instant(time_.load())});
    turn_ended();
    return sent;
  }
  void leave() {
    scheduler_.leave();
    turn_ended();
  }
  void unanswered() {
    scheduler_.unanswered();
    turn_ended();
  }

  /// `what` gets the scheduler and the time.
  template <class What>
  void change(What&& what) {
    const std::scoped_lock lock(mutex_);
    const instant t = now();
    what(scheduler_, t);
    rearm(t);
  }

  [[nodiscard]] const scheduler& inside() const { return scheduler_; }
  [[nodiscard]] bool stuck() const { return stuck_; }
  [[nodiscard]] instant time() const { return instant(time_.load()); }

 private:
  void turn_ended() {
    if (!scheduler_.crowded()) return;
    const std::scoped_lock lock(mutex_);
    rearm(now());
  }
  void rearm(instant t) { armed_ = scheduler_.next_wake(t); }
  void ring() {
    const std::scoped_lock lock(mutex_);
    if (armed_ == never) return;
    if (std::int64_t t = time_.load(); t < armed_.count())
      while (!time_.compare_exchange_weak(t, std::max(t, armed_.count()))) {
      }
    const instant t = now();
    turn released = scheduler_.poll(t, 3);
    rearm(t);
    while (waiter* w = released.granted.pop_front())
      static_cast<call*>(w)->granted.store(true, std::memory_order_release);
  }

  scheduler scheduler_;
  std::mutex mutex_;
  std::atomic<std::int64_t> time_{1'000'000'000};
  instant armed_ = never;
  std::atomic<bool> stuck_{false};
};

/// In every window that surely holds them, no more departures than burst + rate·length.
void expect_conforming(std::vector<departure> all, double rate, int burst) {
  std::sort(all.begin(), all.end(), [](const departure& a, const departure& b) { return a.after < b.after; });
  for (const departure& first : all) {
    std::size_t count = 0;
    for (const departure& last : all) {
      if (last.before < first.before) continue;
      ++count;
      const double length = std::chrono::duration<double>(last.after - first.before + 1024ns).count();
      ASSERT_LE(static_cast<double>(count), burst + rate * length);
    }
  }
}

struct scenario {
  pace_settings settings;
  bool refusals = false;
  bool changes = false;  ///< the owner turns knobs all the while
  bool gate_closed = false;
};

void hammer(std::size_t threads, const scenario& how) {
  SCOPED_TRACE(std::to_string(threads) + " threads");
  driver d(how.settings, how.gate_closed);
  const std::size_t each = 2400 / threads;
  std::vector<std::vector<departure>> logs(threads);
  std::atomic<std::size_t> passed{0};
  std::atomic<std::size_t> running{threads};
  const auto work = [&](std::size_t self) {
    std::mt19937_64 random(self + 1);
    for (std::size_t i = 0; i < each; ++i) {
      call c;
      c.band = static_cast<std::uint8_t>(random() % 4);
      c.key = random() % 3;
      while (true) {
        if (!d.enter(c)) return;
        if (random() % 8 == 0) std::this_thread::yield();
        if (random() % 8 == 0) {
          d.leave();
          continue;
        }
        const auto sent = d.commit(logs[self]);
        if (!sent) continue;
        if (random() % 4 == 0) std::this_thread::yield();
        if (how.refusals && random() % 30 == 0) {
          d.change([&](scheduler& s, instant now) { (void)s.refused(*sent, now, 1ms, {}, 0.5); });
          continue;
        }
        if (random() % 16 == 0)
          d.unanswered();
        else
          d.change([&](scheduler& s, instant now) { s.accepted(*sent, now, {}); });
        break;
      }
      ++passed;
    }
    --running;
  };
  std::vector<std::thread> crew;
  for (std::size_t i = 0; i < threads; ++i) crew.emplace_back(work, i);
  if (how.changes) {
    std::mt19937_64 random(99);
    while (running > 0 && !d.stuck()) {
      d.change([&](scheduler& s, instant now) {
        switch (random() % 4) {
          case 0:
            s.reconfigure(
                {random() % 2 == 0 ? how.settings.rate : how.settings.rate / 3, how.settings.burst, false},
                now);
            break;
          case 1:
            s.discontinuity(now);
            break;
          case 2:
            s.pause(now, 2ms);
            break;
          default:
            (void)s.predicted_wait(now, 2, 1);
        }
      });
      std::this_thread::yield();
    }
  }
  for (std::thread& t : crew) t.join();
  ASSERT_FALSE(d.stuck()) << "somebody waited for ever";
  EXPECT_EQ(passed, each * threads);
  EXPECT_EQ(d.inside().bucket().turns(), 0u);
  EXPECT_EQ(d.inside().in_flight(), 0u);
  EXPECT_EQ(d.inside().size(), 0u);
  EXPECT_EQ(d.inside().next_wake(d.time()), never);
  std::vector<departure> all;
  for (const auto& log : logs) all.insert(all.end(), log.begin(), log.end());
  EXPECT_GE(all.size(), each * threads);
  if (!std::isinf(how.settings.rate) && !how.settings.discover)
    expect_conforming(all, how.settings.rate, std::max(1, how.settings.burst - 1));
}

constexpr std::size_t crews[] = {2, 4, 8, 16};

TEST(scheduler_threads, the_limit_holds_and_no_turn_is_lost) {
  for (const std::size_t n : crews) hammer(n, {{2000, 6, false}});
}

TEST(scheduler_threads, a_bucket_for_one_passes_from_hand_to_hand) {
  for (const std::size_t n : crews) hammer(n, {{5000, 2, false}});
}

TEST(scheduler_threads, refusals_between_the_steps_lose_nobody) {
  for (const std::size_t n : crews) hammer(n, {{2000, 6, false}, true});
}

TEST(scheduler_threads, the_owner_may_turn_every_knob_meanwhile) {
  for (const std::size_t n : crews) hammer(n, {{2000, 6, false}, true, true});
}

TEST(scheduler_threads, with_the_gate_closed_all_go_through_the_lock) {
  for (const std::size_t n : crews) hammer(n, {{2000, 6, false}, false, false, true});
}

TEST(scheduler_threads, discovery_hands_its_one_turn_on) {
  for (const std::size_t n : crews) hammer(n, {{2000, 0, true}});
}

// Lock-free all the way: nobody ever waits.
TEST(scheduler_threads, without_a_limit_nobody_waits) {
  for (const std::size_t n : crews) hammer(n, {{std::numeric_limits<double>::infinity(), 0, false}});
}

// The way around the lock alone, at full speed.
TEST(scheduler_threads, turns_are_counted_exactly) {
  for (const std::size_t n : crews) {
    mux::policy::token_bucket bucket(1000, 50);
    std::atomic<std::int64_t> time{0};
    std::vector<std::vector<departure>> logs(n);
    std::vector<std::thread> crew;
    for (std::size_t self = 0; self < n; ++self)
      crew.emplace_back([&, self] {
        std::mt19937_64 random(self);
        for (int i = 0; i < 2000; ++i) {
          if (random() % 20 == 0) bucket.set_gate(random() % 4 != 0);
          if (!bucket.try_enter(instant(time.fetch_add(20'000)))) continue;
          if (random() % 5 == 0) {
            bucket.leave();
            continue;
          }
          const instant before(time.fetch_add(1'000));
          if (bucket.commit(before)) logs[self].push_back({before, instant(time.load())});
        }
        bucket.set_gate(true);
      });
    for (std::thread& t : crew) t.join();
    EXPECT_EQ(bucket.turns(), 0u);
    std::vector<departure> all;
    for (const auto& log : logs) all.insert(all.end(), log.begin(), log.end());
    EXPECT_GT(all.size(), 50u);
    expect_conforming(all, 1000, 50);
  }
}

}  // namespace
