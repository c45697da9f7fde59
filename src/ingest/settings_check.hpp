#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "codec/schema.hpp"
#include "ingest/json_text.hpp"
#include "ingest/record.hpp"
#include "ingest/settings_node.hpp"

namespace mux::inline v0::ingest {

/// Takes what is wrong at an offset of a record.
using offset_sink = std::function<void(std::size_t offset, std::string message, std::string expected)>;

/// Makes settings of what people write, checked against the tables of the API's description.
class settings_check {
 public:
  explicit settings_check(const offset_sink& faults) : faults_(faults) {}

  /// Where in the record a byte of the JSON text stands.
  using place = std::function<std::size_t(std::size_t)>;
  /// The JSON value at `i` as a value of `type`; not given if it is null or at fault.
  settings_node from_json(const json_text& json, std::size_t i, const codec::type& type,
                          const std::string& name, const place& where);
  /// A cell that is not empty as a value of `type`: true and false, numbers and texts as they are, lists of
  /// them with spaces between or as JSON, everything else as JSON.
  settings_node from_cell(const record_cell& cell, const codec::type& type, const std::string& name);

  /// The length of a text, and that it would not pass for a marker; `member` is the last part of `name`.
  void check_text(std::string_view text, std::string_view member, const std::string& name,
                  std::size_t offset);
  void check_choice(std::string_view text, const codec::type& type, const std::string& name,
                    std::size_t offset);
  /// What can be seen only once all parts of the create are together.
  void check_whole(const settings_node& node, const codec::type& type, const std::string& name);

 private:
  settings_node from_text(std::string_view text, std::size_t offset, const codec::type& type,
                          const std::string& name);
  settings_node mistaken(std::size_t offset, const std::string& name, std::string_view found,
                         const codec::type& type);

  const offset_sink& faults_;
};

/// Puts `part` in place below `root`; what is given already stays and is a fault.
void place_setting(settings_node& root, const std::vector<std::string>& path, settings_node part,
                   const offset_sink& faults);

}  // namespace mux::inline v0::ingest
