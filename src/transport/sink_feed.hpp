#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "transport/transport.hpp"

namespace mux::inline v0::transport {

/// Gives the body of one answer to a sink. Belongs to one coroutine and is used on its strand only.
class sink_feed {
 public:
  /// `deadline` cuts what the sink does, too.
  sink_feed(body_sink& to, std::optional<clock::time_point> deadline) : to_(to), deadline_(deadline) {}
  sink_feed(const sink_feed&) = delete;
  sink_feed& operator=(const sink_feed&) = delete;
  ~sink_feed();

  /// The body begins, unless it did before.
  void begin(std::optional<std::uint64_t> size);
  /// Ends when the sink has taken `bytes`, in pieces. Cancellation reaches the sink. What the sink throws
  /// comes through.
  asio::awaitable<result<void>> write(std::string_view bytes);

  /// The deadline came while the sink was at it.
  [[nodiscard]] bool late() const noexcept;
  /// The sink was given something.
  [[nodiscard]] bool delivered() const noexcept { return delivered_; }

 private:
  struct alarm;
  asio::awaitable<result<void>> write_in_time(std::string_view piece);

  body_sink& to_;
  const std::optional<clock::time_point> deadline_;
  std::shared_ptr<alarm> alarm_;
  bool begun_ = false;
  bool delivered_ = false;
};

}  // namespace mux::inline v0::transport
