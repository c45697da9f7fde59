#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mux/ingest/error.hpp>
#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {

/// What creates ask for where their row says nothing. Applied just before a create is sent, so that rows keep
/// their identity when defaults change. A value; thread safety as of any value.
class row_defaults {
 public:
  row_defaults();

  /// Adds the members of a JSON object: fields of the create, called as in a manifest. `name` stands in
  /// messages. Of fields that were added before, the first ones stay. Errors: `manifest_invalid` with lines
  /// and columns; fields that belong to one row only (URL, file, external id) are faults too.
  [[nodiscard]] result<void> add_object(std::string_view json, std::string name);
  /// Adds fields, each given as a column and a cell of a CSV. Errors: as above, without places.
  [[nodiscard]] result<void> add_fields(const std::vector<std::pair<std::string, std::string>>& fields);

  /// `row` with what it does not say; a list is taken whole or not at all. Of fields that decide the same
  /// thing
  /// (`playback_policy` and `advanced_playback_policies`, `video_quality` and `encoding_tier`,
  /// `static_renditions` and `mp4_support`) only one is given. A row that has its marker keeps it.
  [[nodiscard]] manifest_row apply(manifest_row row) const;

  [[nodiscard]] bool empty() const noexcept;

 private:
  result<void> add(std::optional<manifest_row> read, std::vector<manifest_fault> faults, std::string name);

  manifest_row given_;
};

}  // namespace mux::inline v0::ingest
