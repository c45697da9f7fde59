#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace mux::inline v0::muxctl {

/// Turns signals into calls on an executor for as long as it lives. The first of INT, TERM and HUP calls
/// `stop`, the second ends the process at once with 128 and its number; USR1 calls `status`. A signal that
/// was ignored when the process began (nohup, a background job) stays ignored. At most one object at a time.
class signals {
 public:
  signals(const boost::asio::any_io_executor& executor, std::function<void(int)> stop,
          std::function<void()> status);
  ~signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;

  /// What the second signal writes to stderr before it ends the process.
  void set_last_words(std::string text);
  /// The first signal that asked to stop.
  [[nodiscard]] std::optional<int> stopped_by() const noexcept { return stopped_by_; }
  /// No further calls; the executor is free to run out of work.
  void close();

 private:
  void read();

  boost::asio::posix::stream_descriptor pipe_;
  std::function<void(int)> stop_;
  std::function<void()> status_;
  std::optional<int> stopped_by_;
  std::array<unsigned char, 1> number_{};
  std::string last_words_;
};

/// `SIGINT`, `SIGTERM` or `SIGHUP`.
[[nodiscard]] const char* signal_name(int signal) noexcept;

}  // namespace mux::inline v0::muxctl
