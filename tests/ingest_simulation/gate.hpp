#pragma once

#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include <mux/ingest/remote.hpp>

#include "policy/scheduler.hpp"
#include "simulation/random.hpp"
#include "unit/ingest/virtual_time.hpp"

namespace mux::inline v0::ingest::simulation {

/// The library's own limiter for one class of calls, driven in virtual time.
class gate {
 public:
  gate(test::virtual_time& time, const policy::pace_settings& settings, std::uint64_t seed);
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  ~gate();

  /// A call on its way through; kept while it is refused and comes again.
  struct place : policy::waiter {
    std::unique_ptr<alarm> turn;
    bool granted = false;
  };
  /// Ends when the call may leave; nothing if it was cancelled before.
  asio::awaitable<std::optional<policy::ticket>> pass(place& call);
  void accepted(const policy::ticket& of);
  void refused(const policy::ticket& of, std::chrono::nanoseconds retry_after);
  void unanswered();

  [[nodiscard]] ingest::pace pace() const;

 private:
  [[nodiscard]] policy::instant now() const;
  void serve();
  void rearm();

  test::virtual_time& time_;
  mux::simulation::random random_;
  policy::scheduler scheduler_;
  std::optional<test::virtual_time::sleeper> armed_;
  policy::instant armed_for_ = policy::never;
  std::uint64_t refused_ = 0;
};

}  // namespace mux::inline v0::ingest::simulation
