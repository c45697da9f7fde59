#include "ingest/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

void append_utf8(char32_t c, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

}  // namespace

struct json_text::stopped {
  json_fault fault;
};

std::string_view to_string(json_kind kind) noexcept {
  switch (kind) {
    case json_kind::null:
      return "null";
    case json_kind::boolean:
      return "true or false";
    case json_kind::number:
      return "a number";
    case json_kind::string:
      return "a string";
    case json_kind::array:
      return "an array";
    case json_kind::object:
      return "an object";
  }
  return "nothing";
}

std::optional<json_fault> json_text::parse(std::string_view text) {
  text_ = text;
  at_ = 0;
  nodes_.clear();
  decoded_.clear();
  try {
    read_value(0);
    skip_space();
    if (at_ != text_.size()) stop(at_, "text behind the end of the JSON value", "the end of the text");
  } catch (stopped& at) {
    return std::move(at.fault);
  }
  return std::nullopt;
}

void json_text::stop(std::size_t offset, std::string message, std::string expected) const {
  throw stopped{{offset, std::move(message), std::move(expected)}};
}

void json_text::skip_space() noexcept {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
}

bool json_text::take(char c) noexcept {
  skip_space();
  const bool there = at_ < text_.size() && text_[at_] == c;
  at_ += there ? 1 : 0;
  return there;
}

void json_text::read_value(int depth) {
  skip_space();
  if (at_ == text_.size()) stop(at_, "the JSON text ends too early", "a value");
  switch (text_[at_]) {
    case '{':
      return read_object(depth);
    case '[':
      return read_array(depth);
    case '"':
      return read_string();
    case 't':
      return read_word("true", json_kind::boolean);
    case 'f':
      return read_word("false", json_kind::boolean);
    case 'n':
      return read_word("null", json_kind::null);
    default:
      return read_number();
  }
}

void json_text::read_word(std::string_view word, json_kind kind) {
  if (!text_.substr(at_).starts_with(word)) stop(at_, "this is no JSON value", std::string(word));
  nodes_.push_back({kind, at_, text_.substr(at_, word.size()), nodes_.size() + 1});
  at_ += word.size();
}

void json_text::read_number() {
  const std::size_t begin = at_;
  const auto digits = [&] {
    if (at_ == text_.size() || !is_digit(text_[at_]))
      stop(begin, "this is no JSON value", "a value; texts stand in double quotes");
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  };
  const auto next_is = [&](std::string_view any) {
    return at_ < text_.size() && any.find(text_[at_]) != any.npos;
  };
  if (next_is("-")) ++at_;
  if (next_is("0"))
    ++at_;
  else
    digits();
  if (next_is(".")) {
    ++at_;
    digits();
  }
  if (next_is("eE")) {
    ++at_;
    if (next_is("+-")) ++at_;
    digits();
  }
  nodes_.push_back({json_kind::number, begin, text_.substr(begin, at_ - begin), nodes_.size() + 1});
}

void json_text::read_string() {
  const std::size_t begin = at_ + 1;
  bool escapes = false;
  std::size_t end = begin;
  for (;; ++end) {
    if (end >= text_.size()) stop(begin - 1, "the string is never closed", "a closing quote");
    const char c = text_[end];
    if (c == '"') break;
    if (static_cast<unsigned char>(c) < 0x20)
      stop(end, "a control character inside a string", "its escaped form, \\n for a line break");
    if (c == '\\') {
      escapes = true;
      ++end;
    }
  }
  nodes_.push_back({json_kind::string, begin - 1, text_.substr(begin, end - begin), nodes_.size() + 1});
  if (escapes) decode(begin, end);
  at_ = end + 1;
}

// Four hexadecimal digits at `at`, which moves behind them.
char32_t json_text::code_unit(std::size_t& at) const {
  std::uint32_t unit = 0;
  const std::string_view digits = text_.substr(at, 4);
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  if (fault != std::errc() || end != digits.data() + 4)
    stop(at - 2, "a broken escape in a string", "\\u and four hexadecimal digits");
  at += 4;
  return unit;
}

void json_text::decode(std::size_t begin, std::size_t end) {
  // Room for all of them at once, so that views of earlier ones stay valid.
  if (decoded_.empty()) decoded_.reserve(text_.size());
  const std::size_t first = decoded_.size();
  for (std::size_t at = begin; at < end;) {
    if (text_[at] != '\\') {
      decoded_ += text_[at++];
      continue;
    }
    const std::size_t escape = at;
    const char c = text_[at + 1];
    at += 2;
    if (c == 'u') {
      char32_t unit = code_unit(at);
      if (unit >= 0xD800 && unit < 0xDC00 && text_.substr(at, 2) == "\\u") {
        at += 2;
        const char32_t low = code_unit(at);
        unit = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00) : 0xD800;
      }
      if (unit >= 0xD800 && unit < 0xE000)
        stop(escape, "half of a surrogate pair", "both halves, or the character itself");
      if (unit == 0) stop(escape, "NUL inside a string", "text");
      append_utf8(unit, decoded_);
      continue;
    }
    constexpr std::string_view names = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
    const std::size_t known = names.find(c);
    if (known == names.npos) stop(escape, "an unknown escape in a string", "\\\\ for a backslash");
    decoded_ += values[known];
  }
  nodes_.back().text = std::string_view(decoded_).substr(first);
}

void json_text::read_array(int depth) {
  const std::size_t self = nodes_.size(), begin = at_++;
  if (depth == max_depth) stop(begin, "the JSON value is nested too deeply", "at most 64 levels");
  nodes_.push_back({json_kind::array, begin, {}, 0});
  if (!take(']')) {
    do {
      read_value(depth + 1);
    } while (take(','));
    if (!take(']')) stop(at_, "the array goes on wrongly", "a comma or ]");
  }
  nodes_[self].text = text_.substr(begin, at_ - begin);
  nodes_[self].next = nodes_.size();
}

void json_text::read_object(int depth) {
  const std::size_t self = nodes_.size(), begin = at_++;
  if (depth == max_depth) stop(begin, "the JSON value is nested too deeply", "at most 64 levels");
  nodes_.push_back({json_kind::object, begin, {}, 0});
  if (!take('}')) {
    std::size_t members = 0;
    do {
      skip_space();
      if (++members > max_members)
        stop(begin, "the object has too many members", "at most " + std::to_string(max_members));
      if (at_ == text_.size() || text_[at_] != '"')
        stop(at_, "a member without a name", "a name in double quotes");
      const std::size_t name = nodes_.size();
      read_string();
      for (std::size_t other = self + 1; other < name; other = nodes_[other + 1].next)
        if (nodes_[other].text == nodes_[name].text)
          stop(nodes_[name].offset, "the member " + shown_text(nodes_[name].text) + " is there twice",
               "each member once");
      if (!take(':')) stop(at_, "a member without a value", "a colon");
      read_value(depth + 1);
    } while (take(','));
    if (!take('}')) stop(at_, "the object goes on wrongly", "a comma or }");
  }
  nodes_[self].text = text_.substr(begin, at_ - begin);
  nodes_[self].next = nodes_.size();
}

}  // namespace mux::inline v0::ingest
