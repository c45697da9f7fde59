#include "unit/api/random_value.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace mux::inline v0::test {

namespace {

constexpr std::array<std::string_view, 14> pieces = {
    "a",    "Z",    " ",      "\"",     "\\",        "/", "\n", "\t", std::string_view("\0", 1),
    "\x1f", "\x7f", "\u00e9", "\u2028", "\U0001F3AC"};

constexpr std::array<std::string_view, 5> raw_values = {R"({"a":[1,2.5,"x"],"b":{}})", "[]", R"("text")",
                                                        "-12", "true"};

}  // namespace

std::string random_value::text() {
  std::string result;
  for (std::size_t left = below(12); left > 0; --left) result += pieces[below(pieces.size())];
  return result;
}

std::int64_t random_value::integer() {
  switch (below(4)) {
    case 0:
      return 0;
    case 1:
      return std::numeric_limits<std::int64_t>::min();
    case 2:
      return std::numeric_limits<std::int64_t>::max();
    default:
      return static_cast<std::int64_t>(random_());
  }
}

double random_value::number() {
  switch (below(4)) {
    case 0:
      return 0;
    case 1:
      return std::numeric_limits<double>::max();
    case 2:
      return -std::numeric_limits<double>::denorm_min();
    default:
      return std::normal_distribution<double>(0, 1e6)(random_);
  }
}

void random_value::fill(const codec::type& t, void* out) {
  switch (t.kind) {
    case codec::kind::boolean:
      *static_cast<bool*>(out) = below(2) == 0;
      break;
    case codec::kind::int64:
      *static_cast<std::int64_t*>(out) = integer();
      break;
    case codec::kind::float64:
      *static_cast<double*>(out) = number();
      break;
    case codec::kind::string:
      *static_cast<std::string*>(out) = text();
      break;
    case codec::kind::unix_seconds:
      *static_cast<std::chrono::sys_seconds*>(out) =
          std::chrono::sys_seconds(std::chrono::seconds(integer()));
      break;
    case codec::kind::enumeration: {
      auto& value = *static_cast<mux::detail::open_enum_base*>(out);
      if (below(4) == 0)
        value.assign_unknown("not yet known " + text());
      else
        value.assign(static_cast<std::int16_t>(below(t.names().size())));
      break;
    }
    case codec::kind::object:
      fill_object(t.object(), out);
      break;
    case codec::kind::array:
      for (std::size_t left = below(4); left > 0; --left) fill(*t.element, t.container->append(out));
      break;
    case codec::kind::map:
      for (std::size_t left = below(4); left > 0; --left)
        fill(*t.element, t.container->append_key(out, text() + std::to_string(left)));
      break;
    case codec::kind::variant:
      fill_variant(t, out);
      break;
    case codec::kind::text:
    case codec::kind::span:
      break;  // borrowed from a text, never filled
    case codec::kind::json:
      static_cast<json*>(out)->text = raw_values[below(raw_values.size())];
      break;
  }
}

void random_value::fill_object(const codec::schema& s, void* out) {
  for (const codec::field_row& row : s.fields) {
    void* const at = static_cast<char*>(out) + row.offset;
    if (row.presence == codec::presence::required)
      fill(*row.value, at);
    else if (row.presence == codec::presence::field && below(3) == 0)
      row.ops->set_null(at);
    else if (below(2) == 0)
      fill(*row.value, row.ops->emplace(at));
  }
}

void random_value::fill_variant(const codec::type& t, void* out) {
  const auto alternatives = t.alternatives();
  const std::size_t chosen = below(alternatives.size());
  void* const object = t.variant->emplace(out, chosen);
  fill_object(*alternatives[chosen].object, object);
  for (const auto& [name, constant] : alternatives[chosen].discriminators)
    for (const codec::field_row& row : alternatives[chosen].object->fields)
      if (row.name == name)
        *reinterpret_cast<std::string*>(static_cast<char*>(object) + row.offset) = constant;
}

}  // namespace mux::inline v0::test
