#pragma once

// How a C++ type is walked without knowing it: the rows that the generated tables are made of. Data only; the
// one reader and the one writer interpret it.

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <mux/field.hpp>
#include <mux/json.hpp>
#include <mux/open_enum.hpp>
#include <mux/open_enum_view.hpp>

#include "codec/member_name.hpp"

namespace mux::inline v0::codec {

enum class kind : std::uint8_t {
  boolean,       ///< bool
  int64,         ///< std::int64_t
  float64,       ///< double
  string,        ///< std::string
  text,          ///< std::string_view, open_enum_view<E>: stays where the JSON text is
  unix_seconds,  ///< std::chrono::sys_seconds; read from a number or a string of digits
  enumeration,   ///< open_enum<E>
  // What is made of parts stands from here on.
  object,   ///< a generated struct
  array,    ///< std::vector<T>
  span,     ///< std::span<const T>: elements stand in the arena of what is borrowed
  map,      ///< string_map<T>
  variant,  ///< std::variant<structs…>
  json,     ///< mux::json: the raw text
};

enum class presence : std::uint8_t {
  required,  ///< T: always written
  optional,  ///< std::optional<T>: absent is left out; null reads as absent
  field,     ///< mux::field<T>: absent, null and value differ
};

struct schema;
struct type;

/// std::vector<T> and string_map<T>, erased.
struct container_ops {
  void (*clear)(void* c);
  void (*reserve)(void* c, std::size_t n);
  void* (*append)(void* c);                            ///< a new last element (vector)
  void* (*append_key)(void* c, std::string_view key);  ///< a new last element (map)
  std::size_t (*size)(const void* c);
  const void* (*at)(const void* c, std::size_t i);
  std::string_view (*key)(const void* c, std::size_t i);  ///< map only
};

/// std::optional<T> and field<T>, erased.
struct presence_ops {
  void* (*emplace)(void* p);
  void (*reset)(void* p);
  void (*set_null)(void* p);            ///< field only; an optional is reset
  const void* (*value)(const void* p);  ///< null if there is none
  bool (*is_null)(const void* p);       ///< field only
};

/// One alternative of a variant: chosen if every `discriminator` member has its text; tried in order if there
/// is none.
struct alternative {
  const codec::schema* object;
  std::span<const std::pair<std::string_view, std::string_view>> discriminators;
};

struct variant_ops {
  void* (*emplace)(void* v, std::size_t i);
  std::size_t (*index)(const void* v);
  const void* (*get)(const void* v);
};

/// std::span<const T> of a T that can be moved by copying its bytes, erased.
struct span_ops {
  std::size_t element_size;
  std::size_t element_alignment;
  const void* blank;  ///< an element by default, to be copied
  void (*set)(void* span, const void* first, std::size_t n);
  std::pair<const void*, std::size_t> (*get)(const void* span);
};

struct type {
  codec::kind kind;
  const codec::schema& (*object)() = nullptr;                         ///< kind::object
  const codec::type* element = nullptr;                               ///< kind::array, kind::map, kind::span
  const container_ops* container = nullptr;                           ///< kind::array, kind::map
  std::span<const std::string_view> (*names)() noexcept = nullptr;    ///< kind::enumeration
  const variant_ops* variant = nullptr;                               ///< kind::variant
  std::span<const alternative> (*alternatives)() noexcept = nullptr;  ///< kind::variant
  const span_ops* span = nullptr;                                     ///< kind::span
};

/// How a number-like value stands on the wire.
enum class wire : std::uint8_t {
  natural,    ///< numbers as numbers, unix_seconds as a string of digits (what the REST API does)
  as_number,  ///< unix_seconds as a number
  as_text,    ///< int64 as a string of digits; either form is read
};

/// A place for a value: in a struct, or as the element of an array or map.
struct slot {
  const codec::type* value;  ///< of T, without its presence
  codec::kind kind = value->kind;
  codec::presence presence = presence::required;
  codec::wire wire = wire::natural;
  const presence_ops* ops = nullptr;  ///< presence::optional, presence::field
};

/// A member of a struct.
struct field_row : slot {
  constexpr field_row(std::string_view member, std::size_t at, const slot& s, bool required_in_text = false)
      : slot(s),
        must(required_in_text),
        offset(static_cast<std::uint32_t>(at)),
        bits(pattern_bits(member.size())),
        name(member),
        pattern(pattern_of(member)) {}

  bool must;  ///< reading fails if it is missing (identity, never a mere "required")
  std::uint32_t offset;
  std::uint32_t bits;  ///< of the pattern
  std::string_view name;
  name_pattern pattern;
};

/// The row of objects that have no members: its name stands nowhere.
inline constexpr type nothing_type{kind::json};
inline constexpr field_row nothing_row("", 0, {&nothing_type});

/// The rows of one struct and a hash table of their names, computed by the compiler.
struct schema {
  constexpr schema(std::string_view api_name, std::span<const field_row> rows)
      : name(api_name), fields(rows) {
    if (rows.size() > max_rows) throw std::length_error("too many members");
    mask = std::min<std::size_t>(std::bit_ceil(2 * rows.size() + 1), slots.size()) - 1;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::size_t slot = slot_of(rows[i].name, mask);
      while (slots[slot] != 0) slot = (slot + 1) & mask;
      slots[slot] = static_cast<std::uint8_t>(i + 1);
      if (!rows[i].must) continue;
      if (i >= max_must) throw std::length_error("members that must be there stand first");
      must |= std::uint64_t{1} << i;
    }
  }

  /// The row of the member `key`, or null.
  [[nodiscard]] const field_row* find(std::string_view key) const noexcept {
    for (std::size_t slot = slot_of(key, mask); slots[slot] != 0; slot = (slot + 1) & mask) {
      const field_row& row = fields[slots[slot] - 1u];
      if (row.name == key) return &row;
    }
    return nullptr;
  }

  static constexpr std::size_t max_rows = 240;
  static constexpr std::size_t max_must = 64;

  std::string_view name;  ///< the API's name, `Asset.Errors`
  std::span<const field_row> fields;
  std::uint64_t must = 0;  ///< a bit for each row that has to be there
  std::size_t mask = 0;
  std::array<std::uint8_t, 256> slots{};  ///< row index + 1, or 0 for an empty place
};

/// The table of a generated struct: specialised in `src/api`.
template <class T>
const schema& schema_of();

/// The alternatives of a generated variant: specialised in `src/api`.
template <class V>
std::span<const alternative> alternatives_of() noexcept;

namespace detail {

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_span : std::false_type {};
template <class T>
struct is_span<std::span<const T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T>
struct is_map<string_map<T>> : std::true_type {};
template <class T>
struct is_variant : std::false_type {};
template <class... T>
struct is_variant<std::variant<T...>> : std::true_type {};
template <class T>
struct is_open_enum : std::false_type {};
template <class E>
struct is_open_enum<open_enum<E>> : std::true_type {
  using values = E;
};
template <class T>
struct is_text : std::is_same<T, std::string_view> {};
template <class E>
struct is_text<open_enum_view<E>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {
  using inner = T;
};
template <class T>
struct is_field : std::false_type {};
template <class T>
struct is_field<field<T>> : std::true_type {
  using inner = T;
};

template <class C>
inline constexpr container_ops vector_ops = {
    [](void* c) { static_cast<C*>(c)->clear(); },
    [](void* c, std::size_t n) { static_cast<C*>(c)->reserve(n); },
    [](void* c) -> void* { return &static_cast<C*>(c)->emplace_back(); },
    nullptr,
    [](const void* c) { return static_cast<const C*>(c)->size(); },
    [](const void* c, std::size_t i) -> const void* { return &(*static_cast<const C*>(c))[i]; },
    nullptr,
};

template <class M>
inline constexpr container_ops map_ops = {
    [](void* c) { static_cast<M*>(c)->items.clear(); },
    [](void* c, std::size_t n) { static_cast<M*>(c)->items.reserve(n); },
    nullptr,
    [](void* c, std::string_view key) -> void* {
      auto& item = static_cast<M*>(c)->items.emplace_back();
      item.first.assign(key);
      return &item.second;
    },
    [](const void* c) { return static_cast<const M*>(c)->items.size(); },
    [](const void* c, std::size_t i) -> const void* { return &static_cast<const M*>(c)->items[i].second; },
    [](const void* c, std::size_t i) -> std::string_view { return static_cast<const M*>(c)->items[i].first; },
};

template <class T>
inline constexpr T blank_of{};

template <class T>
inline constexpr span_ops span_ops_of = {
    sizeof(T),
    alignof(T),
    &blank_of<T>,
    [](void* span, const void* first, std::size_t n) {
      static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
      *static_cast<std::span<const T>*>(span) = {static_cast<const T*>(first), n};
    },
    [](const void* span) {
      const auto& elements = *static_cast<const std::span<const T>*>(span);
      return std::pair<const void*, std::size_t>(elements.data(), elements.size());
    },
};

template <class V, std::size_t I = 0>
void* emplace_alternative(void* v, std::size_t i) {
  if constexpr (I < std::variant_size_v<V>) {
    if (i == I) return &static_cast<V*>(v)->template emplace<I>();
    return emplace_alternative<V, I + 1>(v, i);
  } else {
    return nullptr;
  }
}

template <class V>
inline constexpr variant_ops variant_ops_of = {
    &emplace_alternative<V>,
    [](const void* v) { return static_cast<const V*>(v)->index(); },
    [](const void* v) -> const void* {
      return std::visit([](const auto& x) -> const void* { return &x; }, *static_cast<const V*>(v));
    },
};

template <class P>
inline constexpr presence_ops optional_ops = {
    [](void* p) -> void* { return &static_cast<P*>(p)->emplace(); },
    [](void* p) { static_cast<P*>(p)->reset(); },
    [](void* p) { static_cast<P*>(p)->reset(); },
    [](const void* p) -> const void* {
      const auto& o = *static_cast<const P*>(p);
      return o.has_value() ? &*o : nullptr;
    },
    [](const void*) { return false; },
};

template <class P>
inline constexpr presence_ops field_ops = {
    [](void* p) -> void* { return &static_cast<P*>(p)->emplace(); },
    [](void* p) { static_cast<P*>(p)->reset(); },
    [](void* p) { static_cast<P*>(p)->set_null(); },
    [](const void* p) -> const void* {
      const auto& o = *static_cast<const P*>(p);
      return o.has_value() ? &*o : nullptr;
    },
    [](const void* p) { return static_cast<const P*>(p)->is_null(); },
};

template <class T>
constexpr type make_type();

}  // namespace detail

/// The description of `T`; one object a type.
template <class T>
inline constexpr type type_of = detail::make_type<T>();

namespace detail {

template <class T>
constexpr type make_type() {
  if constexpr (std::is_same_v<T, bool>) {
    return {kind::boolean};
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return {kind::int64};
  } else if constexpr (std::is_same_v<T, double>) {
    return {kind::float64};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {kind::string};
  } else if constexpr (std::is_same_v<T, std::chrono::sys_seconds>) {
    return {kind::unix_seconds};
  } else if constexpr (std::is_same_v<T, json>) {
    return {kind::json};
  } else if constexpr (is_open_enum<T>::value) {
    return {kind::enumeration, nullptr, nullptr, nullptr,
            &enum_traits<typename is_open_enum<T>::values>::names};
  } else if constexpr (is_text<T>::value) {
    return {kind::text};
  } else if constexpr (is_span<T>::value) {
    using element = std::remove_const_t<typename T::element_type>;
    return {.kind = kind::span, .element = &type_of<element>, .span = &span_ops_of<element>};
  } else if constexpr (is_vector<T>::value) {
    return {kind::array, nullptr, &type_of<typename T::value_type>, &vector_ops<T>};
  } else if constexpr (is_map<T>::value) {
    return {kind::map, nullptr, &type_of<typename decltype(T::items)::value_type::second_type>, &map_ops<T>};
  } else if constexpr (is_variant<T>::value) {
    return {kind::variant, nullptr, nullptr, nullptr, nullptr, &variant_ops_of<T>, &alternatives_of<T>};
  } else {
    return {kind::object, &schema_of<T>};
  }
}

}  // namespace detail

/// A row for a member of type `Member` (T, std::optional<T> or field<T>) at `offset`.
template <class Member>
constexpr field_row row(std::string_view name, std::size_t offset, wire w = wire::natural,
                        bool must = false) {
  if constexpr (detail::is_optional<Member>::value) {
    const type& t = type_of<typename detail::is_optional<Member>::inner>;
    return {name, offset, {&t, t.kind, presence::optional, w, &detail::optional_ops<Member>}, must};
  } else if constexpr (detail::is_field<Member>::value) {
    const type& t = type_of<typename detail::is_field<Member>::inner>;
    return {name, offset, {&t, t.kind, presence::field, w, &detail::field_ops<Member>}, must};
  } else {
    const type& t = type_of<Member>;
    return {name, offset, {&t, t.kind, presence::required, w}, must};
  }
}

}  // namespace mux::inline v0::codec
