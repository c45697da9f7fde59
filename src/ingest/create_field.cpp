#include "ingest/create_field.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <mux/video/models/assets.hpp>

#include "ingest/marker.hpp"
#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::array<row_member, 8> members = {{
    {"url", "inputs.0.url", &manifest_row::url},
    {"file", "", &manifest_row::file},
    {"title", "meta.title", &manifest_row::title},
    {"external_id", "meta.external_id", &manifest_row::external_id},
    {"creator_id", "meta.creator_id", &manifest_row::creator_id},
    {"passthrough", "passthrough", &manifest_row::passthrough},
    {"playback_policy", "playback_policies", &manifest_row::playback_policy},
    {"video_quality", "video_quality", &manifest_row::video_quality},
}};

// Elements that an array can have as columns.
constexpr std::size_t max_elements = 100;

std::optional<std::size_t> element_index(std::string_view step) noexcept {
  std::size_t index = 0;
  const auto [end, fault] = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool leading_zero = step.size() > 1 && step.front() == '0';
  if (fault != std::errc() || end != step.data() + step.size() || leading_zero || index >= max_elements)
    return std::nullopt;
  return index;
}

std::string top_names() {
  std::string text =
      "one of url, file, title, external_id, creator_id, passthrough, playback_policy, "
      "video_quality, settings";
  for (const codec::field_row& row : create_schema().fields)
    if (find_member(row.name) == nullptr) (text += ", ") += row.name;
  return text;
}

std::string member_names(const codec::schema& object) {
  std::vector<std::string_view> names;
  for (const codec::field_row& row : object.fields) names.push_back(row.name);
  return listed(names);
}

}  // namespace

const codec::schema& create_schema() noexcept {
  return detail::described<asset_create_params>().object();
}

std::span<const row_member> row_members() noexcept {
  return members;
}

const row_member* find_member(std::string_view name) noexcept {
  const auto* const found = std::find_if(members.begin(), members.end(), [&](const row_member& m) {
    return m.name == name || (m.field_name == name && !name.empty());
  });
  return found == members.end() ? nullptr : found;
}

const row_member& member_of(std::string manifest_row::*which) noexcept {
  return *std::find_if(members.begin(), members.end(),
                       [&](const row_member& m) { return m.member == which; });
}

field_search find_field(std::string_view name) {
  field_search search;
  create_field field;
  if (const row_member* const member = find_member(name)) name = member->field_name;
  const codec::type* type = &detail::described<asset_create_params>();
  for (std::string_view rest = name; type != nullptr;) {
    std::string_view step = rest.substr(0, rest.find('.'));
    const bool last = step.size() == rest.size();
    rest.remove_prefix(last ? rest.size() : step.size() + 1);
    if (field.path.empty() && step == "input") step = "inputs";
    if (field.path.empty() && step == "playback_policy") step = "playback_policies";
    if (type->kind == codec::kind::object) {
      const codec::field_row* const row = type->object().find(step);
      if (row == nullptr) search.expected = field.path.empty() ? top_names() : member_names(type->object());
      type = row == nullptr ? nullptr : row->value;
    } else if (type->kind == codec::kind::array) {
      if (!element_index(step)) search.expected = "the number of an element, 0 to 99";
      type = element_index(step) ? type->element : nullptr;
    } else {
      search.expected = "nothing behind the name of a single value";
      type = nullptr;
    }
    if (type == nullptr) search.unknown = step;
    if (!field.path.empty()) field.name += '.';
    field.name += field.path.emplace_back(step);
    if (last) break;
  }
  if (type == nullptr) return search;
  field.type = type;
  search.found = std::move(field);
  return search;
}

std::optional<std::size_t> longest_text(std::string_view member) noexcept {
  if (member == "title") return 512;
  if (member == "external_id" || member == "creator_id") return 128;
  if (member == "passthrough") return max_passthrough;
  return std::nullopt;
}

std::string listed(std::span<const std::string_view> names) {
  std::string text = names.size() > 4 ? "one of " : "";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += names.size() > 4 ? ", " : " or ";
    text += names[i];
  }
  return text;
}

}  // namespace mux::inline v0::ingest
