#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <mux/ingest/row_defaults.hpp>

#include "ingest/create_field.hpp"
#include "ingest/marker.hpp"
#include "ingest/record.hpp"
#include "ingest/row_builder.hpp"
#include "ingest/settings_node.hpp"
#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

// Fields of which the API takes one, or which together would say more than the row does.
constexpr std::array<std::array<std::string_view, 2>, 3> rivals = {
    {{"playback_policies", "advanced_playback_policies"},
     {"video_quality", "encoding_tier"},
     {"static_renditions", "mp4_support"}}};

settings_node settings_of(const manifest_row& row) {
  json_text json;
  return row.settings.empty() || json.parse(row.settings) ? settings_node() : settings_node::from(json, 0);
}

bool says(const manifest_row& row, const settings_node& settings, std::string_view field) {
  const row_member* const member = find_member(field);
  return (member != nullptr && !(row.*member->member).empty()) || settings.find(field) != nullptr;
}

// Whether the row leaves the field to its defaults.
bool leaves(const manifest_row& row, const settings_node& settings, std::string_view field) {
  for (const auto& pair : rivals)
    if (std::find(pair.begin(), pair.end(), field) != pair.end())
      return !says(row, settings, pair[0]) && !says(row, settings, pair[1]);
  return !says(row, settings, field);
}

manifest_row filled(manifest_row row, const manifest_row& defaults) {
  const settings_node given = settings_of(row), shared = settings_of(defaults);
  const manifest_row before = row;
  for (const row_member& member : row_members())
    if (!(defaults.*member.member).empty() && leaves(before, given, member.field_name))
      row.*member.member = defaults.*member.member;
  settings_node all = given;
  for (const settings_node& part : shared.parts)
    if (leaves(before, given, part.name)) all.member(part.name) = part;
  row.settings.clear();
  if (all.given()) all.write(row.settings);
  return row;
}

manifest_row without_marker(manifest_row row, std::string_view ulid) {
  const std::string marker = std::string(marker_prefix) + std::string(ulid);
  if (row.passthrough == marker)
    row.passthrough.clear();
  else if (row.external_id == marker)
    row.external_id.clear();
  else
    row.passthrough.erase(0, marker.size() + 1);
  return row;
}

}  // namespace

row_defaults::row_defaults() = default;

bool row_defaults::empty() const noexcept {
  const auto members = row_members();
  return given_.settings.empty() &&
         std::all_of(members.begin(), members.end(),
                     [&](const row_member& member) { return (given_.*member.member).empty(); });
}

result<void> row_defaults::add(std::optional<manifest_row> read, std::vector<manifest_fault> faults,
                               std::string name) {
  if (!faults.empty()) {
    error e(errc::manifest_invalid, name + " has faults");
    e.manifest = std::move(name);
    e.fault_count = faults.size();
    e.faults = std::move(faults);
    return e;
  }
  if (read) given_ = filled(std::move(given_), *read);
  return {};
}

result<void> row_defaults::add_object(std::string_view json, std::string name) {
  std::vector<manifest_fault> faults;
  row_builder builder({}, [&](manifest_fault fault) { faults.push_back(std::move(fault)); });
  text_record record;
  record.begin(json, 1);
  record.check_text();
  builder.begin(record);
  if (builder.good()) builder.add_object({json, 0, false});
  std::optional<manifest_row> read = builder.finish_shared();
  return add(std::move(read), std::move(faults), std::move(name));
}

result<void> row_defaults::add_fields(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::vector<manifest_fault> faults;
  row_builder builder({}, [&](manifest_fault fault) { faults.push_back(std::move(fault)); });
  text_record record;
  record.begin({}, 1);
  builder.begin(record);
  for (const auto& [column, cell] : fields) {
    const record_cell given = {cell, 0, false};
    const field_search search = find_field(column);
    if (const row_member* const member = find_member(column))
      builder.add(*member, given);
    else if (search.found)
      builder.add(*search.found, given);
    else
      builder.fault(0, "unknown field " + shown_text(column), search.expected);
  }
  std::optional<manifest_row> read = builder.finish_shared();
  return add(std::move(read), std::move(faults), "the defaults");
}

manifest_row row_defaults::apply(manifest_row row) const {
  if (empty()) return row;
  const auto marker = find_marker(row.passthrough, row.external_id);
  if (!marker) return filled(std::move(row), given_);
  const std::string ulid(*marker);
  return with_marker(filled(without_marker(std::move(row), ulid), given_), ulid);
}

}  // namespace mux::inline v0::ingest
