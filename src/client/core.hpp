#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <random>

#include <boost/asio/any_io_executor.hpp>

#include <mux/options.hpp>
#include <mux/result.hpp>
#include <mux/send.hpp>
#include <mux/stats.hpp>

#include "client/activity.hpp"
#include "client/admission.hpp"
#include "client/identity.hpp"
#include "client/server_clock.hpp"
#include "client/time_source.hpp"
#include "policy/retry.hpp"
#include "transport/transport.hpp"

namespace mux::inline v0::detail {

/// What a client is made of; shared by the client and the calls under way. Thread-safe.
class client_core : public std::enable_shared_from_this<client_core> {
 public:
  /// Checks the options. Errors: as `client::client`.
  [[nodiscard]] static result<std::shared_ptr<client_core>> make(asio::any_io_executor executor,
                                                                 client_options options);
  /// With a network and a clock of the caller's, for tests and simulations.
  [[nodiscard]] static result<std::shared_ptr<client_core>> make(
      asio::any_io_executor executor, client_options options, std::shared_ptr<transport::network> network,
      std::shared_ptr<client_detail::time_source> time);

  ~client_core();

  /// Ends queued calls; idempotent.
  void close();
  /// As those of `client`.
  static asio::awaitable<result<void>> warm_up(std::shared_ptr<client_core> core, std::size_t connections);
  static asio::awaitable<bool> drain(std::shared_ptr<client_core> core, std::chrono::nanoseconds longest);

  [[nodiscard]] const client_options& options() const noexcept { return options_; }
  [[nodiscard]] const client_detail::admission& limiter() const noexcept { return *admission_; }
  [[nodiscard]] transport::network& network() const noexcept { return *network_; }
  [[nodiscard]] client_detail::time_source& time() const noexcept { return *time_; }
  [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
  [[nodiscard]] const transport::base_url& host(api_host which) const noexcept {
    return hosts_[static_cast<std::size_t>(which)];
  }
  /// Headers of every request to that host; the credentials go to the API's host only.
  [[nodiscard]] const transport::headers& headers(api_host which) const noexcept {
    return which == api_host::api ? api_headers_ : playback_headers_;
  }
  /// Headers of requests to hosts that are not the API's.
  [[nodiscard]] const transport::headers& foreign_headers() const noexcept { return foreign_headers_; }
  [[nodiscard]] client_detail::activity& calls() noexcept { return calls_; }
  [[nodiscard]] client_detail::identity& who() noexcept { return identity_; }
  [[nodiscard]] client_detail::server_clock& server_time() noexcept { return server_time_; }
  [[nodiscard]] observer* watcher() const noexcept { return options_.observer.get(); }
  /// Uniform in [0, 1).
  [[nodiscard]] double chance();
  [[nodiscard]] policy::verdict judge(const policy::ending& e, const operation& op, idempotency repeat,
                                      int attempt, int tries);
  [[nodiscard]] client_stats stats() const;

  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> retried{0};
  std::atomic<std::uint64_t> renewed{0};
  std::atomic<std::uint64_t> failed{0};

 private:
  client_core(asio::any_io_executor executor, client_options options);

  asio::any_io_executor executor_;
  client_options options_;
  std::shared_ptr<client_detail::time_source> time_;
  std::shared_ptr<transport::network> network_;
  std::unique_ptr<client_detail::admission> admission_;
  std::array<transport::base_url, 3> hosts_;
  transport::headers api_headers_;
  transport::headers playback_headers_;
  transport::headers foreign_headers_;
  client_detail::server_clock server_time_;
  client_detail::activity calls_;
  client_detail::identity identity_;
  std::mutex mutex_;  ///< guards the two below
  std::mt19937_64 random_;
  std::array<policy::retry_budget, rate_class_count> budgets_;
};

}  // namespace mux::inline v0::detail
