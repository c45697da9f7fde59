#include "codec/token_walk.hpp"

#include <bitset>

#include "codec/text.hpp"

namespace mux::inline v0::codec {

place token_walk::take_literal(place at, std::string_view word) noexcept {
  const char* const p = text_at(at);
  const bool same = next_place(at) - *at >= word.size() && std::memcmp(p, word.data(), word.size()) == 0 &&
                    ends_at(at, p + word.size());
  return same ? at + 1 : stop(at, fault::syntax, "a value");
}

place token_walk::take_number(place at, number& value, std::string_view& text) noexcept {
  const char* const p = text_at(at);
  const char* const last = scan_number(p, value);
  if (!last || !ends_at(at, last)) return stop(at, fault::syntax, "a value");
  text = {p, static_cast<std::size_t>(last - p)};
  return at + 1;
}

bool token_walk::decode(std::string_view raw, char* scratch, std::string_view& text) noexcept {
  const char* const last = unescape(raw, scratch);
  if (!last) {
    fault_place_ = static_cast<std::size_t>(raw.data() - begin_);
    fault_ = fault::syntax;
    expected_ = "a string with valid escapes";
    return false;
  }
  text = {scratch, static_cast<std::size_t>(last - scratch)};
  return true;
}

void token_walk::find_escape(const char* from) noexcept {
  const void* const found = std::memchr(from, '\\', static_cast<std::size_t>(end_ - from));
  next_escape_ = found ? static_cast<const char*>(found) : end_;
}

place token_walk::skip(place at, int depth, std::string& scratch) {
  std::bitset<max_depth + 1> in_object;
  const int floor = depth;
  std::string_view text;
  const auto key = [&] {
    at = take_raw_key(at, text);
    return at && decode(text, scratch, text);
  };
  for (;;) {
    switch (look(at)) {
      case '{':
        at = enter(at, depth);
        if (!at) return nullptr;
        in_object.set(static_cast<std::size_t>(++depth));
        if (look(at) != '}') {
          if (!key()) return nullptr;
          continue;
        }
        ++at;
        --depth;
        break;
      case '[':
        at = enter(at, depth);
        if (!at) return nullptr;
        in_object.reset(static_cast<std::size_t>(++depth));
        if (look(at) != ']') continue;
        ++at;
        --depth;
        break;
      case '"':
        at = take_string(at, scratch, text);
        break;
      case 't':
        at = take_literal(at, "true");
        break;
      case 'f':
        at = take_literal(at, "false");
        break;
      case 'n':
        at = take_literal(at, "null");
        break;
      default: {
        number ignored;
        at = take_number(at, ignored, text);
      }
    }
    if (!at) return nullptr;
    for (;; --depth) {
      if (depth == floor) return at;
      const bool object = in_object[static_cast<std::size_t>(depth)];
      if (look(at) == ',') {
        ++at;
        if (object && !key()) return nullptr;
        break;
      }
      if (look(at) != (object ? '}' : ']'))
        return stop(at, fault::syntax, object ? "',' or '}'" : "',' or ']'");
      ++at;
    }
  }
}

place token_walk::skip(place at, int depth, std::string& scratch, std::string_view& raw) {
  const char* const first = text_at(at);
  at = skip(at, depth, scratch);
  if (!at) return nullptr;
  const char* const last = before_space(at_end(at) ? end_ : text_at(at));
  raw = {first, static_cast<std::size_t>(last - first)};
  return at;
}

std::string token_walk::complaint() const {
  return "byte " + std::to_string(fault_place_) + ": expected " + expected_;
}

place token_walk::stop(place at, fault why, const char* what) noexcept {
  fault_ = why;
  expected_ = what;
  fault_place_ = *at;
  return nullptr;
}

}  // namespace mux::inline v0::codec
