#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mux/ingest/manifest.hpp>

#include "ingest/csv.hpp"

namespace mux::inline v0::ingest {

/// Takes the faults that are found.
using fault_sink = std::function<void(manifest_fault)>;

/// The columns of a manifest, in its order; each names a member of `manifest_row`.
class column_list {
 public:
  /// For a plain list: the URL alone.
  column_list();
  /// From a header row; its faults go to `faults`.
  column_list(const csv_record& header, const fault_sink& faults);

  /// The row, or nothing if it has faults.
  [[nodiscard]] std::optional<manifest_row> read(csv_record& record, const fault_sink& faults) const;

 private:
  std::vector<std::string manifest_row::*> members_;
};

}  // namespace mux::inline v0::ingest
