#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mux/operation.hpp>

#include "policy/retry.hpp"
#include "policy/scheduler.hpp"
#include "simulation/checks.hpp"
#include "simulation/machine.hpp"
#include "simulation/random.hpp"
#include "simulation/record.hpp"
#include "simulation/scenario.hpp"
#include "simulation/server.hpp"

namespace mux::inline v0::simulation {

/// What all clients of a run have to do with.
struct surroundings {
  event_queue& events;
  server& api;
  record& book;
};

/// One client: the real scheduler and the real verdict on failures, driven the way the library drives them,
/// with a network and a clock that are made up.
class client {
 public:
  client(surroundings around, machine& on, const client_description& description, std::size_t number,
         std::uint64_t seed);
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();

  /// Begins to make calls.
  void start();
  /// Makes no more calls. Those that wait are cancelled, unless `finish`.
  void stop(bool finish);
  /// Ends what waits.
  void shut_down();
  /// Everything has ended: notes what should have ended too and has not.
  void check_end();

 private:
  struct call;
  enum class ending_of_call : std::uint8_t {
    succeeded,
    failed,
    ambiguous,
    cancelled,
    expired,
    would_expire,
    shut_down
  };

  template <class Change>
  auto change(Change&& what);
  [[nodiscard]] bool more() const {
    return active_ && (description_.calls == 0 || came_ < description_.calls);
  }
  void come();
  void come_by_chance();
  void enter(call& c, bool returning);
  void take_turn(call& c);
  void leave_turn(call& c);
  void commit(call& c);
  void answered(call& c, const policy::ticket& of, const reply& r);
  void judge(call& c, const policy::ending& e, duration busy);
  void cancel(call& c);
  void end(call& c, ending_of_call how);
  void serve();
  void rearm();
  void alarm(std::uint64_t number);
  void watch_terms();
  void watch_grant(std::size_t turns);
  void expect(bool good, const char* what);
  template <class Next>
  void later(call& c, duration wait, Next&& next);
  duration latency();
  [[nodiscard]] instant now() const { return on_.now(); }

  surroundings around_;
  machine& on_;
  const client_description description_;
  const std::size_t number_;
  random random_;
  policy::scheduler scheduler_;
  policy::retry_budget budget_;
  order_watch order_;

  std::vector<std::unique_ptr<call>> calls_;
  std::vector<call*> idle_;
  std::size_t came_ = 0;
  std::size_t under_way_ = 0;
  bool active_ = false;
  bool stopped_ = false;
  bool closed_ = false;

  instant armed_ = policy::never;
  std::uint64_t alarms_ = 0;
  instant last_alarm_{-1};
  int idle_alarms_ = 0;  ///< at one instant, for nothing
  instant silent_until_{0};
  bool was_discovering_ = false;
};

}  // namespace mux::inline v0::simulation
