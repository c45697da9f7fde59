#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/json_text.hpp"

namespace mux::inline v0::ingest {

/// A part of a create's JSON while it is put together: from columns, from JSON, from defaults.
struct settings_node {
  enum class shape : std::uint8_t { none, literal, string, array, object };

  std::string name;        ///< in its object; empty in an array
  shape is = shape::none;  ///< `none`: not given
  std::size_t offset = 0;  ///< where it was given, in its record
  std::string text;        ///< of a string, decoded; of a literal, as JSON
  std::vector<settings_node> parts;

  [[nodiscard]] static settings_node string(std::string_view text, std::size_t offset);
  [[nodiscard]] static settings_node literal(std::string_view json, std::size_t offset);
  /// Any JSON value as it is, offsets aside.
  [[nodiscard]] static settings_node from(const json_text& json, std::size_t i);

  [[nodiscard]] bool given() const noexcept { return is != shape::none; }
  /// A member that is there, or null.
  [[nodiscard]] settings_node* find(std::string_view member) noexcept;
  [[nodiscard]] const settings_node* find(std::string_view member) const noexcept;
  /// A member, made if it is not there; this becomes an object.
  settings_node& member(std::string_view called);
  /// An element, made with those before it if it is not there; this becomes an array.
  settings_node& element(std::size_t index);
  void remove(std::string_view member);

  /// Appends this as JSON: members sorted by name, no white space, what is not given left out.
  void write(std::string& out) const;
};

}  // namespace mux::inline v0::ingest
