#include "ingest/settings_node.hpp"

#include <algorithm>

#include "codec/codec.hpp"

namespace mux::inline v0::ingest {

settings_node settings_node::string(std::string_view text, std::size_t offset) {
  settings_node made;
  made.is = shape::string;
  made.offset = offset;
  made.text = text;
  return made;
}

settings_node settings_node::literal(std::string_view json, std::size_t offset) {
  settings_node made = string(json, offset);
  made.is = shape::literal;
  return made;
}

settings_node settings_node::from(const json_text& json, std::size_t i) {
  const json_node& node = json[i];
  settings_node made;
  switch (node.kind) {
    case json_kind::null:
      break;
    case json_kind::string:
      return string(node.text, node.offset);
    case json_kind::array:
      made.is = shape::array;
      json.elements(i, [&](std::size_t at) { made.parts.push_back(from(json, at)); });
      break;
    case json_kind::object:
      made.is = shape::object;
      json.members(i, [&](std::size_t called, std::size_t at) {
        made.parts.push_back(from(json, at));
        made.parts.back().name = json[called].text;
      });
      break;
    default:
      return literal(node.text, node.offset);
  }
  made.offset = node.offset;
  return made;
}

const settings_node* settings_node::find(std::string_view member) const noexcept {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const settings_node& part) { return part.name == member; });
  return is == shape::object && found != parts.end() && found->given() ? &*found : nullptr;
}

settings_node* settings_node::find(std::string_view member) noexcept {
  return const_cast<settings_node*>(std::as_const(*this).find(member));
}

settings_node& settings_node::member(std::string_view called) {
  is = shape::object;
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const settings_node& part) { return part.name == called; });
  if (found != parts.end()) return *found;
  settings_node& made = parts.emplace_back();
  made.name = called;
  return made;
}

settings_node& settings_node::element(std::size_t index) {
  is = shape::array;
  if (parts.size() <= index) parts.resize(index + 1);
  return parts[index];
}

void settings_node::remove(std::string_view member) {
  std::erase_if(parts, [&](const settings_node& part) { return part.name == member; });
}

void settings_node::write(std::string& out) const {
  if (is == shape::literal) {
    out += text;
    return;
  }
  if (is == shape::string) return codec::write_string(text, out);
  std::vector<const settings_node*> given;
  for (const settings_node& part : parts)
    if (part.given()) given.push_back(&part);
  if (is == shape::object)
    std::sort(given.begin(), given.end(),
              [](const settings_node* a, const settings_node* b) { return a->name < b->name; });
  out += is == shape::object ? '{' : '[';
  for (const settings_node* part : given) {
    if (part != given.front()) out += ',';
    if (is == shape::object) {
      codec::write_string(part->name, out);
      out += ':';
    }
    part->write(out);
  }
  out += is == shape::object ? '}' : ']';
}

}  // namespace mux::inline v0::ingest
