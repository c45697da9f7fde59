#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "policy/instant.hpp"

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

/// Calls a function once at a moment. Thread-safe.
class alarm {
 public:
  virtual ~alarm() = default;
  /// Replaces the moment set before. The function runs on the executor; a replaced or cancelled call never
  /// runs late, but may be under way already.
  virtual void arm(policy::instant when) = 0;
  virtual void cancel() = 0;
};

/// Where the client gets its time from: the steady clock, or a test's own.
class time_source {
 public:
  virtual ~time_source() = default;
  /// Never runs backwards.
  [[nodiscard]] virtual policy::instant now() const = 0;
  /// A number that changes when `now` does not tell the whole story any more: the machine slept, or this
  /// process is a fork of the one before.
  [[nodiscard]] virtual std::uint64_t discontinuities() { return 0; }
  [[nodiscard]] virtual std::unique_ptr<alarm> make_alarm(asio::any_io_executor executor,
                                                          std::function<void()> then) = 0;
};

/// std::chrono::steady_clock, the same for all processes of a machine between two boots.
[[nodiscard]] std::shared_ptr<time_source> steady_time();

}  // namespace mux::inline v0::client_detail
