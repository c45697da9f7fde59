#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mux/error.hpp>
#include <mux/operation.hpp>

namespace mux::inline v0 {

/// Told what happens to calls. Called from the threads that run the client's executor, possibly at the same
/// time; must not block. No argument ever holds a secret: paths come without query, bodies and headers not at
/// all.
class observer {
 public:
  virtual ~observer() = default;
  /// A call entered the queue of its class; `predicted_wait` is an upper bound if nothing changes.
  virtual void on_queued(const operation&, std::chrono::nanoseconds /*predicted_wait*/) {}
  /// The limiter let it go after `waited`.
  virtual void on_granted(const operation&, std::chrono::nanoseconds /*waited*/) {}
  /// An answer came, whatever its status.
  virtual void on_answered(const operation&, int /*status*/, std::chrono::nanoseconds /*latency*/) {}
  /// The server refused with 429; the class pauses for `pause`.
  virtual void on_throttled(const operation&, std::chrono::nanoseconds /*pause*/) {}
  /// What the client allows itself changed: a refusal taught it a smaller burst or share, a discovery ended,
  /// or the full rate is back. `rate` in requests a second.
  virtual void on_limit_changed(rate_class, double /*rate*/, int /*burst*/) {}
  /// A further try follows after `delay`.
  virtual void on_retry(const operation&, const error& /*why*/, int /*attempt*/,
                        std::chrono::nanoseconds /*delay*/) {}
  /// A connection to `host` (`name:port`) was opened, `took` counted from looking the name up; `resumed`: by
  /// a TLS session of an earlier one.
  virtual void on_connected(std::string_view /*host*/, std::chrono::nanoseconds /*took*/, bool /*resumed*/) {}
  /// A connection could not be opened.
  virtual void on_connect_failed(std::string_view /*host*/, const error& /*why*/) {}
  /// A connection was closed after `served` requests.
  virtual void on_disconnected(std::string_view /*host*/, std::uint64_t /*served*/) {}
  /// The call ended, with `why` null on success.
  virtual void on_finished(const operation&, const error* /*why*/, int /*attempts*/) {}
};

}  // namespace mux::inline v0
