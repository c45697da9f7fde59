#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulation/record.hpp"

namespace mux::inline v0::simulation {

/// Means over several seeds of one scenario.
struct summary {
  std::string name;
  double refused_share = 0;
  double late_refused_share = 0;
  double worst_late_refused_share = 0;
  double efficiency = 0;
  double fairness = 0;
  double wait_median = 0;
  double wait_p99 = 0;
  double last_accepted = 0;
  double full_use = 0;  ///< the slowest; below 0: never
  double refused = 0;
  std::vector<std::string> violations;
};

[[nodiscard]] summary summarise(const std::string& name, std::uint64_t first_seed, std::uint64_t last_seed);

struct table_row {
  std::string title;
  std::vector<std::string> scenarios;
};

struct table {
  enum class cell_form : std::uint8_t { rates, recovery, time } form;
  std::string title;
  std::vector<std::string> columns;
  std::vector<table_row> rows;
};

/// The comparisons that the control loop is judged by.
[[nodiscard]] std::vector<table> all_tables();

}  // namespace mux::inline v0::simulation
