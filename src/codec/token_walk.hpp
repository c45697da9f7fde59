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

class token_walk {
 public:
  static constexpr int max_depth = 1024;

  /// Why the walk cannot go on.
  enum class fault : std::uint8_t { none, syntax, depth };

  struct position {
    const std::uint32_t* token;
    const char* escape;
    int depth;
  };

  /// `tokens`: where each of the `count` tokens begins, then one more place, the end of the last token's gap.
  /// It must be readable and must not continue the text: a text in brackets uses its own first bracket.
  token_walk(std::string_view text, const std::uint32_t* tokens, std::uint32_t count, int depth) noexcept
      : begin_(text.data()),
        end_(begin_ + text.size()),
        at_(tokens),
        last_(tokens + count),
        depth_limit_(depth) {}

  /// First character of the token at which the walk stands.
  [[nodiscard]] char look() const noexcept { return begin_[*at_]; }
  [[nodiscard]] const char* place() const noexcept { return begin_ + *at_; }
  /// Bytes from here to the end of the text.
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - place()); }
  [[nodiscard]] bool at_end() const noexcept { return at_ == last_; }
  [[nodiscard]] position here() const noexcept { return {at_, escape_, depth_}; }
  void go_back(const position& p) noexcept {
    at_ = p.token;
    escape_ = p.escape;
    depth_ = p.depth;
  }

  void step() noexcept { ++at_; }
  [[nodiscard]] bool take(char c) noexcept {
    if (look() != c) return false;
    ++at_;
    return true;
  }
  /// Steps into a bracket.
  [[nodiscard]] bool enter() noexcept {
    if (depth_ == depth_limit_) return stop(fault::depth, "");
    ++depth_;
    ++at_;
    return true;
  }
  void leave() noexcept { --depth_; }

  /// The inside of the string at which the walk stands, escapes as written.
  [[nodiscard]] bool take_raw_string(std::string_view& raw) noexcept {
    const char* first = place();
    const char* last = before_space(begin_ + at_[1]) - 1;
    if (*first != '"' || last <= first || *last != '"') return stop(fault::syntax, "a string");
    raw = {first + 1, static_cast<std::size_t>(last - first - 1)};
    ++at_;
    return true;
  }
  /// A member's name, escapes as written, and its colon.
  [[nodiscard]] bool take_raw_key(std::string_view& raw) noexcept {
    if (look() != '"') return stop(fault::syntax, "a member name");
    if (!take_raw_string(raw)) return false;
    return take(':') || stop(fault::syntax, "':'");
  }
  /// Takes the member name `name`, whose words are `words`, and its colon. False, without a fault, if
  /// something else stands here or if it cannot be told cheaply.
  [[nodiscard]] bool take_key(std::string_view name, const name_words& words) noexcept {
    const char* const p = place();
    const std::size_t needed = name.size() < name_words::size ? name_words::size : name.size() + 1;
    if (left() <= needed || *p != '"' || p[1 + name.size()] != '"' || words_at(p + 1, name.size()) != words)
      return false;
    if (name.size() > name_words::size && std::memcmp(p + 1, name.data(), name.size()) != 0) return false;
    if (begin_[at_[1]] != ':') return false;
    at_ += 2;
    return true;
  }
  /// Words of a raw name.
  [[nodiscard]] name_words key_words(std::string_view raw) const noexcept {
    return static_cast<std::size_t>(end_ - raw.data()) < name_words::size ? words_of(raw)
                                                                          : words_at(raw.data(), raw.size());
  }
  /// The text of a raw string; escapes are decoded to `scratch`. Raw strings must be asked in the order of
  /// the text.
  [[nodiscard]] bool decode(std::string_view raw, std::string& scratch, std::string_view& text) {
    text = raw;
    return !has_escape(raw) || decode_escapes(raw, scratch, text);
  }
  [[nodiscard]] bool take_string(std::string& scratch, std::string_view& text) {
    std::string_view raw;
    return take_raw_string(raw) && decode(raw, scratch, text);
  }
  [[nodiscard]] bool take_literal(std::string_view word) noexcept;
  [[nodiscard]] bool take_number(number& value, std::string_view& text) noexcept;

  /// Checks one value of any kind and steps over it.
  [[nodiscard]] bool skip(std::string& scratch);
  /// As `skip`; `raw` is the value's text.
  [[nodiscard]] bool skip(std::string& scratch, std::string_view& raw);

  /// Notes that something else was expected here. Always false.
  bool expected(const char* what) noexcept { return stop(fault::syntax, what); }
  [[nodiscard]] fault stopped() const noexcept { return fault_; }
  /// What was expected where, in words, after a fault of syntax.
  [[nodiscard]] std::string complaint() const;

 private:
  static bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  static const char* before_space(const char* end) noexcept {
    while (is_space(end[-1])) --end;
    return end;
  }
  // A literal or number must reach up to the next token or to white space.
  [[nodiscard]] bool ends_at(const char* p) const noexcept {
    return p == begin_ + next_place() || is_space(*p);
  }
  [[nodiscard]] std::size_t next_place() const noexcept {
    return at_ + 1 == last_ ? static_cast<std::size_t>(end_ - begin_) : at_[1];
  }
  // Keeps the place of the next backslash of the text, so that most strings cost one comparison.
  [[nodiscard]] bool has_escape(std::string_view raw) noexcept {
    const char* const last = raw.data() + raw.size();
    if (escape_ < raw.data()) {
      const void* found = std::memchr(raw.data(), '\\', static_cast<std::size_t>(end_ - raw.data()));
      escape_ = found ? static_cast<const char*>(found) : end_;
    }
    return escape_ < last;
  }
  [[nodiscard]] bool decode_escapes(std::string_view raw, std::string& scratch, std::string_view& text);
  bool stop(fault why, const char* what) noexcept;

  const char* begin_;
  const char* end_;
  const std::uint32_t* at_;
  const std::uint32_t* last_;
  const char* escape_ = nullptr;
  int depth_ = 0;
  int depth_limit_;
  fault fault_ = fault::none;
  const char* expected_ = "";
  std::size_t fault_place_ = 0;
};

}  // namespace mux::inline v0::codec
