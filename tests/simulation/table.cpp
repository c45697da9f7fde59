#include "simulation/table.hpp"

#include <algorithm>

#include "simulation/run.hpp"

namespace mux::inline v0::simulation {

namespace {

const std::vector<std::string> buckets = {"TB5", "TB10", "TB30", "TB100"};
const std::vector<std::string> windows = {"FW1", "FW10", "FW60", "SL10", "SL60"};

std::vector<std::string> both() {
  std::vector<std::string> all = buckets;
  all.insert(all.end(), windows.begin(), windows.end());
  return all;
}

table_row row(const std::string& title, const std::string& scenario, const std::vector<std::string>& limits) {
  table_row r{title, {}};
  for (const std::string& limit : limits) r.scenarios.push_back(scenario + "/" + limit);
  return r;
}

}  // namespace

summary summarise(const std::string& name, std::uint64_t first_seed, std::uint64_t last_seed) {
  summary m;
  m.name = name;
  const double weight = 1 / static_cast<double>(last_seed - first_seed + 1);
  for (std::uint64_t seed = first_seed; seed <= last_seed; ++seed) {
    const std::optional<scenario> s = find_scenario(name, seed);
    if (!s) {
      m.violations.push_back("no scenario of the name " + name);
      return m;
    }
    const outcome o = run(*s);
    m.refused_share += o.refused_share * weight;
    m.late_refused_share += o.late_refused_share * weight;
    m.worst_late_refused_share = std::max(m.worst_late_refused_share, o.late_refused_share);
    m.efficiency += o.efficiency * weight;
    m.fairness += o.fairness * weight;
    m.wait_median += o.wait_median * weight;
    m.wait_p99 += o.wait_p99 * weight;
    m.last_accepted += o.last_accepted * weight;
    m.refused += static_cast<double>(o.refused) * weight;
    if (seed == first_seed) m.full_use = o.full_use;
    if (m.full_use >= 0) m.full_use = o.full_use < 0 ? o.full_use : std::max(m.full_use, o.full_use);
    for (const std::string& v : o.violations)
      m.violations.push_back(v + "; simulate run --scenario " + name + " --seed " + std::to_string(seed));
  }
  return m;
}

std::vector<table> all_tables() {
  using form = table::cell_form;
  std::vector<table> all;

  table fleets{form::rates, "5 a second, refusals alone as signal", both(), {}};
  fleets.rows.push_back(row("1, burst known", "R5/n1/known", buckets));
  for (const char* n : {"1", "3", "20", "1000"})
    fleets.rows.push_back(row(n, std::string("R5/n") + n, both()));
  all.push_back(std::move(fleets));

  table headers{form::rates, "5 a second, truthful headers", both(), {}};
  for (const char* n : {"1", "3", "20", "1000"})
    headers.rows.push_back(row(n, std::string("R5/headers/n") + n, both()));
  all.push_back(std::move(headers));

  const std::vector<std::string> large = {"TB500", "TB5000", "FW10"};
  table crowd{form::rates, "500 a second, 1000 clients", large, {}};
  crowd.rows.push_back(row("refusals alone", "R500/n1000/T900", large));
  crowd.rows.push_back(row("headers", "R500/n1000/T900/headers", large));
  all.push_back(std::move(crowd));

  std::vector<std::string> slow = buckets;
  slow.insert(slow.end(), {"FW10", "FW60", "SL60", "FW1"});
  table posts{form::rates, "1 a second", slow, {}};
  for (const char* n : {"1", "3", "20"}) posts.rows.push_back(row(n, std::string("R1/T7200/n") + n, slow));
  posts.rows.push_back(row("3, headers", "R1/T4800/headers/n3", slow));
  all.push_back(std::move(posts));

  table leaving{form::recovery, "5 a second, two of three leave at half time", both(), {}};
  leaving.rows.push_back(row("refusals alone", "R5/n3/T1200/leave", both()));
  leaving.rows.push_back(row("headers", "R5/n3/T1200/leave/headers", both()));
  all.push_back(std::move(leaving));

  table strangers{form::rates, "5 a second, strangers send 2.5 a second (e: of the rest)", buckets, {}};
  strangers.rows.push_back(row("refusals alone", "R5/n1/foreign0.5", buckets));
  strangers.rows.push_back(row("headers", "R5/n1/foreign0.5/headers", buckets));
  all.push_back(std::move(strangers));

  const std::vector<std::string> sizes = {"TB5", "TB30", "TB100"};
  table batches{form::time, "1 a second, a batch alone", sizes, {}};
  for (const char* calls : {"batch50", "batch200"})
    for (const char* burst : {"b1", "known", "discover", "headers"})
      batches.rows.push_back(
          row(std::string(calls) + " " + burst, std::string("R1/T600/") + calls + "/" + burst, sizes));
  all.push_back(std::move(batches));
  return all;
}

}  // namespace mux::inline v0::simulation
