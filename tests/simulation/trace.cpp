#include "simulation/trace.hpp"

#include <algorithm>
#include <map>
#include <ostream>

#include "simulation/run.hpp"

namespace mux::inline v0::simulation {

namespace {

const char* series_of(happening what) {
  switch (what) {
    case happening::call_came:
      return "arrival";
    case happening::request_left:
      return "grant";
    case happening::server_refused:
      return "refusal";
    default:
      return nullptr;
  }
}

}  // namespace

void write_trace(const scenario& s, std::ostream& out) {
  scenario kept = s;
  kept.keep_series = true;
  const outcome o = run(kept);
  out.setf(std::ios::fixed);
  out.precision(3);
  out << "second,series,client,count\n";
  std::map<std::pair<happening, std::uint32_t>, int> counts;
  std::vector<double> arrivals;
  for (const note& n : o.series) {
    const char* const series = series_of(n.what);
    if (!series) continue;
    if (n.what == happening::call_came) arrivals.push_back(seconds(n.when));
    out << seconds(n.when) << ',' << series << ',' << n.who << ',' << ++counts[{n.what, n.who}] << '\n';
  }
  const double interval = 1 / s.server.limit.rate;
  double next =
      -(s.server.limit.size - 1) * interval;  // the first token that is not there yet counts from here
  int served = 0;
  for (const double arrival : arrivals) {
    const double earliest = std::max(next, arrival - (s.server.limit.size - 1) * interval);
    out << std::max(arrival, next) << ",optimum,all," << ++served << '\n';
    next = earliest + interval;
  }
}

}  // namespace mux::inline v0::simulation
