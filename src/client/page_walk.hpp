#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <mux/request.hpp>
#include <mux/result.hpp>

namespace mux::inline v0::client_detail {

/// Where a listing stands; knows cursors and page numbers, nothing of pages. A value: a copy may look ahead.
class page_walk {
 public:
  page_walk(detail::request_base first, int limit);

  /// False once the last page was noted.
  [[nodiscard]] bool more() const noexcept { return more_; }
  [[nodiscard]] bool by_cursor() const noexcept { return first_.op->paging == pagination::cursor; }
  /// The request for the page at which the walk stands.
  [[nodiscard]] detail::request_base next_request() const { return request_at(cursor_); }
  /// The same for the page of a cursor.
  [[nodiscard]] detail::request_base request_at(const std::string& cursor) const;
  /// Takes note of a page that came. Errors: `bad_response` if a cursor came twice (a loop).
  [[nodiscard]] result<void> advance(std::size_t items, const std::optional<std::string>& next_cursor);
  /// Cursor or page number to resume from.
  [[nodiscard]] std::string position() const { return by_cursor() ? cursor_ : std::to_string(page_); }

 private:
  detail::request_base first_;
  int limit_ = 100;
  std::int64_t page_ = 1;
  std::string cursor_;
  std::string seen_;  ///< a cursor of an earlier page, moved at powers of two: finds every loop (Brent)
  std::size_t steps_ = 0, power_ = 1;
  bool more_ = true;
};

}  // namespace mux::inline v0::client_detail
