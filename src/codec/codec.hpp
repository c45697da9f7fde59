#pragma once

// One reader, one writer for every described type. simdjson is seen by reader.cpp alone.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <mux/result.hpp>

#include "codec/schema.hpp"

namespace mux::inline v0::codec {

struct read_options {
  int depth = 64;                ///< nesting allowed, at most 1024; deeper input is `response_too_large`
  std::size_t size = 64u << 20;  ///< bytes allowed; longer input is `response_too_large`
  bool unwrap = false;           ///< the value stands in the member `data` of the top object
};

/// Reads `text` into the `t` at `out`, which is in its default state. Unknown members are skipped, unknown
/// enum strings kept. On error the object is in a valid but unspecified state. Errors: `not_json`,
/// `bad_response` (message: JSON path, what was expected, what was found), `response_too_large`. Thread-safe:
/// each thread keeps its own working memory.
[[nodiscard]] result<void> read(std::string_view text, const type& t, void* out, read_options options = {});

template <class T>
[[nodiscard]] result<T> read(std::string_view text, read_options options = {}) {
  T value{};
  if (auto r = read(text, type_of<T>, &value, options); !r) return std::move(r).error();
  return value;
}

/// Reads `text` into the views at `out`, which is in its default state. The views look into what is returned.
/// Otherwise as `read`; strings with escapes are decoded where they stand.
[[nodiscard]] result<std::shared_ptr<const void>> read_borrowed(std::string&& text, const type& t, void* out,
                                                                read_options options = {});

/// Appends the JSON text of the `t` at `in` to `out`. Invalid UTF-8 in strings is replaced by U+FFFD.
void write(const type& t, const void* in, std::string& out);

template <class T>
void write(const T& value, std::string& out) {
  write(type_of<T>, &value, out);
}

/// Appends a parameter object as a query string without `?`: `limit=100&timeframe%5B%5D=24%3Ahours`. Absent
/// and empty arrays are left out, null is an empty value.
void write_query(const schema& s, const void* in, std::string& out);

/// Appends `text` as a JSON string with its quotes.
void write_string(std::string_view text, std::string& out);

/// Appends `text` percent-encoded for a path segment or a query value (RFC 3986 unreserved characters stay).
void percent_encode(std::string_view text, std::string& out);

/// What an error body says: the API's envelope, the 429 form, robots' and the playback hosts' forms.
struct error_body {
  std::string type;
  std::vector<std::string> messages;
};
/// Reads any of the known forms; anything else gives an empty object.
[[nodiscard]] error_body read_error_body(std::string_view text);

}  // namespace mux::inline v0::codec
