#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include <mux/operation.hpp>
#include <mux/request.hpp>
#include <mux/result.hpp>

#include "client/lane.hpp"

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

/// One call's way through the limiter, for all its tries:
///
///   `enter` waits for a turn; `depart`, just before the first byte, spends the token; then `accepted` or
///   `refused`. `abandon` gives a turn back, or says that no answer came. A call that was refused, or could
///   not depart, keeps its place in the queue for the next `enter`; after any other try it queues up anew.
///
/// A passage that is destroyed is abandoned. One coroutine at a time.
class passage {
 public:
  passage(std::shared_ptr<lane> through, const operation& op, const call_options& options,
          policy::instant deadline);
  ~passage() { abandon(); }
  passage(const passage&) = delete;
  passage& operator=(const passage&) = delete;

  /// Waits for a turn. Errors: `would_exceed_deadline`, `timed_out`, `cancelled`, `shut_down`. Cancellation
  /// leaves the queue at once.
  asio::awaitable<result<void>> enter();
  /// False: not now after all, somebody was refused meanwhile or another process was first. Enter again.
  [[nodiscard]] bool depart();
  /// The try came to nothing.
  void abandon();

  /// The request was let through, whatever its answer.
  void accepted(const std::optional<policy::quota>& said);
  /// The server answered 429; `retry_after` < 0: it named no time. Returns the pause of the class.
  policy::duration refused(policy::duration retry_after, const std::optional<policy::quota>& said);

 private:
  friend class suspension;
  enum class stage : std::uint8_t { outside, queued, turn, under_way };
  policy::arrival arrive(policy::instant now);
  result<void> entered(const policy::arrival& arrived, policy::instant since);
  void on_sleep(asio::execution_context& context) { lane_->sleeps_on(context); }
  void on_cancel();

  std::shared_ptr<lane> lane_;
  const operation& operation_;
  policy::ticket ticket_;
  queued_call call_;
  stage stage_ = stage::outside;
};

}  // namespace mux::inline v0::client_detail
