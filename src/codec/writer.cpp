#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>

#include "codec/codec.hpp"
#include "codec/text.hpp"

namespace mux::inline v0::codec {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// Bytes of a JSON string that stand for themselves.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> is_plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) is_plain[c] = c != '"' && c != '\\';
  return is_plain;
}();

// Bytes at the start of `text` that stand for themselves; eight at a time while all of them do.
std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t high_bits = ones << 7;
  const auto zeros = [](std::uint64_t word) { return (word - ones) & ~word; };
  std::size_t n = 0;
  for (; n + 8 <= text.size(); n += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + n, sizeof word);
    const std::uint64_t special =
        word | (word - ones * 0x20) | zeros(word ^ ones * '"') | zeros(word ^ ones * '\\');
    if ((special & high_bits) != 0) break;
  }
  while (n < text.size() && plain[static_cast<unsigned char>(text[n])]) ++n;
  return n;
}

constexpr char hex_digits[] = "0123456789ABCDEF";

void write_escape(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[c & 0xf];
  }
}

void write_int64(std::int64_t value, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

void write_float64(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // 100000 reads better than the shorter 1e+05.
  constexpr double exact_integers = 9007199254740992;
  if (value != 0 && std::abs(value) < exact_integers && std::trunc(value) == value) {
    write_int64(static_cast<std::int64_t>(value), out);
    return;
  }
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

// Line breaks of valid JSON text are white space; without them any object is one line.
void write_raw(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += "null";
    return;
  }
  for (;;) {
    const std::size_t line_break = text.find_first_of("\r\n");
    out.append(text.substr(0, line_break));
    if (line_break == std::string_view::npos) return;
    text.remove_prefix(line_break + 1);
  }
}

std::int64_t seconds_at(const void* in) {
  return static_cast<const std::chrono::sys_seconds*>(in)->time_since_epoch().count();
}

// An open_enum_view is a std::string_view, byte by byte.
std::string_view text_at(const void* in) {
  std::string_view text;
  std::memcpy(&text, in, sizeof text);
  return text;
}

std::string_view enumeration_at(const type& t, const void* in) {
  return static_cast<const mux::detail::open_enum_base*>(in)->text(t.names());
}

void write_value(const type& t, wire w, const void* in, std::string& out);

// Names of rows need no escapes.
void write_name(std::string_view name, bool& first, std::string& out) {
  out.append(first ? "\"" : ",\"").append(name).append("\":");
  first = false;
}

void write_object(const schema& s, const void* in, std::string& out) {
  out += '{';
  bool first = true;
  for (const field_row& row : s.fields) {
    const void* at = static_cast<const char*>(in) + row.offset;
    const void* value = row.presence == presence::required ? at : row.ops->value(at);
    if (value) {
      write_name(row.name, first, out);
      write_value(*row.value, row.wire, value, out);
    } else if (row.presence == presence::field && row.ops->is_null(at)) {
      write_name(row.name, first, out);
      out += "null";
    }
  }
  out += '}';
}

void write_array(const type& t, wire w, const void* in, std::string& out) {
  out += '[';
  const std::size_t size = t.container->size(in);
  for (std::size_t i = 0; i < size; ++i) {
    if (i != 0) out += ',';
    write_value(*t.element, w, t.container->at(in, i), out);
  }
  out += ']';
}

void write_span(const type& t, wire w, const void* in, std::string& out) {
  out += '[';
  const auto [first, size] = t.span->get(in);
  for (std::size_t i = 0; i < size; ++i) {
    if (i != 0) out += ',';
    write_value(*t.element, w, static_cast<const char*>(first) + i * t.span->element_size, out);
  }
  out += ']';
}

void write_map(const type& t, wire w, const void* in, std::string& out) {
  out += '{';
  const std::size_t size = t.container->size(in);
  for (std::size_t i = 0; i < size; ++i) {
    if (i != 0) out += ',';
    write_string(t.container->key(in, i), out);
    out += ':';
    write_value(*t.element, w, t.container->at(in, i), out);
  }
  out += '}';
}

const schema& chosen(const type& t, const void* in) {
  return *t.alternatives()[t.variant->index(in)].object;
}

void write_value(const type& t, wire w, const void* in, std::string& out) {
  switch (t.kind) {
    case kind::boolean:
      out += *static_cast<const bool*>(in) ? "true" : "false";
      break;
    case kind::int64: {
      const std::string_view quote = w == wire::as_text ? "\"" : "";
      out += quote;
      write_int64(*static_cast<const std::int64_t*>(in), out);
      out += quote;
      break;
    }
    case kind::float64:
      write_float64(*static_cast<const double*>(in), out);
      break;
    case kind::string:
      write_string(*static_cast<const std::string*>(in), out);
      break;
    case kind::text:
      write_string(text_at(in), out);
      break;
    case kind::unix_seconds: {
      const std::string_view quote = w == wire::as_number ? "" : "\"";
      out += quote;
      write_int64(seconds_at(in), out);
      out += quote;
      break;
    }
    case kind::enumeration:
      write_string(enumeration_at(t, in), out);
      break;
    case kind::object:
      write_object(t.object(), in, out);
      break;
    case kind::array:
      write_array(t, w, in, out);
      break;
    case kind::span:
      write_span(t, w, in, out);
      break;
    case kind::map:
      write_map(t, w, in, out);
      break;
    case kind::variant:
      write_object(chosen(t, in), t.variant->get(in), out);
      break;
    case kind::json:
      write_raw(static_cast<const json*>(in)->text, out);
      break;
  }
}

}  // namespace

void write(const type& t, const void* in, std::string& out) {
  write_value(t, wire::natural, in, out);
}

void write_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const std::size_t n = plain_length(text);
    out.append(text.substr(0, n));
    text.remove_prefix(n);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      write_escape(text.front(), out);
      text.remove_prefix(1);
    } else if (const std::size_t length = utf8_length(text); length != 0) {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    } else {
      out += replacement;
      text.remove_prefix(invalid_length(text));
    }
  }
  out += '"';
}

}  // namespace mux::inline v0::codec
