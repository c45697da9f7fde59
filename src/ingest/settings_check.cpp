#include "ingest/settings_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "ingest/create_field.hpp"
#include "ingest/marker.hpp"
#include "ingest/text.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

using codec::kind;

bool is_list(const codec::type& type) noexcept {
  return type.kind == kind::array && type.element->kind < kind::object;
}

std::string expected_of(const codec::type& type) {
  switch (type.kind) {
    case kind::boolean:
      return "true or false";
    case kind::int64:
      return "a whole number";
    case kind::float64:
      return "a number";
    case kind::enumeration:
      return listed(type.names());
    case kind::object:
      return "a JSON object";
    case kind::array:
      return is_list(type) ? "a list" : "a JSON array";
    default:
      return "a text";
  }
}

std::string last_part(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

// The shortest text of the number, so that 5 and 5.0 are the same.
template <class Number>
std::optional<std::string> canonical_number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  if (const auto [at, fault] = std::from_chars(text.data(), end, value); fault != std::errc() || at != end)
    return std::nullopt;
  std::array<char, 32> shortest;
  const auto written = std::to_chars(shortest.data(), shortest.data() + shortest.size(), value);
  // What from_chars knows beyond JSON: inf and nan.
  std::string number(shortest.data(), written.ptr);
  if (number.find_first_of("in") != number.npos) return std::nullopt;
  return number;
}

bool is_word(std::string_view text, std::string_view word) noexcept {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

settings_node settings_check::mistaken(std::size_t offset, const std::string& name, std::string_view found,
                                       const codec::type& type) {
  faults_(offset, name + " is " + std::string(found), expected_of(type));
  return {};
}

void settings_check::check_text(std::string_view text, std::string_view member, const std::string& name,
                                std::size_t offset) {
  if (const auto most = longest_text(member)) {
    // No text has more code points than bytes.
    const std::size_t length = text.size() <= *most ? 0 : code_points(text);
    if (length > *most)
      faults_(offset, name + " has " + std::to_string(length) + " characters",
              "at most " + std::to_string(*most));
  }
}

void settings_check::check_choice(std::string_view text, const codec::type& type, const std::string& name,
                                  std::size_t offset) {
  const auto names = type.names();
  if (std::find(names.begin(), names.end(), text) == names.end())
    faults_(offset, name + " is " + shown_text(text), listed(names));
}

settings_node settings_check::from_json(const json_text& json, std::size_t i, const codec::type& type,
                                        const std::string& name, const place& where) {
  const json_node& node = json[i];
  const std::size_t offset = where(node.offset);
  const auto other_kind = [&] { return mistaken(offset, name, to_string(node.kind), type); };
  if (node.kind == json_kind::null) return {};
  settings_node made;
  made.offset = offset;
  switch (type.kind) {
    case kind::object:
      if (node.kind != json_kind::object) return other_kind();
      made.is = settings_node::shape::object;
      json.members(i, [&](std::size_t called, std::size_t value) {
        const std::string member(json[called].text);
        const codec::field_row* const row = type.object().find(member);
        if (row == nullptr) {
          std::vector<std::string_view> names;
          for (const codec::field_row& known : type.object().fields) names.push_back(known.name);
          faults_(where(json[called].offset), name + " has no member " + shown_text(member), listed(names));
          return;
        }
        made.parts.push_back(from_json(json, value, *row->value, name + '.' + member, where));
        made.parts.back().name = member;
      });
      return made;
    case kind::array: {
      if (node.kind != json_kind::array) return other_kind();
      made.is = settings_node::shape::array;
      std::size_t index = 0;
      json.elements(i, [&](std::size_t value) {
        made.parts.push_back(
            from_json(json, value, *type.element, name + '.' + std::to_string(index++), where));
      });
      return made;
    }
    case kind::boolean:
      if (node.kind != json_kind::boolean) return other_kind();
      return settings_node::literal(node.text, offset);
    case kind::int64:
    case kind::float64:
      if (node.kind != json_kind::number) return other_kind();
      return from_text(node.text, offset, type, name);
    default:
      if (node.kind != json_kind::string) return other_kind();
      return from_text(node.text, offset, type, name);
  }
}

settings_node settings_check::from_text(std::string_view text, std::size_t offset, const codec::type& type,
                                        const std::string& name) {
  std::optional<std::string> literal;
  switch (type.kind) {
    case kind::boolean:
      // Spreadsheets write them in capitals.
      if (is_word(text, "true") || is_word(text, "false")) literal = is_word(text, "true") ? "true" : "false";
      break;
    case kind::int64:
      literal = canonical_number<std::int64_t>(text);
      break;
    case kind::float64:
      literal = canonical_number<double>(text);
      break;
    case kind::enumeration:
      check_choice(text, type, name, offset);
      return settings_node::string(text, offset);
    default:
      check_text(text, last_part(name), name, offset);
      return settings_node::string(text, offset);
  }
  if (!literal) return mistaken(offset, name, shown_text(text), type);
  return settings_node::literal(*literal, offset);
}

settings_node settings_check::from_cell(const record_cell& cell, const codec::type& type,
                                        const std::string& name) {
  if (type.kind < kind::object) return from_text(cell.text, cell.offset, type, name);
  if (is_list(type) && !cell.text.starts_with('[')) {
    settings_node list;
    list.is = settings_node::shape::array;
    list.offset = cell.offset;
    for (std::size_t begin = 0; begin < cell.text.size();) {
      const std::size_t end = std::min(cell.text.find(' ', begin), cell.text.size());
      if (end > begin)
        list.parts.push_back(
            from_text(cell.text.substr(begin, end - begin), cell.offset_of(begin), *type.element, name));
      begin = end + 1;
    }
    return list;
  }
  if (!cell.text.starts_with(type.kind == kind::object ? '{' : '['))
    return mistaken(cell.offset, name, shown_text(cell.text), type);
  json_text json;
  if (auto fault = json.parse(cell.text)) {
    faults_(cell.offset_of(fault->offset), name + ": " + fault->message, std::move(fault->expected));
    return {};
  }
  return from_json(json, 0, type, name, [&](std::size_t offset) { return cell.offset_of(offset); });
}

void settings_check::check_whole(const settings_node& node, const codec::type& type,
                                 const std::string& name) {
  if (type.kind == kind::array) {
    for (std::size_t i = 0; i < node.parts.size(); ++i)
      if (node.parts[i].given()) check_whole(node.parts[i], *type.element, name + '.' + std::to_string(i));
    return;
  }
  if (type.kind != kind::object) return;
  for (const codec::field_row& row : type.object().fields) {
    const settings_node* const part = node.find(row.name);
    const std::string called = name.empty() ? std::string(row.name) : name + '.' + std::string(row.name);
    if (part != nullptr)
      check_whole(*part, *row.value, called);
    else if (row.presence == codec::presence::required && row.kind != kind::array)
      faults_(node.offset, name + " has no " + std::string(row.name), expected_of(*row.value));
  }
  if (const settings_node* const url = node.find("url"); url != nullptr) {
    if (auto fault = check_url(url->text))
      faults_(url->offset, name + ".url: " + fault->message, std::move(fault->expected));
  }
  if (const settings_node* const policy = node.find("policy");
      policy != nullptr && policy->text == "drm" && node.find("drm_configuration_id") == nullptr)
    faults_(policy->offset, name + " has the policy drm without a DRM configuration",
            "a drm_configuration_id");
}

void place_setting(settings_node& root, const std::vector<std::string>& path, settings_node part,
                   const offset_sink& faults) {
  if (!part.given()) return;
  const auto twice = [&](std::size_t offset) {
    std::string name;
    for (const std::string& step : path) (name += name.empty() ? "" : ".") += step;
    faults(offset, name + " is given twice", "each field once");
  };
  settings_node* at = &root;
  for (const std::string& step : path) {
    std::size_t index = 0;
    const bool is_index = std::from_chars(step.data(), step.data() + step.size(), index).ec == std::errc();
    const auto wanted = is_index ? settings_node::shape::array : settings_node::shape::object;
    if (at->given() && at->is != wanted) return twice(part.offset);
    if (!at->given()) at->offset = part.offset;
    at = is_index ? &at->element(index) : &at->member(step);
  }
  // Objects come together; whatever else is there twice was given twice.
  if (at->is == settings_node::shape::object && part.is == settings_node::shape::object) {
    for (settings_node& member : part.parts) {
      std::vector<std::string> inner = path;
      inner.push_back(member.name);
      place_setting(root, inner, std::move(member), faults);
    }
    return;
  }
  if (at->given()) return twice(part.offset);
  part.name = std::move(at->name);
  *at = std::move(part);
}

}  // namespace mux::inline v0::ingest
