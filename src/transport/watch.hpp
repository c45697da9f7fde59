#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "transport/transport.hpp"

namespace mux::inline v0::transport {

/// How waiting ended.
enum class wait_end : std::uint8_t { ready, timed_out, cancelled };

/// Cuts operations on one socket that take longer than their phase may. Belongs to one coroutine and is used
/// on its strand only: the timer's handler runs on the same executor as the handlers of the socket. It holds
/// no reference to a connection that another strand may have taken over.
class watch {
 public:
  watch(const asio::any_io_executor& executor, std::optional<clock::time_point> deadline);
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;
  ~watch();

  /// A phase of at most `length` begins; zero or less: only the deadline bounds it.
  void begin(std::chrono::nanoseconds length);
  /// The end of the phase, if it has one.
  [[nodiscard]] std::optional<clock::time_point> limit() const noexcept { return limit_; }
  /// When the phase began.
  [[nodiscard]] clock::time_point began() const noexcept { return began_; }
  /// The phase was over when it began.
  [[nodiscard]] bool over() const noexcept { return limit_ && began_ >= *limit_; }
  /// The phase ends with the deadline, not with its own length.
  [[nodiscard]] bool by_deadline() const noexcept { return limit_ && limit_ == deadline_; }

  /// Waits until `socket` can be read or written.
  asio::awaitable<wait_end> ready(asio::ip::tcp::socket& socket, asio::ip::tcp::socket::wait_type what);
  /// Waits until `socket` can be written or there is something to read.
  asio::awaitable<wait_end> writable_or_readable(asio::ip::tcp::socket& socket);

 private:
  struct alarm;
  bool start(asio::ip::tcp::socket& socket);
  wait_end stop(const boost::system::error_code& outcome);

  asio::any_io_executor executor_;
  std::optional<clock::time_point> deadline_;
  std::optional<clock::time_point> limit_;
  clock::time_point began_{};
  std::shared_ptr<alarm> alarm_;  ///< made when something must be waited for
};

}  // namespace mux::inline v0::transport
