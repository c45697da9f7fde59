#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <mux/body_sink.hpp>
#include <mux/data/data.hpp>
#include <mux/options.hpp>
#include <mux/pager.hpp>
#include <mux/raw_request.hpp>
#include <mux/request.hpp>
#include <mux/robots/robots.hpp>
#include <mux/send.hpp>
#include <mux/stats.hpp>
#include <mux/system/system.hpp>
#include <mux/upload.hpp>
#include <mux/video/video.hpp>

namespace mux::inline v0 {

/// The Mux API. Every call waits at the limiter for its class first, so that the documented rates are kept
/// whatever the number of callers.
///
/// Thread safety: one client serves any number of threads. Movable; calls under way survive a move.
/// Lifetime: destroying the client completes queued calls with `shut_down`; calls that are being sent end
/// normally. Cancellation: at every await point, by Asio's per-operation slots; emit on the operation's
/// strand.
class client {
 public:
  /// Options default to `client_options::from_environment()`.
  /// Errors: throws `configuration_error` (`missing_credentials`, `insecure_base_url`, `invalid_ca_file`,
  /// `invalid_argument`).
  explicit client(asio::any_io_executor executor);
  client(asio::any_io_executor executor, client_options options);
  /// As the constructor, without exceptions for wrong settings.
  [[nodiscard]] static result<client> make(asio::any_io_executor executor, client_options options);
  client(client&&) noexcept;
  client& operator=(client&&) noexcept;
  ~client();

  /// The answer. Errors: throws what `throw_error` says for its code.
  template <class T>
  asio::awaitable<T> send(request<T> call) const {
    return detail::send<T>(core_, std::move(call).base());
  }
  /// The answer or why there is none; never throws for remote or network failure.
  template <class T>
  asio::awaitable<result<T>> try_send(request<T> call) const {
    return detail::try_send<T>(core_, std::move(call).base());
  }
  /// As `try_send`, with status, headers, request id and the body as text.
  template <class T>
  asio::awaitable<result<response<T>>> with_response(request<T> call) const {
    return detail::try_send_full<T>(core_, std::move(call).base());
  }
  /// Gives the body of the answer to `to` piece by piece, whatever its size; what is not 2xx is an error as
  /// ever. Once a piece was given there is no further try. `to` must live until the call ends.
  [[nodiscard]] asio::awaitable<result<response<void>>> try_download(request<std::string> call,
                                                                     body_sink& to) const;
  /// As `try_download`. Errors: throws what `throw_error` says for its code.
  [[nodiscard]] asio::awaitable<response<void>> download(request<std::string> call, body_sink& to) const;
  /// Sends the bytes of a direct upload to the `url` that `video.uploads.create` gave, in chunks. After
  /// whatever goes wrong it asks the storage how much is durable and goes on from there; done is what the
  /// storage calls finished. No credentials go there, redirects are not followed, https only, except to this
  /// machine; the URL is a secret and in no error. Limit class `storage`. `from` must live until the call
  /// ends. Errors: `upload_expired` (make a new upload), `source_changed`, `source_unreadable`,
  /// `bad_response` for a storage that keeps nothing or contradicts itself, `invalid_argument`,
  /// `insecure_base_url`, those of the source, of the network, and of other answers, with their status.
  /// Cancellation: what is durable stays so; `upload_options::resume` goes on with it.
  [[nodiscard]] asio::awaitable<result<upload_outcome>> try_upload(std::string_view url, body_source& from,
                                                                   upload_options options = {}) const;
  /// As `try_upload`. Errors: throws what `throw_error` says for its code.
  [[nodiscard]] asio::awaitable<upload_outcome> upload(std::string_view url, body_source& from,
                                                       upload_options options = {}) const;
  /// A pager over any list request, with `limit` items a page.
  template <class T>
  [[nodiscard]] pager<T> pages(request<page<T>> first, int limit = 100) const {
    return pager<T>(core_, std::move(first), limit);
  }

  /// Opens connections to the API until there are `connections` of them, so that the first calls need no
  /// handshake; at most as many as the pool may have. Errors: the first that failed. Spends no token.
  [[nodiscard]] asio::awaitable<result<void>> warm_up(std::size_t connections = 1) const;
  /// Ends in order: new calls fail with `shut_down`, those queued and under way go on to their end; then the
  /// connections are closed. True if that was done within `longest`; then what still waits at the limiter is
  /// ended with `shut_down`. Cancellation: stops the wait; the client takes no new calls all the same.
  [[nodiscard]] asio::awaitable<bool> drain(std::chrono::nanoseconds longest) const;

  /// Counters and the state of each limit class, taken now.
  [[nodiscard]] client_stats stats() const;
  /// Forgets what was learnt of one limit: burst, share of the rate, the server's own numbers. What was sent
  /// and pauses under way stand. With a `state_directory`, for all processes that share it. Thread-safe.
  void forget_limit(rate_class c) const;
  /// The server's time, from the last `Date` header plus the time since; nothing before the first answer.
  /// Precision: the header's second plus the answer's latency.
  [[nodiscard]] std::optional<std::chrono::sys_time<std::chrono::milliseconds>> server_time() const;
  [[nodiscard]] const client_options& options() const noexcept;

 private:
  std::shared_ptr<detail::client_core> core_;

 public:
  mux::video_group video;
  mux::data_group data;
  mux::robots_group robots;
  mux::system_group system;

 private:
  explicit client(std::shared_ptr<detail::client_core> core);
};

}  // namespace mux::inline v0
