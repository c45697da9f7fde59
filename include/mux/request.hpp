#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mux/body_sink.hpp>
#include <mux/operation.hpp>
#include <mux/result.hpp>

namespace mux::inline v0 {

namespace codec {
struct type;
}

/// Bands of the queue at the limiter, served first to last within a class.
enum class priority : std::uint8_t { interactive, normal, batch, background };

/// Settings of one call; unset members fall back to the client's.
struct call_options {
  call_options() {}
  /// Longest time for one try, its queueing not counted.
  std::optional<std::chrono::nanoseconds> timeout;
  /// Longest time for everything: queueing, tries and pauses between them. Default: none.
  std::optional<std::chrono::nanoseconds> deadline;
  /// Tries in all, at least 1; a 429 does not use one up.
  std::optional<int> tries;
  mux::priority priority = mux::priority::normal;
  /// Names whoever the call belongs to, a batch or a tenant: within a priority the queue serves flows in
  /// turn, and each of them first in, first out. 0: the common flow.
  std::uint64_t flow = 0;
  /// Overrides what the operation's row says about repeats.
  std::optional<idempotency> repeat;
  /// Extra headers; one of the client's own with the same name gives way. Refused with `invalid_argument`:
  /// a control character, and the names that the library writes itself (`Authorization`, `Host`, …).
  std::vector<std::pair<std::string, std::string>> headers;
};

namespace detail {

/// A request without the type of its answer.
struct request_base {
  request_base() {}
  const operation* op = nullptr;
  std::string target;  ///< escaped path and query
  std::string body;    ///< JSON, or empty
  const codec::type* answer =
      nullptr;          ///< what the body decodes to; null: no body is expected or it is kept raw
  bool unwrap = false;  ///< the answer stands in the member `data`
  bool raw = false;     ///< the body is handed over as it is (std::string)
  /// Reads the body into a `borrowed_page`; null: `answer` says what it decodes to.
  result<void> (*borrow)(std::string&& body, int depth, std::size_t size, void* page) = nullptr;
  bool keep_whole = false;  ///< headers and text of the answer are wanted, besides what it decodes to
  /// A part of an upload, which was admitted as a whole: sends `bytes`, and every status is an answer.
  bool piece = false;
  std::string_view bytes;      ///< must live until the call ends
  std::string elsewhere;       ///< `https://host[:port]` that is not the API's; gets no credentials
  body_sink* sink = nullptr;   ///< takes the answer's body
  std::optional<error> fault;  ///< found while the request was built, reported when it is sent
  call_options options;
};

}  // namespace detail

/// A call as a value: made by `mux::requests::…`, sent by `client::send` or `client::try_send`, reusable.
template <class T>
class request {
 public:
  explicit request(detail::request_base base) : base_(std::move(base)) {}

  request& timeout(std::chrono::nanoseconds limit) & { return base_.options.timeout = limit, *this; }
  request& deadline(std::chrono::nanoseconds limit) & { return base_.options.deadline = limit, *this; }
  request& tries(int most) & { return base_.options.tries = most, *this; }
  request& priority(mux::priority band) & { return base_.options.priority = band, *this; }
  /// Any number of the caller's own; see `call_options::flow`.
  request& flow(std::uint64_t id) & { return base_.options.flow = id, *this; }
  request& repeat(idempotency how) & { return base_.options.repeat = how, *this; }
  request& header(std::string name, std::string value) & {
    base_.options.headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  request&& timeout(std::chrono::nanoseconds limit) && { return std::move(timeout(limit)); }
  request&& deadline(std::chrono::nanoseconds limit) && { return std::move(deadline(limit)); }
  request&& tries(int most) && { return std::move(tries(most)); }
  request&& priority(mux::priority band) && { return std::move(priority(band)); }
  request&& flow(std::uint64_t id) && { return std::move(flow(id)); }
  request&& repeat(idempotency how) && { return std::move(repeat(how)); }
  request&& header(std::string name, std::string value) && {
    return std::move(header(std::move(name), std::move(value)));
  }

  [[nodiscard]] const mux::operation& operation() const noexcept { return *base_.op; }
  [[nodiscard]] std::string_view target() const noexcept { return base_.target; }
  [[nodiscard]] std::string_view body() const noexcept { return base_.body; }
  [[nodiscard]] const call_options& options() const noexcept { return base_.options; }
  [[nodiscard]] const detail::request_base& base() const& noexcept { return base_; }
  [[nodiscard]] detail::request_base&& base() && noexcept { return std::move(base_); }

 private:
  detail::request_base base_;
};

/// One page of a list.
template <class T>
struct page {
  std::vector<T> items;
  /// Cursor of the next page; absent at the end and on lists that have page numbers.
  std::optional<std::string> next_cursor;
  /// Rows in all, where the API says so.
  std::optional<std::int64_t> total_row_count;
  /// Begin and end in epoch seconds, where the API says so.
  std::vector<std::int64_t> timeframe;
};

/// The page in which items of type T come.
template <class T>
struct page_of {
  using type = page<T>;
};
template <class T>
using page_of_t = typename page_of<T>::type;

}  // namespace mux::inline v0
