#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include <mux/request.hpp>
#include <mux/result.hpp>

namespace mux::inline v0 {

namespace asio = boost::asio;

/// An answer with its HTTP side.
template <class T>
struct response {
  T value{};
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string request_id;
  int attempts = 0;
};

namespace detail {

class client_core;

/// HTTP side of an answer.
struct answer {
  answer() {}
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string request_id;
  int attempts = 0;
};

/// The send loop. Decodes into `out`, which must be of the type that `request.answer` describes and must
/// outlive the call. Defined in the library; the only coroutine that knows the order of the rooms.
asio::awaitable<result<answer>> execute(std::shared_ptr<client_core> core, request_base request, void* out);

/// Keeps `void` out of the templates below.
struct nothing {};
template <class T>
using stored = std::conditional_t<std::is_void_v<T>, nothing, T>;

template <class T>
asio::awaitable<result<response<stored<T>>>> try_send_full(std::shared_ptr<client_core> core,
                                                           request_base request) {
  response<stored<T>> full;
  result<answer> outcome = co_await execute(std::move(core), std::move(request), &full.value);
  if (!outcome) co_return std::move(outcome).error();
  full.status = outcome->status;
  full.headers = std::move(outcome->headers);
  full.request_id = std::move(outcome->request_id);
  full.attempts = outcome->attempts;
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
