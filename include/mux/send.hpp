#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include <mux/request.hpp>
#include <mux/result.hpp>

namespace mux::inline v0 {

namespace asio = boost::asio;

/// The HTTP side of an answer.
struct answer {
  answer() {}
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string request_id;
  /// As text, decompressed; empty if the value is that text, or a sink took it.
  std::string body;
  int attempts = 0;
};

/// An answer with its HTTP side; without `value` for calls that are answered by nothing.
template <class T>
struct response : answer {
  response() {}
  T value{};
};
template <>
struct response<void> : answer {};

namespace detail {

class client_core;

/// The send loop. Decodes into `out`, which must be of the type that `request.answer` describes and must
/// outlive the call. Defined in the library; the only coroutine that knows the order of the rooms.
asio::awaitable<result<answer>> execute(std::shared_ptr<client_core> core, request_base request, void* out);

/// Whose credentials these are, in words: what `whoami` says within `patience`. Defined beside the
/// operations, of which the client itself knows none.
asio::awaitable<result<std::string>> describe_credentials(std::shared_ptr<client_core> core,
                                                          std::chrono::nanoseconds patience);

template <class T>
asio::awaitable<result<response<T>>> try_send_full(std::shared_ptr<client_core> core, request_base request) {
  response<T> full;
  void* out = nullptr;
  if constexpr (!std::is_void_v<T>) out = &full.value;
  request.keep_whole = true;
  result<answer> outcome = co_await execute(std::move(core), std::move(request), out);
  if (!outcome) co_return std::move(outcome).error();
  static_cast<answer&>(full) = std::move(*outcome);
  co_return std::move(full);
}

template <class T>
asio::awaitable<result<T>> try_send(std::shared_ptr<client_core> core, request_base request) {
  if constexpr (std::is_void_v<T>) {
    result<answer> outcome = co_await execute(std::move(core), std::move(request), nullptr);
    if (!outcome) co_return std::move(outcome).error();
    co_return result<void>();
  } else {
    T value{};
    result<answer> outcome = co_await execute(std::move(core), std::move(request), &value);
    if (!outcome) co_return std::move(outcome).error();
    co_return std::move(value);
  }
}

template <class T>
asio::awaitable<T> send(std::shared_ptr<client_core> core, request_base request) {
  if constexpr (std::is_void_v<T>) {
    result<answer> outcome = co_await execute(std::move(core), std::move(request), nullptr);
    if (!outcome) throw_error(std::move(outcome).error());
  } else {
    T value{};
    result<answer> outcome = co_await execute(std::move(core), std::move(request), &value);
    if (!outcome) throw_error(std::move(outcome).error());
    co_return value;
  }
}

}  // namespace detail
}  // namespace mux::inline v0
