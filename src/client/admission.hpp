#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <random>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <mux/observer.hpp>
#include <mux/options.hpp>
#include <mux/request.hpp>
#include <mux/result.hpp>
#include <mux/stats.hpp>

#include "client/limit_file.hpp"
#include "client/time_source.hpp"
#include "policy/scheduler.hpp"

namespace mux::inline v0::client_detail {

/// Drives one scheduler per limit class: owns mutex, alarm and handlers, so that the schedulers need none.
/// Thread-safe.
class admission : public std::enable_shared_from_this<admission> {
 public:
  /// `file` may be null: the state is then this process's own.
  admission(asio::any_io_executor executor, std::shared_ptr<time_source> time, const limiter_options& options,
            std::shared_ptr<limit_file> file, std::shared_ptr<mux::observer> observer);
  ~admission();

  /// Waits for a token of the operation's class. `deadline` is on the time source's clock. Errors:
  /// `would_exceed_deadline`, `timed_out`, `cancelled`, `shut_down`.
  asio::awaitable<result<void>> acquire(const operation& op, priority band, policy::instant deadline,
                                        bool ahead);
  /// The token taken before is used: the request leaves now.
  void sent(rate_class c);
  /// A token was taken and nothing was sent.
  void give_back(rate_class c);
  /// The server refused a request that was sent at `sent`. Returns the pause of the class. `retry_after` < 0:
  /// none named.
  policy::duration refused(rate_class c, policy::instant sent, policy::duration retry_after);
  /// The server let a request through.
  void accepted(rate_class c);
  /// Ends every wait with `shut_down`; later ones fail at once. Idempotent.
  void close();

  [[nodiscard]] std::array<class_stats, rate_class_count> stats() const;

 private:
  struct lane;
  struct call;
  void serve(lane& l);
  template <class Change>
  bool change(lane& l, policy::instant now, Change&& what);
  void rearm(lane& l, policy::instant now);
  lane& of(rate_class c) const { return *lanes_[static_cast<std::size_t>(c)]; }

  std::shared_ptr<time_source> time_;
  std::shared_ptr<limit_file> file_;
  std::shared_ptr<mux::observer> observer_;
  std::array<std::unique_ptr<lane>, rate_class_count> lanes_;
};

}  // namespace mux::inline v0::client_detail
