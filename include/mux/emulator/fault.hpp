#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mux::inline v0::emulator {

/// What goes wrong. `before`: the request has no effect; `after`: it was executed, only the answer suffers.
enum class fault_kind : std::uint8_t {
  drop_before,  ///< the connection is closed without an answer
  drop_after,
  reset_before,  ///< the same with a TCP reset
  reset_after,
  http_500_before,  ///< 500 with an HTML body
  http_500_after,
  http_502_before,  ///< 502 with an HTML body, as from a load balancer
  http_502_after,
  http_503_before,  ///< 503 with an HTML body
  http_503_after,
  html_before,  ///< 200 with an HTML body
  html_after,
  truncate,  ///< half of the answer's body, then the connection is closed
  delay,     ///< the answer comes late

  // Of the storage alone.
  partial,         ///< of the new bytes only half, rounded down to units of 256 KiB, becomes durable
  cut,             ///< reset once half of the body arrived; the whole units of it are durable
  expire_session,  ///< 410, now and from here on
  upload_errored,  ///< the file becomes complete, but instead of an asset the upload gets an error
};

/// A fault and the requests it befalls. Only requests that passed authentication and limits can be hit, and
/// at the storage those that name a session and a range.
struct fault {
  fault() {}
  fault_kind kind = fault_kind::drop_after;
  /// An operation (`video.assets.create`), a rate class (`video_post`), or empty for all. Requests to the
  /// URLs of uploads have the class `storage` and one of the operations `storage.chunk`, `storage.finish`
  /// (the last bytes of the file, or all) and `storage.query` (for what is durable).
  std::string match;
  double probability = 1;              ///< 0 to 1
  std::optional<std::uint64_t> count;  ///< fires at most so often
  std::chrono::milliseconds delay{0};  ///< for `delay`
};

/// Reads `KIND[:MILLISECONDS][@MATCH][=PROBABILITY][*COUNT]`: `delay:1500@video_other=0.1`, `truncate*1`.
/// `create_answer_lost` is short for `drop_after@video.assets.create`, `upload_answer_lost` for
/// `drop_after@storage.finish`. Nothing if the text is no such thing.
[[nodiscard]] std::optional<fault> parse_fault(std::string_view text);

}  // namespace mux::inline v0::emulator
