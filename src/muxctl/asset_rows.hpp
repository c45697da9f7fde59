#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mux/video/models/assets.hpp>

#include "muxctl/output.hpp"
#include "muxctl/rows.hpp"

namespace mux::inline v0::muxctl {

/// One thing about an asset that a listing can show.
struct asset_column {
  std::string_view name;
  cell (*value)(const asset&);
  bool in_table;  ///< shown by a table if no columns were chosen
};

[[nodiscard]] const std::vector<asset_column>& asset_columns();

/// Writes assets in one of the formats, batch by batch.
class asset_rows {
 public:
  /// No fields: whole assets as JSON lines, all columns as CSV, the most telling ones as a table.
  /// Errors: throws `failure` with code `usage` for an unknown field.
  asset_rows(output& out, row_format format, const std::vector<std::string>& fields, bool neutralise);
  void add(const asset& a);
  /// What was added is visible from here on.
  void end_batch();

 private:
  void write_record(std::vector<std::string> cells);

  output& out_;
  row_format format_;
  bool neutralise_, whole_;
  std::vector<const asset_column*> columns_;
  std::vector<std::string_view> names_;
  table table_;
};

}  // namespace mux::inline v0::muxctl
