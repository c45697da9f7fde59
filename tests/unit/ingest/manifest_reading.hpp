#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest::test {

/// A manifest read to its end.
struct reading {
  std::vector<manifest_row> rows;
  std::vector<std::string> faults;  ///< as a user sees them
  std::uint64_t fault_count = 0;
};

inline reading read_all_of(manifest_reader reader) {
  reading all;
  while (auto row = reader.next()) all.rows.push_back(std::move(*row));
  for (const manifest_fault& fault : reader.faults()) all.faults.push_back(to_string(fault, reader.name()));
  all.fault_count = reader.fault_count();
  return all;
}

inline reading read(const std::string& text, const std::string& name = "m.csv",
                    manifest_options options = {}) {
  std::istringstream input(text);
  return read_all_of(manifest_reader(input, name, std::move(options)));
}

}  // namespace mux::inline v0::ingest::test
