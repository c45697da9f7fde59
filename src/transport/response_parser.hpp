#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transport/transport.hpp"

namespace mux::inline v0::transport {

/// Reads one HTTP/1.1 answer, strictly: what two readers could understand differently is refused. No I/O.
/// Interim answers (1xx) are skipped, a bounded number of them.
class response_parser {
 public:
  /// Fills `into`, which must outlive the parser.
  response_parser(const response_limits& limits, wire_response& into);

  /// Takes what it can use from the front of `bytes` and says how much that was. The rest must be offered
  /// again together with what comes after it; once the answer is complete, the rest does not belong to it.
  std::size_t take(std::string_view bytes);
  /// The stream ended; `orderly` if nothing can have been cut off by someone between here and the server.
  void end(bool orderly);

  [[nodiscard]] bool complete() const noexcept { return step_ == step::complete; }
  [[nodiscard]] bool failed() const noexcept { return step_ == step::failed; }
  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }
  /// All of the final answer's head was read.
  [[nodiscard]] bool in_body() const noexcept { return step_ > step::head && step_ < step::complete; }
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
  void take_chunk_size(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  void begin_body();
  void fail(errc code, std::string_view reason);

  const response_limits& limits_;
  wire_response& into_;
  step step_ = step::status;
  errc code_ = errc::none;
  std::string_view reason_;
  std::size_t searched_ = 0;    ///< bytes at the front of the rest that hold no line end
  std::size_t head_bytes_ = 0;  ///< in status lines, fields and trailers
  int interim_ = 0;
  std::optional<std::uint64_t> length_;
  std::uint64_t left_ = 0;  ///< of the body or the chunk
  bool chunked_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
};

}  // namespace mux::inline v0::transport
