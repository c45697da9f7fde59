#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "policy/fair_queue.hpp"
#include "simulation/event_queue.hpp"

namespace mux::inline v0::simulation {

/// Watches that in no window of any length more than `burst + rate·length` requests leave, where rate is the
/// server's as the client knows it, and burst the highest that was in force so far: a bucket of its own, in
/// tokens.
class conformance {
 public:
  /// Terms in force now; an infinite rate: no limit.
  void terms(double rate, int burst);
  /// True if a request may leave at `now` while `turns` others are about to.
  [[nodiscard]] bool room(instant now, std::size_t turns);
  /// A request leaves. False if it should not.
  bool commit(instant now);
  /// What was sent so far was allowed to exceed everything; a full bucket from now on.
  void start_again(instant now);

 private:
  void fill(instant now);

  double rate_ = 0;
  int burst_ = 0;
  bool unlimited_ = false;
  double level_ = 0;
  instant at_{0};
};

/// Watches who goes first: those that return before the newcomers of their band and in the order of their
/// first arrival,
/// or of their return where that says nothing; newcomers of one key and band in the order of arrival.
class order_watch {
 public:
  void queued(const policy::waiter& w, bool returning);
  void left(const policy::waiter& w);
  /// Takes it out too. False if another one should have gone.
  bool granted(const policy::waiter& w);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct band {
    std::vector<const policy::waiter*> returning;
    std::map<std::uint64_t, std::set<std::uint64_t>> newcomers;
  };
  std::array<band, policy::band_count> bands_;
  std::size_t size_ = 0;
};

}  // namespace mux::inline v0::simulation
