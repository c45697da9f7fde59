#pragma once

#include <variant>
#include <vector>

#include "ingest/create_field.hpp"
#include "ingest/record.hpp"
#include "ingest/row_builder.hpp"

namespace mux::inline v0::ingest {

/// The columns of a manifest, in its order.
class column_list {
 public:
  column_list() = default;
  /// From a header row; its faults go to `faults`.
  column_list(const text_record& header, const fault_sink& faults);

  /// The row that a record says; nothing if it has faults or says nothing.
  [[nodiscard]] std::optional<manifest_row> read(const text_record& record, row_builder& builder) const;

 private:
  /// A column `settings`: a JSON object of fields.
  struct whole_object {};
  /// A column `reason`: what a file of failed rows says of each.
  struct remark {};
  using column = std::variant<remark, const row_member*, create_field, whole_object>;

  void add(column added, std::string name, const record_cell& cell, const text_record& header,
           const fault_sink& faults);

  std::vector<column> columns_;
  std::vector<std::string> names_;  ///< of the fields, whatever the columns are called
};

}  // namespace mux::inline v0::ingest
