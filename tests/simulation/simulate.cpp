// usage: simulate table|run|storm|trace …; see `usage` below.

#include <charconv>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include "simulation/run.hpp"
#include "simulation/table.hpp"
#include "simulation/trace.hpp"

namespace {

using namespace mux::simulation;

constexpr const char* usage =
    "simulate table [--seeds A..B] [--only TEXT] [--json]   the control loop's tables; B defaults to A\n"
    "simulate run --scenario NAME --seed N                   one run; see tests/simulation/scenario.hpp for "
    "names\n"
    "simulate trace --scenario alone|three|learnt|NAME      arrivals, grants, refusals and the optimum as "
    "CSV\n"
    "simulate storm --seeds COUNT [--from N]                 so many runs in which everything is by chance\n";

struct options {
  std::string command;
  std::string scenario;
  std::string only;
  std::uint64_t seed = 1;
  std::uint64_t first = 101;
  std::uint64_t last = 102;
  std::uint64_t count = 1000;
  bool json = false;
};

bool number(std::string_view text, std::uint64_t& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

bool read(int argc, char** argv, options& o) {
  if (argc < 2) return false;
  o.command = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--json") {
      o.json = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string_view value = argv[i];
    const std::size_t dots = value.find("..");
    if (name == "--scenario") {
      o.scenario = value;
    } else if (name == "--only") {
      o.only = value;
    } else if (name == "--seed" || name == "--from") {
      if (!number(value, o.seed)) return false;
    } else if (name == "--seeds" && dots != std::string_view::npos) {
      if (!number(value.substr(0, dots), o.first) || !number(value.substr(dots + 2), o.last)) return false;
    } else if (name == "--seeds") {
      if (!number(value, o.count)) return false;
      o.first = o.last = o.count;
    } else {
      return false;
    }
  }
  return o.first <= o.last;
}

std::string cell(const table& t, const summary& m) {
  char text[80];
  switch (t.form) {
    case table::cell_form::rates:
      std::snprintf(text, sizeof text, "%.2f/%.2f e%.2f J%.2f", 100 * m.refused_share,
                    100 * m.late_refused_share, m.efficiency, m.fairness);
      break;
    case table::cell_form::recovery:
      std::snprintf(text, sizeof text, "%.0f s, %.2f/%.2f", m.full_use, 100 * m.refused_share,
                    100 * m.late_refused_share);
      break;
    case table::cell_form::time:
      std::snprintf(text, sizeof text, "%.1f s, %.1f refused", m.last_accepted, m.refused);
      break;
  }
  return text;
}

void print_json(const table& t, const table_row& r, const summary& m) {
  std::printf(
      "{\"table\": \"%s\", \"row\": \"%s\", \"scenario\": \"%s\", \"refused_percent\": %.4f, "
      "\"late_refused_percent\": %.4f, \"worst_late_refused_percent\": %.4f, \"efficiency\": %.4f, "
      "\"fairness\": %.4f, "
      "\"wait_median_s\": %.3f, \"wait_p99_s\": %.3f, \"last_accepted_s\": %.3f, \"full_use_after_s\": %.2f, "
      "\"refused\": %.1f}\n",
      t.title.c_str(), r.title.c_str(), m.name.c_str(), 100 * m.refused_share, 100 * m.late_refused_share,
      100 * m.worst_late_refused_share, m.efficiency, m.fairness, m.wait_median, m.wait_p99, m.last_accepted,
      m.full_use, m.refused);
}

int print_tables(const options& o) {
  int violations = 0;
  for (const table& t : all_tables()) {
    bool titled = false;
    for (const table_row& r : t.rows) {
      bool named = false;
      for (std::size_t i = 0; i < r.scenarios.size(); ++i) {
        if (!o.only.empty() && r.scenarios[i].find(o.only) == std::string::npos) continue;
        const summary m = summarise(r.scenarios[i], o.first, o.last);
        if (o.json) {
          print_json(t, r, m);
        } else {
          if (!titled) std::printf("\n%s\n", t.title.c_str());
          if (!named) std::printf("%s:", r.title.c_str());
          std::printf(" | %s %s", t.columns[i].c_str(), cell(t, m).c_str());
          titled = named = true;
        }
        std::fflush(stdout);
        for (const std::string& v : m.violations) std::fprintf(stderr, "violation: %s\n", v.c_str());
        violations += static_cast<int>(m.violations.size());
      }
      if (named) std::printf("\n");
    }
  }
  return violations > 0 ? 1 : 0;
}

int run_one(const options& o) {
  const std::optional<scenario> s = find_scenario(o.scenario, o.seed);
  if (!s) {
    std::cerr << "simulate: no scenario " << o.scenario << '\n';
    return 2;
  }
  const outcome r = run(*s);
  std::printf(
      "calls %llu, sent %llu, refused %llu (%.2f %%, later %.2f %%), ambiguous %llu, turns lost %llu\n"
      "efficiency %.3f, fairness %.3f, wait median %.2f s, p99 %.2f s, last accepted %.2f s, full use after "
      "%.1f s\n"
      "hash %016llx\n",
      static_cast<unsigned long long>(r.calls), static_cast<unsigned long long>(r.sent),
      static_cast<unsigned long long>(r.refused), 100 * r.refused_share, 100 * r.late_refused_share,
      static_cast<unsigned long long>(r.ambiguous), static_cast<unsigned long long>(r.lost_turns),
      r.efficiency, r.fairness, r.wait_median, r.wait_p99, r.last_accepted, r.full_use,
      static_cast<unsigned long long>(r.hash));
  for (const std::string& v : r.violations) std::printf("violation: %s\n", v.c_str());
  return r.violations.empty() ? 0 : 1;
}

int trace(const options& o) {
  const std::optional<scenario> s = find_scenario(o.scenario, o.seed);
  if (!s || s->server.limit.kind != limit_kind::bucket) {
    std::cerr << "simulate: no scenario " << o.scenario << ", or not at a token bucket\n";
    return 2;
  }
  write_trace(*s, std::cout);
  return 0;
}

int storm(const options& o) {
  std::uint64_t failed = 0;
  std::uint64_t sent = 0;
  for (std::uint64_t seed = o.seed; seed < o.seed + o.count; ++seed) {
    const outcome r = run(random_scenario(seed));
    sent += r.sent;
    if (r.violations.empty()) continue;
    ++failed;
    std::printf("simulate run --scenario storm --seed %llu   # %s\n", static_cast<unsigned long long>(seed),
                r.violations.front().c_str());
  }
  std::printf("%llu seeds, %llu requests, %llu failed\n", static_cast<unsigned long long>(o.count),
              static_cast<unsigned long long>(sent), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  if (!read(argc, argv, o)) {
    std::cerr << usage;
    return 2;
  }
  if (o.command == "table") return print_tables(o);
  if (o.command == "run") return run_one(o);
  if (o.command == "trace") return trace(o);
  if (o.command == "storm") return storm(o);
  std::cerr << usage;
  return 2;
}
