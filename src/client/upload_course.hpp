#pragma once

#include <cstdint>
#include <optional>

#include <mux/error.hpp>

#include "client/storage_answer.hpp"

namespace mux::inline v0::client_detail {

/// Where an upload stands and what comes next. Knows the protocol of resumable uploads, nothing of how it is
/// spoken; time and chance are somebody else's.
///
/// It believes one thing only: what the storage says is durable. A 2xx ends the upload after the last byte or
/// a question; in between it is a reason to ask.
class upload_course {
 public:
  /// `tries` without a further durable byte are allowed in a row; the storage may also take back so many
  /// times what it confirmed.
  upload_course(std::uint64_t size, std::uint64_t chunk, int tries, bool ask_first) noexcept;

  /// The next request: a question, or these bytes. Of an empty source it is always the bytes.
  struct step {
    bool question;
    std::uint64_t begin;
    std::uint64_t size;
  };
  [[nodiscard]] step next() const noexcept;

  enum class turn : std::uint8_t {
    go_on,     ///< at once
    again,     ///< after a pause that depends on `failures`
    finished,  ///< everything is there
    given_up,  ///< for `why`
  };
  /// Takes what the request of `next` came to.
  [[nodiscard]] turn take(const storage_answer& said);

  /// Bytes that the storage has, as far as it said.
  [[nodiscard]] std::uint64_t durable() const noexcept { return durable_; }
  /// Requests in a row after which no further byte was durable.
  [[nodiscard]] int failures() const noexcept { return failures_; }
  /// Of the last one.
  [[nodiscard]] const error& why() const noexcept { return why_; }

 private:
  turn move_to(std::uint64_t durable);
  turn failed(error why);
  turn give_up(error why);

  const std::uint64_t size_;
  const std::uint64_t chunk_;
  const int tries_;
  std::uint64_t durable_ = 0;
  bool asking_;
  int failures_ = 0;
  int setbacks_ = 0;
  error why_;
};

}  // namespace mux::inline v0::client_detail
