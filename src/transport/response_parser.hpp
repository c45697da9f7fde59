#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transport/transport.hpp"

namespace mux::inline v0::transport {

class gunzip;

/// Reads one HTTP/1.1 answer, strictly: what two readers could understand differently is refused. No I/O.
/// Interim answers (1xx) are skipped, a bounded number of them.
class response_parser {
 public:
  /// Fills the head of `into`, which must outlive the parser. The body is handed out instead. With `to_sink`
  /// the body of a 2xx may have any size.
  response_parser(const response_limits& limits, wire_response& into, bool to_sink = false);
  ~response_parser();

  struct part {
    std::size_t used = 0;  ///< of the bytes offered
    /// What comes next in the body, decoded. Valid as long as those bytes and until the next call.
    std::string_view body;
  };
  /// Takes what it can use from the front of `bytes`, up to the next part of the body. The rest must be
  /// offered again: at once, be it nothing, after a part of the body, otherwise together with what comes
  /// after it. Once the answer is complete, the rest does not belong to it.
  part take(std::string_view bytes);
  /// The stream ended; `orderly` if nothing can have been cut off by someone between here and the server.
  void end(bool orderly);

  [[nodiscard]] bool complete() const noexcept { return step_ == step::complete; }
  [[nodiscard]] bool failed() const noexcept { return step_ == step::failed; }
  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  /// The body goes to the sink. Known once a part of the body is handed out or the answer is complete.
  [[nodiscard]] bool streamed() const noexcept {
    return to_sink_ && into_.status >= 200 && into_.status < 300;
  }
  /// Size of the whole body as it is handed out, if that is known then.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
  /// The connection may serve another request.
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

 private:
  enum class step : std::uint8_t {
    status,
    head,
    fixed,
    until_end,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    complete,
    failed
  };

  std::size_t take_line(std::string_view bytes);
  void take_status(std::string_view line);
  void take_field(std::string_view line);
  void take_framing(std::string_view name, std::string_view value);
  void take_codings(std::string_view value);
  void take_chunk_size(std::string_view line);
  part take_body(std::string_view bytes);
  void begin_body();
  void begin_coding();
  void check_decoded();
  void end_data();
  void end_body(step next);
  void fail(errc code, std::string reason);

  const response_limits& limits_;
  wire_response& into_;
  const bool to_sink_;
  step step_ = step::status;
  errc code_ = errc::none;
  std::string reason_;
  std::size_t searched_ = 0;    ///< bytes at the front of the rest that hold no line end
  std::size_t head_bytes_ = 0;  ///< in status lines, fields and trailers
  int interim_ = 0;
  std::optional<std::uint64_t> length_;
  std::string codings_;  ///< of the body, as a list
  std::optional<std::uint64_t> size_;
  std::uint64_t left_ = 0;       ///< of the body or the chunk, as it travels
  std::uint64_t travelled_ = 0;  ///< bytes of the body
  std::uint64_t travel_bound_ = 0;
  std::uint64_t decoded_ = 0;
  std::uint64_t bound_ = 0;  ///< on what is decoded
  std::unique_ptr<gunzip> decoder_;
  bool chunked_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
};

}  // namespace mux::inline v0::transport
