#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mux/result.hpp>

namespace mux::inline v0 {

/// A JSON value kept as its text, for parts that the API's description leaves open. An empty text counts as
/// `null`.
struct json {
  json() = default;
  /// Takes the text as it is; `parse` checks it.
  explicit json(std::string value) : text(std::move(value)) {}
  std::string text;
  friend bool operator==(const json& a, const json& b) noexcept {
    return a.text_or_null() == b.text_or_null();
  }

  [[nodiscard]] std::string_view text_or_null() const noexcept {
    return text.empty() ? "null" : std::string_view(text);
  }
  /// Checks that `text` is one JSON value of at most 64 levels. Errors: `not_json`.
  [[nodiscard]] static result<json> parse(std::string_view text);
};

/// A map with string keys in the order of the wire; small, searched linearly.
template <class T>
struct string_map {
  std::vector<std::pair<std::string, T>> items;

  [[nodiscard]] const T* find(std::string_view key) const noexcept {
    for (const auto& [k, v] : items)
      if (k == key) return &v;
    return nullptr;
  }
  friend bool operator==(const string_map&, const string_map&) = default;
};

namespace codec {
struct type;
}

namespace detail {

/// How the codec sees `T`; defined for every generated type.
template <class T>
[[nodiscard]] const codec::type& described() noexcept;
[[nodiscard]] std::string write_json(const codec::type& t, const void* in);
[[nodiscard]] result<void> read_json(std::string_view text, const codec::type& t, void* out);

}  // namespace detail

/// Writes a model or a parameter object as one line of JSON: `mux::to_json(asset)`. For every generated type.
template <class T>
[[nodiscard]] std::string to_json(const T& value) {
  return detail::write_json(detail::described<T>(), &value);
}

/// Reads a model from JSON text. Unknown members are ignored. For every generated type.
/// Errors: `not_json`, `bad_response` with the JSON path.
template <class T>
[[nodiscard]] result<T> from_json(std::string_view text) {
  T value{};
  if (result<void> done = detail::read_json(text, detail::described<T>(), &value); !done)
    return std::move(done).error();
  return value;
}

}  // namespace mux::inline v0
