#pragma once

#include <cstddef>
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

/// Brings the pages of a listing one after the other, the next one while the one before is used. Knows
/// cursors and page numbers, nothing of the items' type.
class page_feed {
 public:
  /// What it must know of a page.
  struct facts {
    facts(std::size_t count, std::optional<std::string> cursor)
        : items(count), next_cursor(std::move(cursor)) {}
    std::size_t items;
    std::optional<std::string> next_cursor;
  };

  page_feed(std::shared_ptr<client_core> core, request_base first, int limit);
  page_feed(page_feed&&) noexcept;
  page_feed& operator=(page_feed&&) noexcept;
  ~page_feed();

  /// Reads the next page into `page`, of which `look` tells the facts. False: there is none.
  asio::awaitable<result<bool>> next(void* page, facts (*look)(const void* page));
  void prefetch(bool on) noexcept;
  [[nodiscard]] bool more() const noexcept;
  [[nodiscard]] std::string position() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace detail

/// A listing, page by page or item by item; cursors and page numbers are hidden. While a page is used, the
/// next one is fetched. A failed `next` keeps the position, so that it can be called again.
///
/// Thread safety: none, one `next` at a time. Lifetime: a pager that is destroyed cancels the page under way;
/// the execution context must outlive it. Cancellation: a cancelled `next` gives up the page under way.
template <class T>
class pager {
 public:
  using page_type = page_of_t<T>;

  /// `limit`: items a page, 1 to 100.
  pager(std::shared_ptr<detail::client_core> core, request<page_type> first, int limit = 100)
      : feed_(std::move(core), std::move(first).base(), limit) {}

  /// Whether the next page is fetched before it is asked for; on by default. Whoever stops early saves a
  /// request without it.
  pager& prefetch(bool on) & { return feed_.prefetch(on), *this; }
  pager&& prefetch(bool on) && { return std::move(prefetch(on)); }

  /// The next page, or nothing after the last. Errors: as those of the list operation, and `bad_response` if
  /// a cursor came twice: the listing would go round in circles.
  asio::awaitable<std::optional<page_type>> next() {
    result<std::optional<page_type>> got = co_await try_next();
    if (!got) throw_error(std::move(got).error());
    co_return std::move(*got);
  }
  /// As `next`, without exceptions for remote or network failure.
  asio::awaitable<result<std::optional<page_type>>> try_next() {
    std::optional<page_type> some(std::in_place);
    result<bool> got = co_await feed_.next(&*some, &pager::look);
    if (!got) co_return std::move(got).error();
    if (!*got) some.reset();
    co_return std::move(some);
  }

  /// The next item, or nothing after the last. Errors: as `next`. Not to be mixed with `next`. A view is
  /// valid until the next call.
  asio::awaitable<std::optional<T>> next_item() {
    while (!page_ || at_ == page_->items.size()) {
      page_.reset();
      std::optional<page_type> following = co_await next();
      if (!following) co_return std::nullopt;
      page_.emplace(std::move(*following));
      at_ = 0;
    }
    auto& item = page_->items[at_++];
    co_return std::optional<T>(std::move(item));
  }

  /// False once the last page was handed out.
  [[nodiscard]] bool more() const noexcept { return feed_.more(); }
  /// Cursor or page number of the page that `next` brings: what a listing that is to go on here begins with.
  [[nodiscard]] std::string position() const { return feed_.position(); }

 private:
  static detail::page_feed::facts look(const void* page) {
    const auto& p = *static_cast<const page_type*>(page);
    return {p.items.size(), std::optional<std::string>(p.next_cursor)};
  }

  detail::page_feed feed_;
  std::optional<page_type> page_;
  std::size_t at_ = 0;
};

}  // namespace mux::inline v0
