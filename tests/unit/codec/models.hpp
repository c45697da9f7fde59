#pragma once

// Structs with tables written by hand: every kind of value in every form of presence.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <mux/field.hpp>
#include <mux/json.hpp>
#include <mux/open_enum.hpp>

#include "codec/codec.hpp"

namespace mux::inline v0 {

enum class shade : std::int16_t { dark, light };

template <>
struct enum_traits<shade> {
  static std::span<const std::string_view> names() noexcept {
    static constexpr std::string_view all[] = {"dark", "light"};
    return all;
  }
};

namespace sample {

using std::chrono::sys_seconds;

struct leaf {
  std::string id;
  std::optional<std::int64_t> width;
  friend bool operator==(const leaf&, const leaf&) = default;
};

struct circle {
  std::string kind;
  double radius = 0;
  friend bool operator==(const circle&, const circle&) = default;
};

struct square {
  std::string kind;
  double side = 0;
  friend bool operator==(const square&, const square&) = default;
};

/// Told apart by `kind`.
using shape = std::variant<circle, square>;

struct by_id {
  std::string id;
  friend bool operator==(const by_id&, const by_id&) = default;
};

struct by_name {
  std::string name;
  friend bool operator==(const by_name&, const by_name&) = default;
};

/// Nothing tells these apart but what they must have.
using reference = std::variant<by_id, by_name>;

/// One member of each kind that has to be there.
struct plain {
  bool flag = false;
  std::int64_t count = 0;
  double ratio = 0;
  std::string text;
  sys_seconds at{};
  open_enum<shade> tone;
  leaf inner;
  std::vector<std::int64_t> numbers;
  string_map<std::string> labels;
  shape form;
  json rest;
  friend bool operator==(const plain&, const plain&) = default;
};

/// The same, each of which may be absent.
struct optionals {
  std::optional<bool> flag;
  std::optional<std::int64_t> count;
  std::optional<double> ratio;
  std::optional<std::string> text;
  std::optional<sys_seconds> at;
  std::optional<open_enum<shade>> tone;
  std::optional<leaf> inner;
  std::optional<std::vector<leaf>> leaves;
  std::optional<string_map<leaf>> by_key;
  std::optional<reference> target;
  std::optional<json> rest;
  std::optional<std::int64_t> digits;    ///< wire::as_text
  std::optional<sys_seconds> at_number;  ///< wire::as_number
  std::vector<std::vector<double>> matrix;
  friend bool operator==(const optionals&, const optionals&) = default;
};

/// An update body.
struct update {
  field<bool> flag;
  field<std::int64_t> count;
  field<double> ratio;
  field<std::string> text;
  field<sys_seconds> at;
  field<open_enum<shade>> tone;
  field<leaf> inner;
  field<std::vector<std::string>> names;
  field<json> rest;
  friend bool operator==(const update&, const update&) = default;
};

/// `id` is identity.
struct known {
  std::string id;
  std::vector<leaf> leaves;
  friend bool operator==(const known&, const known&) = default;
};

/// Names that are alike, short and long.
struct names {
  std::int64_t a = 0, ab = 0, ba = 0, abcdefgh = 0, abcdefghi = 0;
  std::int64_t long_one = 0;     ///< `a_name_longer_than_16_bytes_one`
  std::int64_t long_two = 0;     ///< `a_name_longer_than_16_bytes_two`
  std::int64_t long_middle = 0;  ///< `a_name_longer_then_16_bytes_one`
  std::int64_t sixteen = 0;      ///< `sixteen_bytes_xx`
  friend bool operator==(const names&, const names&) = default;
};

}  // namespace sample

namespace codec {

template <>
const schema& schema_of<sample::leaf>();
template <>
const schema& schema_of<sample::circle>();
template <>
const schema& schema_of<sample::square>();
template <>
const schema& schema_of<sample::by_id>();
template <>
const schema& schema_of<sample::by_name>();
template <>
const schema& schema_of<sample::plain>();
template <>
const schema& schema_of<sample::optionals>();
template <>
const schema& schema_of<sample::update>();
template <>
const schema& schema_of<sample::known>();
template <>
const schema& schema_of<sample::names>();
template <>
std::span<const alternative> alternatives_of<sample::shape>() noexcept;
template <>
std::span<const alternative> alternatives_of<sample::reference>() noexcept;

}  // namespace codec

namespace sample {

template <class T>
std::string written(const T& value) {
  std::string out;
  codec::write(value, out);
  return out;
}

}  // namespace sample
}  // namespace mux::inline v0
