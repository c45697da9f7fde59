#include "codec/token_walk.hpp"

#include <bitset>

#include "codec/text.hpp"

namespace mux::inline v0::codec {

bool token_walk::take_literal(std::string_view word) noexcept {
  const char* p = place();
  const bool same = next_place() - *at_ >= word.size() && std::memcmp(p, word.data(), word.size()) == 0 &&
                    ends_at(p + word.size());
  if (!same) return stop(fault::syntax, "a value");
  ++at_;
  return true;
}

bool token_walk::take_number(number& value, std::string_view& text) noexcept {
  const char* p = place();
  const char* last = scan_number(p, value);
  if (!last || !ends_at(last)) return stop(fault::syntax, "a value");
  text = {p, static_cast<std::size_t>(last - p)};
  ++at_;
  return true;
}

bool token_walk::decode_escapes(std::string_view raw, std::string& scratch, std::string_view& text) {
  if (scratch.size() < raw.size()) scratch.resize(raw.size());
  const char* last = unescape(raw, scratch.data());
  if (!last) {
    fault_place_ = static_cast<std::size_t>(raw.data() - begin_);
    fault_ = fault::syntax;
    expected_ = "a string with valid escapes";
    return false;
  }
  text = {scratch.data(), static_cast<std::size_t>(last - scratch.data())};
  return true;
}

bool token_walk::skip(std::string& scratch) {
  std::bitset<max_depth + 1> in_object;
  const int floor = depth_;
  std::string_view text;
  const auto key = [&] { return take_raw_key(text) && decode(text, scratch, text); };
  for (;;) {
    switch (look()) {
      case '{':
        if (!enter()) return false;
        in_object.set(static_cast<std::size_t>(depth_));
        if (look() != '}') {
          if (!key()) return false;
          continue;
        }
        step();
        leave();
        break;
      case '[':
        if (!enter()) return false;
        in_object.reset(static_cast<std::size_t>(depth_));
        if (look() != ']') continue;
        step();
        leave();
        break;
      case '"':
        if (!take_string(scratch, text)) return false;
        break;
      case 't':
        if (!take_literal("true")) return false;
        break;
      case 'f':
        if (!take_literal("false")) return false;
        break;
      case 'n':
        if (!take_literal("null")) return false;
        break;
      default: {
        number ignored;
        if (!take_number(ignored, text)) return false;
      }
    }
    for (;; leave()) {
      if (depth_ == floor) return true;
      const bool object = in_object[static_cast<std::size_t>(depth_)];
      if (take(',')) {
        if (object && !key()) return false;
        break;
      }
      if (!take(object ? '}' : ']')) return expected(object ? "',' or '}'" : "',' or ']'");
    }
  }
}

bool token_walk::skip(std::string& scratch, std::string_view& raw) {
  const char* first = place();
  if (!skip(scratch)) return false;
  const char* last = before_space(at_end() ? end_ : place());
  raw = {first, static_cast<std::size_t>(last - first)};
  return true;
}

std::string token_walk::complaint() const {
  return "byte " + std::to_string(fault_place_) + ": expected " + expected_;
}

bool token_walk::stop(fault why, const char* what) noexcept {
  fault_ = why;
  expected_ = what;
  fault_place_ = *at_;
  return false;
}

}  // namespace mux::inline v0::codec
