#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

#include <mux/observer.hpp>
#include <mux/operation.hpp>
#include <mux/options.hpp>
#include <mux/request.hpp>
#include <mux/stats.hpp>

#include "client/limit_file.hpp"
#include "client/parking.hpp"
#include "client/suspension.hpp"
#include "client/time_source.hpp"
#include "policy/scheduler.hpp"

namespace mux::inline v0::client_detail {

/// A call that waits in a lane's queue; lives in the coroutine that waits.
struct queued_call : policy::waiter {
  enum class ending : std::uint8_t { none, granted, expired, cancelled, shut_down } end = ending::none;
  suspension sleep;
};
static_assert(sizeof(queued_call) <= 96);

/// One limit class of a client: drives its scheduler, which needs lock, alarm and shared state from outside.
/// Thread-safe.
class lane final : public keeper, public std::enable_shared_from_this<lane> {
 public:
  /// `file` may be null: the state is then this process's own, and a call that finds a token goes its way
  /// without a lock.
  [[nodiscard]] static std::shared_ptr<lane> make(rate_class which, const class_limit& limit,
                                                  std::uint64_t seed, const asio::any_io_executor& executor,
                                                  std::shared_ptr<time_source> time,
                                                  std::shared_ptr<limit_file> file,
                                                  std::shared_ptr<observer> watcher);

  /// A turn at once, if there is one to be had without a closer look. Lock-free.
  [[nodiscard]] bool try_enter(policy::instant now) noexcept;
  /// Gives the call a turn, queues it or refuses it. Nothing after `close`. A queued call ends with a release
  /// of its `sleep`, and must `withdraw` before it is destroyed.
  [[nodiscard]] std::optional<policy::arrival> arrive(queued_call& c, policy::instant now);
  /// Takes a call out of the queue; false if it was not there (any more).
  bool withdraw(queued_call& c) noexcept;
  /// To be called before a queued call falls asleep on the context: so it does not outlive that.
  void sleeps_on(asio::execution_context& context);
  std::vector<std::shared_ptr<void>> take_sleepers(asio::execution_context& context) override;
  /// Spends the token of a turn. Nothing, and the turn is over: not now after all.
  [[nodiscard]] std::optional<policy::ticket> depart(policy::instant now);
  /// Ends a turn without a request.
  void leave();

  // News of the server.
  void accepted(const policy::ticket& of, const std::optional<policy::quota>& said);
  /// Returns the pause.
  policy::duration refused(const policy::ticket& of, policy::duration retry_after,
                           const std::optional<policy::quota>& said);
  void unanswered();
  void pause(policy::duration length);
  /// Nothing is known of the server any more; what was sent and its pauses stand.
  void forget();

  /// Ends every wait with `shut_down`.
  void close();
  [[nodiscard]] class_stats stats();
  [[nodiscard]] time_source& time() const noexcept { return *time_; }
  [[nodiscard]] observer* watcher() const noexcept { return watcher_.get(); }

 private:
  lane(rate_class which, const class_limit& limit, std::uint64_t seed);

  [[nodiscard]] bool shared() const noexcept { return file_ && !scheduler_.bucket().unlimited(); }
  template <class Change>
  bool change(policy::instant now, Change&& what);
  template <class Change>
  void change_surely(policy::instant now, Change&& what);
  template <class News>
  void learn(News&& news);
  void rearm(policy::instant now);
  void serve();
  void turn_ended();

  const rate_class which_;
  std::shared_ptr<time_source> time_;
  std::shared_ptr<limit_file> file_;
  std::shared_ptr<observer> watcher_;
  std::atomic<std::uint64_t> granted_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<const asio::execution_context*> known_{nullptr};  ///< the last one that calls fell asleep on

  std::mutex mutex_;  ///< guards the rest, but for the scheduler's lock-free members
  std::mt19937_64 random_;
  policy::scheduler scheduler_;
  std::unique_ptr<alarm> wake_;
  policy::instant armed_ = policy::never;
  policy::instant unstored_pause_{0};  ///< see `change_surely`
  int missed_locks_ = 0;               ///< turns of the alarm in a row that found the shared state locked
  std::uint64_t discontinuities_ = 0;
  bool closed_ = false;
};

}  // namespace mux::inline v0::client_detail
