#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

namespace mux::conformance {

class session;

/// One example call in its two forms.
struct call {
  std::string_view name;  ///< operation and variant
  void (*request)(session& s);
  void (*facade)(session& s);
};

std::span<const call> video_calls();
std::span<const call> data_calls();
std::span<const call> robots_calls();
std::span<const call> system_calls();

/// The answer of calls that have none.
struct nothing {
  friend bool operator==(const nothing&, const nothing&) = default;
};
template <class T>
using held = std::conditional_t<std::is_void_v<T>, nothing, T>;

/// What came of a call.
struct outcome {
  std::string answer;  ///< as JSON, if there is one
  std::string error;   ///< empty if there is an answer
  bool as_expected = false;
};

template <class T>
std::string text_of(const T& value) {
  return to_json(value);
}
std::string text_of(const std::string& raw);
std::string text_of(const nothing&);

template <class T>
std::string text_of(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "" : ",") + text_of(value);
  return "[" + text + "]";
}

template <class T>
std::string text_of(const page<T>& value) {
  std::string text = R"({"data":)" + text_of(value.items);
  if (value.next_cursor) text += R"(,"next_cursor":)" + text_of(*value.next_cursor);
  if (value.total_row_count) text += R"(,"total_row_count":)" + std::to_string(*value.total_row_count);
  for (std::size_t i = 0; i < value.timeframe.size(); ++i)
    text += (i == 0 ? R"(,"timeframe":[)" : ",") + std::to_string(value.timeframe[i]);
  return text + (value.timeframe.empty() ? "}" : "]}");
}

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}
template <class T>
bool same(const page<T>& a, const page<T>& b) {
  return a.items == b.items && a.next_cursor == b.next_cursor && a.total_row_count == b.total_row_count &&
         a.timeframe == b.timeframe;
}

/// Makes one call with a client of its own and keeps what came of it.
class session {
 public:
  explicit session(client_options options);

  [[nodiscard]] const mux::client& client() const noexcept { return client_; }
  [[nodiscard]] const outcome& came_of_it() const noexcept { return outcome_; }

  template <class T>
  void send(request<T> call, held<T> expected = {}) {
    run(sent(std::move(call), std::move(expected)));
  }
  template <class T>
  void await(asio::awaitable<T> call, held<T> expected = {}) {
    run(awaited(std::move(call), std::move(expected)));
  }
  /// The first page. A list that the façade walks has no more of them here.
  template <class T>
  void await(pager<T> pages, page<T> expected) {
    expected.next_cursor.reset();
    run(first_page(std::move(pages), std::move(expected)));
  }

 private:
  void run(asio::awaitable<void> work);

  template <class T>
  void note(const T& got, const T& expected) {
    outcome_.answer = text_of(got);
    outcome_.as_expected = same(got, expected);
  }

  template <class T>
  asio::awaitable<void> sent(request<T> call, held<T> expected) {
    result<T> got = co_await client_.try_send(std::move(call));
    if (!got)
      outcome_.error = got.error().message();
    else if constexpr (std::is_void_v<T>)
      note(nothing(), expected);
    else
      note(*got, expected);
  }

  template <class T>
  asio::awaitable<void> awaited(asio::awaitable<T> call, held<T> expected) {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(call);
      note(nothing(), expected);
    } else {
      const T got = co_await std::move(call);
      note(got, expected);
    }
  }

  template <class T>
  asio::awaitable<void> first_page(pager<T> pages, page<T> expected) {
    std::optional<page<T>> got = co_await pages.next();
    if (got)
      note(*got, expected);
    else
      outcome_.error = "no page came";
  }

  asio::io_context io_;
  mux::client client_;
  outcome outcome_;
};

}  // namespace mux::conformance
