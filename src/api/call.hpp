#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

#include <mux/borrowed.hpp>
#include <mux/request.hpp>

#include "api/borrow.hpp"
#include "api/operation_names.hpp"
#include "codec/codec.hpp"

namespace mux::inline v0::api {

/// What stands for a `{NAME}` of an operation's path.
struct path_argument {
  std::string_view name;
  std::string_view value;
};

/// Puts one request together. A wrong argument becomes the request's fault, the first one found.
class call {
 public:
  /// `arguments` in the order of the path. Each must be 1 to 255 bytes without control characters, and
  /// neither `.` nor `..`, which a server or proxy could take for a step in the path.
  explicit call(op id, std::initializer_list<path_argument> arguments = {});

  template <class Params>
  void query(const Params& params) {
    query(codec::schema_of<Params>(), &params);
  }
  template <class Params>
  void body(const Params& params) {
    codec::write(params, base_.body);
  }

  /// The answer is the whole body.
  template <class T>
  [[nodiscard]] request<T> whole() {
    base_.answer = &codec::type_of<T>;
    return request<T>(std::move(base_));
  }
  /// The answer is the body's member `data`.
  template <class T>
  [[nodiscard]] request<T> unwrapped() {
    base_.unwrap = true;
    return whole<T>();
  }
  /// The answer is a page of views into the body.
  template <class View>
  [[nodiscard]] request<borrowed_page<View>> borrowed() {
    base_.borrow = [](std::string&& body, int depth, std::size_t size, void* out) -> result<void> {
      result<borrowed_page<View>> page = borrow<View>(std::move(body), {depth, size});
      if (!page) return std::move(page).error();
      *static_cast<borrowed_page<View>*>(out) = std::move(*page);
      return {};
    };
    return request<borrowed_page<View>>(std::move(base_));
  }
  /// The answer is the body as it is.
  [[nodiscard]] request<std::string> raw();
  /// No answer is expected.
  [[nodiscard]] request<void> nothing();

 private:
  void query(const codec::schema& params, const void* in);

  detail::request_base base_;
};

}  // namespace mux::inline v0::api
