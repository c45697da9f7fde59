#pragma once

// A walk over the tokens of one JSON text whose places are known already. Checks all of the syntax that
// finding the tokens left open: grammar, literals, numbers, escapes.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "codec/member_name.hpp"
#include "codec/number.hpp"

namespace mux::inline v0::codec {

/// Where a walk stands: at a token. Handed in and returned instead of kept, so that it stays in a register;
/// null says that the walk has stopped.
using place = const std::uint32_t*;

class token_walk {
 public:
  static constexpr int max_depth = 1024;

  /// Why the walk cannot go on.
  enum class fault : std::uint8_t { none, syntax, depth };

  /// `tokens`: where each of the `count` tokens begins, then one more place, the end of the last token's gap.
  /// It must be readable and must not continue the text: a text in brackets uses its own first bracket.
  token_walk(std::string_view text, place tokens, std::uint32_t count, int depth) noexcept
      : begin_(text.data()),
        end_(begin_ + text.size()),
        wide_(text.size() < name_pattern::size ? 0 : text.size() - name_pattern::size + 1),
        first_(tokens),
        last_(tokens + count),
        depth_limit_(depth) {}

  [[nodiscard]] place first() const noexcept { return first_; }
  [[nodiscard]] bool at_end(place at) const noexcept { return at == last_; }
  /// First character of a token.
  [[nodiscard]] char look(place at) const noexcept { return begin_[*at]; }
  [[nodiscard]] const char* text_at(place at) const noexcept { return begin_ + *at; }
  /// Bytes from here to the end of the text.
  [[nodiscard]] std::size_t left(place at) const noexcept {
    return static_cast<std::size_t>(end_ - text_at(at));
  }

  /// Steps into a bracket. `depth`: brackets that the walk is in already.
  [[nodiscard]] place enter(place at, int depth) noexcept {
    return depth < depth_limit_ ? at + 1 : stop(at, fault::depth, "");
  }

  /// The inside of a string, escapes as written.
  [[nodiscard]] place take_raw_string(place at, std::string_view& raw) noexcept {
    const char* const first = text_at(at);
    const char* last = begin_ + at[1] - 1;
    if (*last != '"') last = before_space(last + 1) - 1;
    if (*first != '"' || last <= first || *last != '"') return stop(at, fault::syntax, "a string");
    raw = {first + 1, static_cast<std::size_t>(last - first - 1)};
    return at + 1;
  }
  /// A member's name, escapes as written, and its colon.
  [[nodiscard]] place take_raw_key(place at, std::string_view& raw) noexcept {
    if (look(at) != '"') return stop(at, fault::syntax, "a member name");
    at = take_raw_string(at, raw);
    if (!at) return nullptr;
    return look(at) == ':' ? at + 1 : stop(at, fault::syntax, "':'");
  }
  /// Takes a member's name and its colon. Null, without a fault, if something else stands here or if it
  /// cannot be told cheaply.
  [[nodiscard]] place take_key(place at, const name_pattern& pattern, std::uint32_t bits) const noexcept {
    return *at < wide_ && stands_at(text_at(at), pattern, bits) ? at + 2 : nullptr;
  }

  // The quick ones take a value in its most frequent form. Null, without a fault, if it has another one, is
  // of another kind or is wrong.

  /// A string without escapes; the text stays where it is.
  [[nodiscard]] place quick_string(place at, std::string_view& text) const noexcept {
    const char* const first = text_at(at);
    const char* const last = begin_ + at[1] - 1;
    if (*first != '"' || *last != '"' || last <= first || next_escape_ < last) return nullptr;
    text = {first + 1, static_cast<std::size_t>(last - first - 1)};
    return at + 1;
  }
  /// Up to 16 digits.
  [[nodiscard]] place quick_integer(place at, std::int64_t& value) const noexcept {
    const char* const p = text_at(at);
    const std::size_t length = at[1] - *at;
    if (*at >= wide_ || (*p == '0' && length != 1)) return nullptr;
    return quick_digits(p, length, value) ? at + 1 : nullptr;
  }
  /// Up to 16 digits in a string.
  [[nodiscard]] place quick_digits_text(place at, std::int64_t& value) const noexcept {
    std::string_view text;
    const place end = quick_string(at, text);
    return end && *at + 1 < wide_ && quick_digits(text.data(), text.size(), value) ? end : nullptr;
  }
  /// Up to 8 digits, and up to 7 behind a point.
  [[nodiscard]] place quick_decimal(place at, double& value) const noexcept {
    return *at < wide_ && codec::quick_decimal(text_at(at), at[1] - *at, value) ? at + 1 : nullptr;
  }
  [[nodiscard]] place quick_boolean(place at, bool& value) const noexcept {
    const auto is = [&](std::string_view word) {
      return at[1] - *at == word.size() && std::memcmp(text_at(at), word.data(), word.size()) == 0;
    };
    value = is("true");
    return value || is("false") ? at + 1 : nullptr;
  }
  /// Whether `name_pattern::size` bytes can be read at a token.
  [[nodiscard]] bool wide(place at) const noexcept { return *at < wide_; }

  /// Whether a raw string must be decoded. Raw strings must be asked in the order of the text.
  [[nodiscard]] bool has_escape(std::string_view raw) noexcept {
    // The place of the text's next backslash is kept, so that most strings cost one comparison.
    if (next_escape_ < raw.data()) find_escape(raw.data());
    return next_escape_ < raw.data() + raw.size();
  }
  /// The text of a raw string; escapes are decoded to `scratch`, which may be where the raw string is. False
  /// if an escape is wrong.
  [[nodiscard]] bool decode(std::string_view raw, char* scratch, std::string_view& text) noexcept;
  [[nodiscard]] bool decode(std::string_view raw, std::string& scratch, std::string_view& text) {
    text = raw;
    if (!has_escape(raw)) return true;
    if (scratch.size() < raw.size()) scratch.resize(raw.size());
    return decode(raw, scratch.data(), text);
  }
  [[nodiscard]] place take_string(place at, std::string& scratch, std::string_view& text) {
    std::string_view raw;
    at = take_raw_string(at, raw);
    return at && decode(raw, scratch, text) ? at : nullptr;
  }
  [[nodiscard]] place take_literal(place at, std::string_view word) noexcept;
  [[nodiscard]] place take_number(place at, number& value, std::string_view& text) noexcept;

  /// Checks one value of any kind and steps over it.
  [[nodiscard]] place skip(place at, int depth, std::string& scratch);
  /// As `skip`; `raw` is the value's text.
  [[nodiscard]] place skip(place at, int depth, std::string& scratch, std::string_view& raw);

  /// The walk goes on from an earlier token.
  void go_back() noexcept { next_escape_ = begin_; }
  /// All escapes in front of a token are known to be right, or are decoded.
  void trust_escapes(place before) noexcept { find_escape(at_end(before) ? end_ : text_at(before)); }

  /// A literal or number must reach up to the next token or to white space.
  [[nodiscard]] bool ends_at(place at, const char* p) const noexcept {
    return p == begin_ + next_place(at) || is_space(*p);
  }
  /// Notes that something else was expected here. Always null.
  place expected(place at, const char* what) noexcept { return stop(at, fault::syntax, what); }
  [[nodiscard]] fault stopped() const noexcept { return fault_; }
  /// What was expected where, in words, after a fault of syntax.
  [[nodiscard]] std::string complaint() const;

 private:
  static bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  static const char* before_space(const char* end) noexcept {
    while (is_space(end[-1])) --end;
    return end;
  }
  [[nodiscard]] std::size_t next_place(place at) const noexcept {
    return at + 1 == last_ ? static_cast<std::size_t>(end_ - begin_) : at[1];
  }
  void find_escape(const char* from) noexcept;
  place stop(place at, fault why, const char* what) noexcept;

  const char* begin_;
  const char* end_;
  std::size_t wide_;  ///< before it, `name_pattern::size` bytes can be read
  place first_;
  place last_;
  const char* next_escape_ = nullptr;
  int depth_limit_;
  fault fault_ = fault::none;
  const char* expected_ = "";
  std::size_t fault_place_ = 0;
};

}  // namespace mux::inline v0::codec
