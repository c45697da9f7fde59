#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <mux/request.hpp>

namespace mux::inline v0 {

/// What a borrowed page shows; `T` is a view of an item, `asset_view` for example.
template <class T>
struct page_view {
  std::span<const T> items;
  /// Cursor of the next page; absent at the end and on lists that have page numbers.
  std::optional<std::string_view> next_cursor;
  /// Rows in all, where the API says so.
  std::optional<std::int64_t> total_row_count;
  /// Begin and end in epoch seconds, where the API says so.
  std::span<const std::int64_t> timeframe;
};

/// One page of a list for those who only look: its items are views into the answer's text, which costs no
/// allocation for each string and no destruction. What is to stay must be copied: `std::string(item.id)`.
/// Lifetime: items, everything they refer to and `next_cursor` live as long as the page; moving the page
/// keeps them valid, a page that was moved from is empty.
template <class T>
class borrowed_page : public page_view<T> {
 public:
  borrowed_page() = default;
  /// `kept`: what `view` looks into.
  borrowed_page(const page_view<T>& view, std::shared_ptr<const void> kept) noexcept
      : page_view<T>(view), kept_(std::move(kept)) {}
  borrowed_page(borrowed_page&& other) noexcept
      : page_view<T>(std::exchange(other.view(), {})), kept_(std::move(other.kept_)) {}
  borrowed_page& operator=(borrowed_page&& other) noexcept {
    view() = std::exchange(other.view(), {});
    kept_ = std::move(other.kept_);
    return *this;
  }
  ~borrowed_page() = default;

  [[nodiscard]] std::size_t size() const noexcept { return this->items.size(); }
  [[nodiscard]] bool empty() const noexcept { return this->items.empty(); }
  [[nodiscard]] auto begin() const noexcept { return this->items.begin(); }
  [[nodiscard]] auto end() const noexcept { return this->items.end(); }

 private:
  page_view<T>& view() noexcept { return *this; }

  std::shared_ptr<const void> kept_;
};

/// Views come in pages that they look into.
template <class T>
requires requires {
  typename T::owned;
}
struct page_of<T> {
  using type = borrowed_page<T>;
};

}  // namespace mux::inline v0
