#pragma once

#include <optional>

#include "policy/instant.hpp"

namespace mux::inline v0::policy {

/// What an answer says of its bucket (`X-RateLimit-Limit`, `X-RateLimit-Remaining`).
struct quota {
  double limit = 0;      ///< size of the bucket
  double remaining = 0;  ///< tokens left
};

/// Reads the fill of the server's bucket from the headers of its answers, so that a client sends a burst
/// while there is one and slows down before it would be refused. The client's own bucket, as large as the
/// server's then, still bounds what it sends; refusals outrank the numbers. Pure logic. Not thread-safe.
class header_signal {
 public:
  /// `rate` in requests a second that the server allows.
  explicit header_signal(double rate) noexcept : rate_(rate), drift_(rate) {}

  /// Notes an answer. `in_flight`: own requests on the way, this one not counted.
  void observe(bool accepted, const std::optional<quota>& said, instant now, std::size_t in_flight) noexcept;

  /// True once the answers carry numbers that can be used: of a bucket that is not tiny and fills steadily.
  [[nodiscard]] bool trusted() const noexcept { return limit_ >= least_limit && !useless_; }
  /// Size of the server's bucket as it said last; 0: it says nothing.
  [[nodiscard]] double limit() const noexcept { return limit_; }
  /// Estimated tokens in the server's bucket for requests to come.
  [[nodiscard]] double remaining(instant now, std::size_t in_flight) const noexcept;
  /// Other clients were seen at the same bucket lately.
  [[nodiscard]] bool shared(instant now) const noexcept { return now - foreign_ < memory; }

  /// When the next request should leave, never earlier than `now`. `last` left the one before, `rate` is the
  /// client's share; `calm`: no refusal lately.
  [[nodiscard]] instant ready(instant now, instant last, double rate, std::size_t in_flight,
                              bool calm) const noexcept;

  /// The clock or the process made a jump: what was read before says nothing now.
  void forget() noexcept { *this = header_signal(rate_); }

 private:
  void watch_jump(double gained, double passed, double in_flight, instant now) noexcept;
  [[nodiscard]] double throttle(instant now, std::size_t in_flight) const noexcept;

  /// A bucket so small tells a client nothing that refusals do not.
  static constexpr double least_limit = 8;
  /// How long other clients count as present after they were last seen.
  static constexpr duration memory = std::chrono::minutes(5);

  double rate_;
  double limit_ = 0;
  double remaining_ = 0;
  instant at_{0};              ///< of `remaining_`
  double drift_;               ///< tokens a second that come in, as seen
  double base_ = 0;            ///< what was left at `at_`
  double own_ = 0;             ///< own accepted requests since `at_`
  double alone_ = 0;           ///< what would be left if nobody else had taken any …
  instant heard_{0};           ///< … at this moment …
  instant counting_since_{0};  ///< … counted from here
  instant foreign_ = -never;
  instant jump_ = -never;  ///< the bucket filled faster than it can
  int last_tokens_ = 0;    ///< accepted requests in a row that left none
  bool useless_ = false;   ///< the numbers are those of a window, or none at all
};

}  // namespace mux::inline v0::policy
