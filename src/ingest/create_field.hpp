#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mux/ingest/manifest.hpp>

#include "codec/schema.hpp"

namespace mux::inline v0::ingest {

/// The fields of a create and their types, as the API's description has them.
[[nodiscard]] const codec::schema& create_schema() noexcept;

/// A member of `manifest_row` that is a field of the create too.
struct row_member {
  std::string_view name;        ///< its short name
  std::string_view field_name;  ///< the field's dotted name; empty for `file`, which is none
  std::string manifest_row::*member;
};
[[nodiscard]] std::span<const row_member> row_members() noexcept;
/// By the short name or that of the field; null if there is none.
[[nodiscard]] const row_member* find_member(std::string_view name) noexcept;
[[nodiscard]] const row_member& member_of(std::string manifest_row::*which) noexcept;

/// A field by its dotted name: `static_renditions.0.resolution`.
struct create_field {
  std::string name;
  std::vector<std::string> path;
  const codec::type* type = nullptr;
};

/// The field that a column or member may be called: dotted names, short names, the old names `input` and
/// `playback_policy`. If there is none: `unknown` is the part of the name that is not known, `expected` what
/// would be.
struct field_search {
  std::optional<create_field> found;
  std::string unknown;
  std::string expected;
};
[[nodiscard]] field_search find_field(std::string_view name);

/// Longest text of a member called so, in code points, or nothing if the API names no limit.
[[nodiscard]] std::optional<std::size_t> longest_text(std::string_view member) noexcept;

/// `one of a, b, c`; `a or b` for few.
[[nodiscard]] std::string listed(std::span<const std::string_view> names);

}  // namespace mux::inline v0::ingest
