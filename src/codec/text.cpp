#include "codec/text.hpp"

#include <cstdint>

#include "codec/codec.hpp"

namespace mux::inline v0::codec {
namespace {

constexpr char32_t replacement = 0xfffd;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of the four digits at `p`, or -1.
int code_unit(const char* p, const char* end) {
  if (end - p < 4) return -1;
  int unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool leads(int unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
bool trails(int unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

char* put(char32_t c, char* out) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xc0 | c >> 6);
    *out++ = tail(0);
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xe0 | c >> 12);
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<char>(0xf0 | c >> 18);
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

// The character of a \u escape whose digits begin at `p`; moves `p` behind it.
char32_t escaped_character(const char*& p, const char* end, bool& valid) {
  const int unit = code_unit(p, end);
  valid = unit >= 0;
  if (!valid) return 0;
  p += 4;
  if (!leads(unit)) return trails(unit) ? replacement : static_cast<char32_t>(unit);
  if (end - p < 2 || p[0] != '\\' || p[1] != 'u') return replacement;
  const int next = code_unit(p + 2, end);
  if (!trails(next)) return replacement;
  p += 6;
  return 0x10000u + (static_cast<char32_t>(unit - 0xd800) << 10) + static_cast<char32_t>(next - 0xdc00);
}

char plain_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

// What a lead byte announces: the length of its sequence and the range of the second byte (RFC 3629).
struct lead {
  std::size_t length;
  unsigned char low, high;
};

lead lead_of(unsigned char c) {
  if (c < 0x80) return {1, 0, 0};
  if (c < 0xc2) return {0, 0, 0};
  if (c < 0xe0) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (c < 0xf0) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (c < 0xf4) return {4, 0x80, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// How many bytes at the start of `text` follow the rules, up to the length that the first announces.
std::size_t valid_bytes(std::string_view text, const lead& first) {
  std::size_t n = 1;
  while (n < first.length && n < text.size()) {
    const auto c = static_cast<unsigned char>(text[n]);
    if (c < (n == 1 ? first.low : 0x80) || c > (n == 1 ? first.high : 0xbf)) break;
    ++n;
  }
  return n;
}

}  // namespace

char* unescape(std::string_view raw, char* out) noexcept {
  const char* p = raw.data();
  const char* const end = p + raw.size();
  while (p != end) {
    if (*p != '\\') {
      *out++ = *p++;
      continue;
    }
    if (++p == end) return nullptr;
    const char kind = *p++;
    if (kind == 'u') {
      bool valid = false;
      const char32_t c = escaped_character(p, end, valid);
      if (!valid) return nullptr;
      out = put(c, out);
    } else {
      const char c = plain_escape(kind);
      if (c == 0) return nullptr;
      *out++ = c;
    }
  }
  return out;
}

std::size_t utf8_length(std::string_view text) noexcept {
  const lead first = lead_of(static_cast<unsigned char>(text.front()));
  return valid_bytes(text, first) == first.length ? first.length : 0;
}

std::size_t invalid_length(std::string_view text) noexcept {
  return valid_bytes(text, lead_of(static_cast<unsigned char>(text.front())));
}

std::string_view utf8_prefix(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  std::size_t n = most;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) --n;
  return text.substr(0, n);
}

std::string excerpt(std::string_view text, std::size_t most) {
  std::string quoted;
  write_string(utf8_prefix(text, most), quoted);
  return quoted;
}

}  // namespace mux::inline v0::codec
