#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mux/ingest/manifest.hpp>

#include "ingest/create_field.hpp"
#include "ingest/json_text.hpp"
#include "ingest/record.hpp"
#include "ingest/settings_check.hpp"
#include "ingest/settings_node.hpp"

namespace mux::inline v0::ingest {

/// Takes the faults that are found.
using fault_sink = std::function<void(manifest_fault)>;

/// What holds for the local files of a manifest.
struct file_rules {
  std::string folder;  ///< that relative paths start from
  bool check = true;   ///< whether the files must be there
};

/// Puts one row together from what its record says, and checks it. Reused from row to row.
class row_builder {
 public:
  row_builder(file_rules files, fault_sink faults);
  row_builder(const row_builder&) = delete;
  row_builder& operator=(const row_builder&) = delete;

  /// The record must live until `finish`, which reports its faults too.
  void begin(const text_record& record);
  /// A cell that is this member of the row.
  void add(const row_member& member, const record_cell& cell);
  /// A cell that is a field of the create.
  void add(const create_field& field, const record_cell& cell);
  /// A JSON object with members called as columns are, or as the API has them.
  void add_object(const record_cell& cell);
  /// The row; nothing if it has faults or says nothing at all.
  [[nodiscard]] std::optional<manifest_row> finish();
  /// The same for what several rows have in common: nothing that belongs to one row.
  [[nodiscard]] std::optional<manifest_row> finish_shared();

  void fault(std::size_t offset, std::string message, std::string expected);
  [[nodiscard]] bool good() const noexcept { return good_; }

 private:
  void unclear(std::size_t offset, std::string message, std::string expected);
  void add_member(const json_text& json, std::size_t name, std::size_t value,
                  const settings_check::place& where);
  void set(const row_member& member, std::string_view text, std::size_t offset);
  void check_form(const row_member& member, std::string_view text, std::size_t offset);
  template <class Place>
  void check_meaning(const row_member& member, std::string_view text, Place where);
  void take(settings_node* from, const row_member& member);
  void take_members();
  void take_policies();
  void tidy_inputs();
  void check_source();
  void check_marker();
  void check_settings();
  void check_shared();
  void report();
  std::optional<manifest_row> made();

  file_rules files_;
  fault_sink sink_;
  offset_sink offsets_;
  settings_check check_;
  const text_record* record_ = nullptr;
  json_text json_;
  std::vector<manifest_fault> found_;  ///< in this row
  manifest_row row_;
  settings_node settings_;
  std::size_t source_offset_ = 0, passthrough_offset_ = 0;
  bool good_ = true;
  bool said_something_ = false;
  bool source_unclear_ = false;  ///< a fault may have hidden the URL or file
};

}  // namespace mux::inline v0::ingest
