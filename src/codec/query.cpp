#include <algorithm>

#include "codec/codec.hpp"

namespace mux::inline v0::codec {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

void write_pair(std::string_view name, std::string_view value, std::string& out) {
  if (!out.empty() && out.back() != '&' && out.back() != '?') out += '&';
  percent_encode(name, out);
  out += '=';
  percent_encode(value, out);
}

void write_members(const schema& s, const void* in, const std::string& prefix, std::string& out);

std::string name_in(const std::string& prefix, std::string_view name) {
  if (prefix.empty()) return std::string(name);
  std::string inside = prefix;
  return inside.append("[").append(name).append("]");
}

// The JSON form of a single value, without the quotes of a string.
std::string scalar_text(const type& t, const void* in) {
  if (t.kind == kind::string) return *static_cast<const std::string*>(in);
  if (t.kind == kind::enumeration)
    return std::string(static_cast<const mux::detail::open_enum_base*>(in)->text(t.names()));
  std::string text;
  write(t, in, text);
  if (t.kind == kind::unix_seconds) text = text.substr(1, text.size() - 2);
  return text;
}

void write_value(const type& t, const void* in, const std::string& name, std::string& out) {
  switch (t.kind) {
    case kind::object:
      write_members(t.object(), in, name, out);
      break;
    case kind::variant:
      write_members(*t.alternatives()[t.variant->index(in)].object, t.variant->get(in), name, out);
      break;
    case kind::array: {
      const std::string element = name.ends_with("[]") ? name : name + "[]";
      for (std::size_t i = 0; i < t.container->size(in); ++i)
        write_value(*t.element, t.container->at(in, i), element, out);
      break;
    }
    case kind::map:
      for (std::size_t i = 0; i < t.container->size(in); ++i)
        write_value(*t.element, t.container->at(in, i), name_in(name, t.container->key(in, i)), out);
      break;
    default:
      write_pair(name, scalar_text(t, in), out);
  }
}

void write_members(const schema& s, const void* in, const std::string& prefix, std::string& out) {
  for (const field_row& row : s.fields) {
    const void* at = static_cast<const char*>(in) + row.offset;
    const void* value = row.presence == presence::required ? at : row.ops->value(at);
    if (value)
      write_value(*row.value, value, name_in(prefix, row.name), out);
    else if (row.presence == presence::field && row.ops->is_null(at))
      write_pair(name_in(prefix, row.name), "", out);
  }
}

}  // namespace

void write_query(const schema& s, const void* in, std::string& out) {
  write_members(s, in, "", out);
}

void percent_encode(std::string_view text, std::string& out) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (;;) {
    const std::string_view::iterator end = std::find_if_not(text.begin(), text.end(), is_unreserved);
    out.append(text.begin(), end);
    if (end == text.end()) return;
    const auto byte = static_cast<unsigned char>(*end);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 0xf];
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()) + 1);
  }
}

}  // namespace mux::inline v0::codec
