#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "policy/pool_plan.hpp"
#include "transport/connection.hpp"
#include "transport/proxy.hpp"
#include "transport/transport.hpp"

namespace mux::inline v0::transport {

/// The real network: `policy::pool_plan` decides, this class carries it out. Thread-safe: the mutex covers
/// the plan and who holds what, never an operation on the wire.
///
/// A connection has no strand of its own. Its handlers run on the strand of the coroutine that holds it, and
/// it changes hands under the mutex, when none of its operations is under way. It is opened by a coroutine of
/// its own on the strand of who asked for it: who asked may meanwhile get another one that is given back.
class pool final : public network, public std::enable_shared_from_this<pool> {
 public:
  pool(asio::any_io_executor executor, network_options options, std::shared_ptr<tls_context> tls,
       std::optional<proxy> through);
  ~pool() override;

  asio::awaitable<lease_result> acquire(const origin& to, policy::freshness how,
                                        std::optional<clock::time_point> deadline) override;
  asio::awaitable<std::optional<wire_error>> warm_up(const origin& to, std::size_t connections) override;
  void close() override;
  [[nodiscard]] pool_stats stats() const override;

  /// The execution context ends: gives up everything that lives in it.
  void abandon() noexcept;

 private:
  struct host;
  struct waiter;
  struct warming;
  struct opening;
  class errands;
  class place;
  class pooled_lease;
  using grant = std::optional<policy::pool_plan::grant>;
  using failure = std::optional<wire_error>;

  void start(const std::shared_ptr<opening>& work);
  asio::awaitable<void> carry_out(std::shared_ptr<opening> work);
  void settle(opening& work, failure failed);
  void release(host& at, connection& back);
  bool make_room();
  void report(const opening& work, const failure& failed, clock::time_point begun) const;
  wire_error unserved(const host& at, wait_end how) const;

  // With the mutex held.
  host& host_of(const origin& to);
  std::shared_ptr<opening> begin(host& at, asio::any_io_executor strand, errands& later);
  std::unique_ptr<connection> take_out(const connection& which);
  void give_back(host& at, connection& back, errands& later);
  void lose(host& at, connection& gone, errands& later);
  void pass_on(const grant& to, connection* back, errands& later);
  void sweep(clock::time_point now, errands& later);

  const network_options options_;
  const std::shared_ptr<tls_context> tls_;
  const std::optional<proxy> proxy_;
  mutable std::mutex mutex_;
  asio::any_io_executor executor_;
  policy::pool_plan plan_;
  std::vector<std::unique_ptr<host>> hosts_;              ///< a handful; they stay
  std::vector<std::unique_ptr<connection>> connections_;  ///< by id, wherever they are used
  std::vector<std::uint64_t> free_ids_;
  std::unordered_map<std::uint64_t, std::shared_ptr<waiter>> waiting_;  ///< by ticket
  std::vector<std::weak_ptr<opening>> openings_;
  std::uint64_t opened_ = 0;
  std::uint64_t reused_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace mux::inline v0::transport
