#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include <mux/request.hpp>
#include <mux/result.hpp>
#include <mux/send.hpp>

namespace mux::inline v0 {

namespace detail {

/// Where a listing stands; knows cursors and page numbers, nothing of the items' type.
class page_walk {
 public:
  page_walk(std::shared_ptr<client_core> core, request_base first, int limit);

  /// False once the last page was handed out.
  [[nodiscard]] bool more() const noexcept { return more_; }
  /// The request for the page at which the walk stands.
  [[nodiscard]] request_base next_request() const;
  /// Takes note of a page that came. Errors: `bad_response` if a cursor came twice (a loop).
  [[nodiscard]] result<void> advance(std::size_t items, const std::optional<std::string>& next_cursor);
  [[nodiscard]] const std::shared_ptr<client_core>& core() const noexcept { return core_; }
  /// Cursor or page number to resume from.
  [[nodiscard]] std::string position() const;

 private:
  std::shared_ptr<client_core> core_;
  request_base first_;
  int limit_ = 100;
  std::int64_t page_ = 1;
  std::string cursor_;
  std::string seen_;  ///< a cursor of an earlier page, moved at powers of two: finds every loop (Brent)
  std::size_t steps_ = 0, power_ = 1;
  bool more_ = true;
};

}  // namespace detail

/// A listing, page by page; cursors and page numbers are hidden. Not thread-safe: one `next` at a time.
/// A failed `next` keeps the position, so that it can be called again.
template <class T>
class pager {
 public:
  /// `limit`: items a page, 1 to 100.
  pager(std::shared_ptr<detail::client_core> core, request<page<T>> first, int limit = 100)
      : walk_(std::move(core), std::move(first).base(), limit) {}

  /// The next page, or nothing after the last. Errors as those of the list operation.
  asio::awaitable<std::optional<page<T>>> next() {
    result<std::optional<page<T>>> got = co_await try_next();
    if (!got) throw_error(std::move(got).error());
    co_return std::move(*got);
  }

  /// As `next`, without exceptions for remote or network failure.
  asio::awaitable<result<std::optional<page<T>>>> try_next() {
    std::optional<page<T>> none;
    if (!walk_.more()) co_return none;
    result<page<T>> got = co_await detail::try_send<page<T>>(walk_.core(), walk_.next_request());
    if (!got) co_return std::move(got).error();
    result<void> step = walk_.advance(got->items.size(), got->next_cursor);
    if (!step) co_return std::move(step).error();
    std::optional<page<T>> some(std::move(*got));
    co_return std::move(some);
  }

  /// False once the last page was handed out.
  [[nodiscard]] bool more() const noexcept { return walk_.more(); }
  /// Cursor or page number of the page that `next` would fetch.
  [[nodiscard]] std::string position() const { return walk_.position(); }

 private:
  detail::page_walk walk_;
};

}  // namespace mux::inline v0
