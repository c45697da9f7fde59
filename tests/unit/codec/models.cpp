#include "unit/codec/models.hpp"

namespace mux::inline v0::codec {

#define MEMBER(name) row<decltype(t::name)>(#name, offsetof(t, name))

template <>
const schema& schema_of<sample::leaf>() {
  using t = sample::leaf;
  static constexpr field_row rows[] = {MEMBER(id), MEMBER(width)};
  static constexpr schema table{"leaf", rows};
  return table;
}

template <>
const schema& schema_of<sample::circle>() {
  using t = sample::circle;
  static constexpr field_row rows[] = {MEMBER(kind), MEMBER(radius)};
  static constexpr schema table{"circle", rows};
  return table;
}

template <>
const schema& schema_of<sample::square>() {
  using t = sample::square;
  static constexpr field_row rows[] = {MEMBER(kind), MEMBER(side)};
  static constexpr schema table{"square", rows};
  return table;
}

template <>
const schema& schema_of<sample::by_id>() {
  using t = sample::by_id;
  static constexpr field_row rows[] = {row<std::string>("id", offsetof(t, id), wire::natural, true)};
  static constexpr schema table{"by_id", rows};
  return table;
}

template <>
const schema& schema_of<sample::by_name>() {
  using t = sample::by_name;
  static constexpr field_row rows[] = {row<std::string>("name", offsetof(t, name), wire::natural, true)};
  static constexpr schema table{"by_name", rows};
  return table;
}

template <>
std::span<const alternative> alternatives_of<sample::shape>() noexcept {
  static constexpr std::pair<std::string_view, std::string_view> is_circle[] = {{"kind", "circle"}};
  static constexpr std::pair<std::string_view, std::string_view> is_square[] = {{"kind", "square"}};
  static const alternative all[] = {{&schema_of<sample::circle>(), is_circle},
                                    {&schema_of<sample::square>(), is_square}};
  return all;
}

template <>
std::span<const alternative> alternatives_of<sample::reference>() noexcept {
  static const alternative all[] = {{&schema_of<sample::by_id>(), {}}, {&schema_of<sample::by_name>(), {}}};
  return all;
}

template <>
const schema& schema_of<sample::plain>() {
  using t = sample::plain;
  static constexpr field_row rows[] = {MEMBER(flag),   MEMBER(count), MEMBER(ratio), MEMBER(text),
                                       MEMBER(at),     MEMBER(tone),  MEMBER(inner), MEMBER(numbers),
                                       MEMBER(labels), MEMBER(form),  MEMBER(rest)};
  static constexpr schema table{"plain", rows};
  return table;
}

template <>
const schema& schema_of<sample::optionals>() {
  using t = sample::optionals;
  static constexpr field_row rows[] = {
      MEMBER(flag),
      MEMBER(count),
      MEMBER(ratio),
      MEMBER(text),
      MEMBER(at),
      MEMBER(tone),
      MEMBER(inner),
      MEMBER(leaves),
      MEMBER(by_key),
      MEMBER(target),
      MEMBER(rest),
      row<decltype(t::digits)>("digits", offsetof(t, digits), wire::as_text),
      row<decltype(t::at_number)>("at_number", offsetof(t, at_number), wire::as_number),
      MEMBER(matrix),
  };
  static constexpr schema table{"optionals", rows};
  return table;
}

template <>
const schema& schema_of<sample::update>() {
  using t = sample::update;
  static constexpr field_row rows[] = {MEMBER(flag), MEMBER(count), MEMBER(ratio), MEMBER(text), MEMBER(at),
                                       MEMBER(tone), MEMBER(inner), MEMBER(names), MEMBER(rest)};
  static constexpr schema table{"update", rows};
  return table;
}

template <>
const schema& schema_of<sample::known>() {
  using t = sample::known;
  static constexpr field_row rows[] = {row<std::string>("id", offsetof(t, id), wire::natural, true),
                                       MEMBER(leaves)};
  static constexpr schema table{"known", rows};
  return table;
}

template <>
const schema& schema_of<sample::names>() {
  using t = sample::names;
  static constexpr field_row rows[] = {
      MEMBER(a),
      MEMBER(ab),
      MEMBER(ba),
      MEMBER(abcdefgh),
      MEMBER(abcdefghi),
      row<std::int64_t>("a_name_longer_than_16_bytes_one", offsetof(t, long_one)),
      row<std::int64_t>("a_name_longer_than_16_bytes_two", offsetof(t, long_two)),
      row<std::int64_t>("a_name_longer_then_16_bytes_one", offsetof(t, long_middle)),
      row<std::int64_t>("sixteen_bytes_xx", offsetof(t, sixteen)),
  };
  static constexpr schema table{"names", rows};
  return table;
}

#undef MEMBER

}  // namespace mux::inline v0::codec
