#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "policy/pool_plan.hpp"
#include "transport/connection.hpp"
#include "transport/transport.hpp"

namespace mux::inline v0::transport {

/// The real network: `policy::pool_plan` decides for each origin, this class carries it out. Thread-safe: the
/// mutex covers the plans and who holds what, never an operation on the wire.
///
/// A connection has no strand of its own. Its handlers run on the strand of the coroutine that holds it, and
/// it changes hands under the mutex, when none of its operations is under way.
class pool final : public network, public std::enable_shared_from_this<pool> {
 public:
  pool(asio::any_io_executor executor, network_options options, std::shared_ptr<tls_context> tls);
  ~pool() override;

  asio::awaitable<lease_result> acquire(const origin& to, policy::freshness how,
                                        std::optional<clock::time_point> deadline) override;
  asio::awaitable<std::optional<wire_error>> warm_up(const origin& to, std::size_t connections) override;
  void close() override;
  [[nodiscard]] pool_stats stats() const override;

  /// The execution context ends: gives up everything that lives in it.
  void abandon() noexcept;

 private:
  struct waiter;
  struct host;
  class place;
  class pooled_lease;
  using connection_ptr = std::shared_ptr<connection>;  ///< one owner; shared for the sake of `alive_`
  using connections = std::vector<connection_ptr>;     ///< to be destroyed after the mutex is released

  host& host_of(const origin& to);
  connection_ptr make_connection(const origin& to);
  void release(host& at, connection_ptr back);
  void expire(host& at, connections& closing);
  void note(host& at, const std::optional<wire_error>& outcome);
  wire_error unserved(const host& at, wait_end how) const;

  const network_options options_;
  const std::shared_ptr<tls_context> tls_;
  mutable std::mutex mutex_;
  asio::any_io_executor executor_;
  std::vector<std::unique_ptr<host>> hosts_;      ///< a handful; they stay
  std::vector<std::weak_ptr<connection>> alive_;  ///< wherever they are
  std::uint64_t next_id_ = 1;
  std::uint64_t opened_ = 0;
  std::uint64_t reused_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace mux::inline v0::transport
