#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "simulation/event_queue.hpp"

namespace mux::inline v0::simulation {

/// What a server does with a request.
struct decision {
  bool admitted;
  double remaining;
  duration wait;  ///< until the next request can be admitted, after a refusal
};

/// A limit as a server may implement it. Written without a look at the client's side, in another arithmetic.
class server_limit {
 public:
  virtual ~server_limit() = default;
  virtual decision hit(instant now) = 0;
  [[nodiscard]] virtual double size() const = 0;
};

enum class limit_kind : std::uint8_t { bucket, window, sliding_log };

struct limit_description {
  limit_kind kind = limit_kind::bucket;
  double rate = 5;   ///< requests a second
  double size = 10;  ///< of a bucket in tokens, of a window in seconds

  /// `TB10`, `FW60`, `SL10`.
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::unique_ptr<server_limit> make() const;
};

}  // namespace mux::inline v0::simulation
