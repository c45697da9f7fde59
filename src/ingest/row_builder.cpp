#include "ingest/row_builder.hpp"

#include <algorithm>
#include <utility>

#include <mux/json.hpp>
#include <mux/video/models/assets.hpp>

#include "ingest/local_file.hpp"
#include "ingest/marker.hpp"
#include "ingest/text.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

const codec::type& type_of_field(std::string_view name) {
  return *create_schema().find(name)->value;
}

bool is_simple_policy(std::string_view text) noexcept {
  return text == "public" || text == "signed";
}

}  // namespace

row_builder::row_builder(file_rules files, fault_sink faults)
    : files_(std::move(files)),
      sink_(std::move(faults)),
      offsets_([this](std::size_t offset, std::string message, std::string expected) {
        fault(offset, std::move(message), std::move(expected));
      }),
      check_(offsets_) {}

void row_builder::fault(std::size_t offset, std::string message, std::string expected) {
  good_ = false;
  found_.push_back(make_fault(record_->position(offset), std::move(message), std::move(expected)));
}

// A fault of what may have named the source.
void row_builder::unclear(std::size_t offset, std::string message, std::string expected) {
  source_unclear_ = true;
  fault(offset, std::move(message), std::move(expected));
}

void row_builder::begin(const text_record& record) {
  record_ = &record;
  row_ = manifest_row();
  row_.line = record.line;
  row_.column = 1;
  if (settings_.given()) settings_ = {};
  source_offset_ = passthrough_offset_ = 0;
  said_something_ = false;
  good_ = record.faults.empty();
  source_unclear_ = !good_;
  found_ = record.faults;
}

void row_builder::set(const row_member& member, std::string_view text, std::size_t offset) {
  said_something_ = true;
  if (!(row_.*member.member).empty()) {
    fault(offset, std::string(member.name) + " is given twice", "each field once");
    return;
  }
  row_.*member.member = text;
  if (member.member == &manifest_row::passthrough) passthrough_offset_ = offset;
  if (member.member == &manifest_row::url || member.member == &manifest_row::file) source_offset_ = offset;
}

void row_builder::check_form(const row_member& member, std::string_view text, std::size_t offset) {
  if (longest_text(member.name)) check_.check_text(text, member.name, std::string(member.name), offset);
  if (member.member == &manifest_row::video_quality)
    check_.check_choice(text, type_of_field(member.field_name), std::string(member.name), offset);
}

template <class Place>
void row_builder::check_meaning(const row_member& member, std::string_view text, Place where) {
  if (member.member == &manifest_row::url) {
    if (auto wrong = check_url(text))
      fault(where(wrong->offset), std::move(wrong->message), std::move(wrong->expected));
  } else if ((member.member == &manifest_row::passthrough || member.member == &manifest_row::external_id) &&
             find_marker(text, {})) {
    // The asset would be taken for another row's, and this row's own would not be found again.
    fault(where(0), std::string(member.name) + " begins with a marker of an earlier ingest",
          "a text that does not begin with " + std::string(marker_prefix) + " and 26 characters");
  }
}

void row_builder::add(const row_member& member, const record_cell& cell) {
  if (member.member == &manifest_row::url && source_offset_ == 0) source_offset_ = cell.offset;
  if (cell.text.empty()) return;
  if (member.member == &manifest_row::playback_policy && !is_simple_policy(cell.text)) {
    said_something_ = true;
    settings_node list = check_.from_cell(cell, type_of_field(member.field_name), std::string(member.name));
    return place_setting(settings_, {std::string(member.field_name)}, std::move(list), offsets_);
  }
  check_form(member, cell.text, cell.offset);
  check_meaning(member, cell.text,
                [&](std::size_t at) { return at == 0 ? cell.offset : cell.offset_of(at); });
  set(member, cell.text, cell.offset);
}

void row_builder::add(const create_field& field, const record_cell& cell) {
  if (cell.text.empty()) return;
  said_something_ = true;
  place_setting(settings_, field.path, check_.from_cell(cell, *field.type, field.name), offsets_);
}

void row_builder::add_object(const record_cell& cell) {
  if (cell.text.empty()) return;
  said_something_ = true;
  if (auto wrong = json_.parse(cell.text))
    return unclear(cell.offset_of(wrong->offset), std::move(wrong->message), std::move(wrong->expected));
  if (json_[0].kind != json_kind::object)
    return unclear(cell.offset, std::string(to_string(json_[0].kind)) + " where fields are wanted",
                   "a JSON object");
  const settings_check::place where = [&](std::size_t at) { return cell.offset_of(at); };
  json_.members(0, [&](std::size_t name, std::size_t value) {
    add_member(json_, name, value, where);
    const std::string_view called = json_[name].text;
    if (!good_ && (called == "url" || called == "file" || called.starts_with("input")))
      source_unclear_ = true;
  });
}

void row_builder::add_member(const json_text& json, std::size_t called, std::size_t i,
                             const settings_check::place& where) {
  const json_node& value = json[i];
  const std::string name(json[called].text);
  // What a file of failed rows says of each is for people.
  if (value.kind == json_kind::null || name == "reason") return;
  const bool text = value.kind == json_kind::string;
  const row_member* member = find_member(name);
  // The old forms of the API: one URL, one policy.
  if (text && (name == "inputs" || name == "input")) member = &member_of(&manifest_row::url);
  const bool policy = member != nullptr && member->member == &manifest_row::playback_policy;
  if (member != nullptr && (!policy || (text && is_simple_policy(value.text)))) {
    if (!text)
      return fault(where(value.offset), name + " is " + std::string(to_string(value.kind)), "a text");
    if (value.text.empty()) return;
    check_form(*member, value.text, where(value.offset));
    // Exact for texts without escapes.
    check_meaning(*member, value.text,
                  [&](std::size_t at) { return where(value.offset + (at == 0 ? 0 : at + 1)); });
    return set(*member, value.text, where(value.offset));
  }
  const field_search search = find_field(name);
  if (!search.found || name.find('.') != name.npos)
    return fault(where(json[called].offset), "unknown field " + shown_text(name),
                 search.found ? "the API's own shape" : search.expected);
  if (policy && text) {
    settings_node list;
    list.element(0) = settings_node::string(value.text, where(value.offset));
    check_.check_choice(value.text, *search.found->type->element, name, where(value.offset));
    return place_setting(settings_, search.found->path, std::move(list), offsets_);
  }
  place_setting(settings_, search.found->path, check_.from_json(json, i, *search.found->type, name, where),
                offsets_);
}

// Moves a field that the row has a member for.
void row_builder::take(settings_node* from, const row_member& member) {
  if (from == nullptr) return;
  settings_node* const value = from->find(member.field_name.substr(member.field_name.rfind('.') + 1));
  if (value == nullptr) return;
  const std::size_t offset = value->offset;
  if (!value->text.empty()) {
    check_meaning(member, value->text, [&](std::size_t at) { return offset + (at == 0 ? 0 : at + 1); });
    set(member, value->text, offset);
  }
  from->remove(value->name);
}

void row_builder::take_members() {
  settings_node* const meta = settings_.find("meta");
  for (std::string manifest_row::*which :
       {&manifest_row::title, &manifest_row::external_id, &manifest_row::creator_id})
    take(meta, member_of(which));
  if (meta != nullptr && std::none_of(meta->parts.begin(), meta->parts.end(),
                                      [](const settings_node& part) { return part.given(); }))
    settings_.remove("meta");
  take(&settings_, member_of(&manifest_row::passthrough));
  take(&settings_, member_of(&manifest_row::video_quality));
}

void row_builder::take_policies() {
  settings_node* const policies = settings_.find("playback_policies");
  if (policies == nullptr) return;
  std::erase_if(policies->parts, [](const settings_node& part) { return !part.given(); });
  for (const settings_node& policy : policies->parts)
    if (policy.text == "drm")
      fault(policy.offset, "playback_policy 'drm' needs a DRM configuration",
            "public or signed; advanced_playback_policies names a drm_configuration_id too");
  if (!row_.playback_policy.empty())
    return fault(policies->offset, "playback_policies is given twice", "each field once");
  if (policies->parts.size() != 1 || !good_) return;
  row_.playback_policy = std::move(policies->parts[0].text);
  settings_.remove("playback_policies");
}

// The first input is the row's own: its URL is a member of the row.
void row_builder::tidy_inputs() {
  settings_node* const inputs = settings_.find("inputs");
  if (inputs == nullptr) return;
  settings_node& first = inputs->element(0);
  first.is = settings_node::shape::object;
  take(&first, member_of(&manifest_row::url));
  const auto says_something = [](const settings_node& part) { return part.given(); };
  const bool alone = std::none_of(inputs->parts.begin() + 1, inputs->parts.end(), says_something);
  if (alone && std::none_of(first.parts.begin(), first.parts.end(), says_something))
    settings_.remove("inputs");
}

void row_builder::check_source() {
  if (row_.url.empty() && row_.file.empty()) {
    if (source_unclear_) return;
    const auto missing = check_url({});
    return fault(source_offset_, missing->message, missing->expected);
  }
  if (!row_.url.empty() && !row_.file.empty())
    return fault(source_offset_, "the row has a URL and a file", "one of them");
  if (row_.file.empty()) return;
  row_.file = path_from(files_.folder, row_.file);
  if (!files_.check) return;
  if (auto wrong = check_local_file(row_.file))
    fault(source_offset_, std::move(wrong->message), std::move(wrong->expected));
}

void row_builder::check_marker() {
  if (!marker_fits(row_))
    fault(passthrough_offset_,
          "passthrough has " + std::to_string(code_points(row_.passthrough)) +
              " characters, which leaves no room for the marker that finds the asset again",
          "at most " + std::to_string(max_shared_passthrough) + ", or no external_id");
}

void row_builder::check_settings() {
  if (!settings_.given()) return;
  take_members();
  take_policies();
  tidy_inputs();
  if (good_) check_.check_whole(settings_, detail::described<asset_create_params>(), {});
}

void row_builder::check_shared() {
  for (std::string manifest_row::*own : {&manifest_row::url, &manifest_row::file, &manifest_row::external_id})
    if (!(row_.*own).empty())
      fault(source_offset_, std::string(member_of(own).name) + " belongs to one row only", "another field");
  if (code_points(row_.passthrough) > max_shared_passthrough)
    fault(passthrough_offset_, "passthrough leaves no room for the marker that finds the asset again",
          "at most " + std::to_string(max_shared_passthrough) + " characters");
}

// In the order of the text, whatever was looked at first.
void row_builder::report() {
  std::stable_sort(found_.begin(), found_.end(), [](const manifest_fault& a, const manifest_fault& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  for (manifest_fault& fault : found_) sink_(std::move(fault));
  found_.clear();
}

std::optional<manifest_row> row_builder::finish() {
  if (said_something_) {
    check_settings();
    check_source();
    if (good_) check_marker();
  }
  return made();
}

std::optional<manifest_row> row_builder::finish_shared() {
  check_settings();
  check_shared();
  return made();
}

std::optional<manifest_row> row_builder::made() {
  report();
  if (!said_something_ || !good_) return std::nullopt;
  if (std::any_of(settings_.parts.begin(), settings_.parts.end(),
                  [](const settings_node& part) { return part.given(); }))
    settings_.write(row_.settings);
  return std::move(row_);
}

}  // namespace mux::inline v0::ingest
