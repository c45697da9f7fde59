#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include "ingest_simulation/job.hpp"

namespace {

using namespace mux::ingest::simulation;

constexpr const char* usage = R"(The ingest engine against a simulated Mux in virtual time.

usage: simulate_ingest trouble [--rows N] [--files N] [--seed N] [--seeds N] [--wait] [--detail]
           every kind of trouble; one asset a row, by the ledger of what was really done
       simulate_ingest eta [--kind rows|files] [--seed N] [--seeds N] [--detail]
           how far the time left that is shown after 5 % of a job is from the truth
)";

struct arguments {
  std::string_view what, kind = "rows";
  std::uint64_t rows = 10'000, files = 0, seed = 1, seeds = 1;
  bool wait = false, detail = false;
};

bool read(std::string_view text, std::uint64_t& number) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size();
}

bool parse(int count, char** words, arguments& a) {
  if (count < 2) return false;
  a.what = words[1];
  for (int i = 2; i < count; ++i) {
    const std::string_view name = words[i];
    if (name == "--wait" || name == "--detail") {
      (name == "--wait" ? a.wait : a.detail) = true;
      continue;
    }
    if (++i == count) return false;
    const std::string_view value = words[i];
    if (name == "--kind") {
      a.kind = value;
      continue;
    }
    std::uint64_t* const number = name == "--rows"    ? &a.rows
                                  : name == "--files" ? &a.files
                                  : name == "--seed"  ? &a.seed
                                  : name == "--seeds" ? &a.seeds
                                                      : nullptr;
    if (number == nullptr || !read(value, *number)) return false;
  }
  return a.what == "trouble" || a.what == "eta";
}

double peak_mebibytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

int trouble(const arguments& a) {
  bool good = true;
  for (std::uint64_t seed = a.seed; seed < a.seed + a.seeds; ++seed) {
    scenario job = every_trouble(seed, a.rows, a.files);
    job.wait = a.wait;
    const auto begun = std::chrono::steady_clock::now();
    const outcome o = run_job(job);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf(
        "seed %llu: %llu rows, %llu assets, duplicates %llu, lost %llu, unfinished %llu, failed %llu; "
        "ambiguous %llu, found %llu, repeated %llu, 429s %llu, pages %llu, runs %d; %.0f s of virtual time "
        "in "
        "%.1f s, peak %.0f MiB\n",
        static_cast<unsigned long long>(seed), static_cast<unsigned long long>(o.rows),
        static_cast<unsigned long long>(o.assets), static_cast<unsigned long long>(o.duplicates),
        static_cast<unsigned long long>(o.lost), static_cast<unsigned long long>(o.unfinished),
        static_cast<unsigned long long>(o.failed), static_cast<unsigned long long>(o.ambiguous),
        static_cast<unsigned long long>(o.found), static_cast<unsigned long long>(o.repeated),
        static_cast<unsigned long long>(o.refusals), static_cast<unsigned long long>(o.pages), o.runs,
        o.length, took.count(), peak_mebibytes());
    if (a.detail) {
      constexpr const char* names[fate_count] = {"answered",    "answer lost", "reset",       "5xx before",
                                                 "5xx after",   "unreadable",  "late effect", "late answer",
                                                 "unreachable", "refused"};
      for (std::size_t i = 0; i < fate_count; ++i)
        std::printf("  %s %llu\n", names[i], static_cast<unsigned long long>(o.fates[i]));
    }
    for (const std::string& complaint : o.complaints) std::printf("  %s\n", complaint.c_str());
    std::fflush(stdout);
    good = good && o.complaints.empty();
  }
  std::puts(good ? "one asset a row, every row in a final state" : "FAILED");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int eta(const arguments& a) {
  constexpr double tolerance = 0.1;
  std::vector<double> errors;
  for (std::uint64_t seed = a.seed; seed < a.seed + a.seeds; ++seed) {
    const scenario job = a.kind == "files" ? everyday_files(seed) : everyday_job(seed);
    const outcome o = run_job(job);
    const double error = eta_error(o, 0.05);
    errors.push_back(std::abs(error));
    if (a.detail || std::abs(error) > tolerance)
      std::printf(
          "seed %llu: %+.1f %% at 5 %%, %+.1f %% at 25 %%, %+.1f %% at 50 %%; %llu rows, %.2f/s, burst "
          "%d%s, latency %.2f s, sick %.4f, changes %zu, took %.0f s\n",
          static_cast<unsigned long long>(seed), 100 * error, 100 * eta_error(o, 0.25),
          100 * eta_error(o, 0.5), static_cast<unsigned long long>(o.rows), job.rate, job.burst,
          job.burst_known ? "" : " unknown", job.latency, job.chance.reset, job.changes.size(), o.length);
    for (const std::string& complaint : o.complaints) std::printf("  %s\n", complaint.c_str());
    std::fflush(stdout);
  }
  std::sort(errors.begin(), errors.end());
  const auto within = std::count_if(errors.begin(), errors.end(), [](double e) { return e <= tolerance; });
  std::printf("%zu jobs: %td within 10 %%; median %.1f %%, 95th of a hundred %.1f %%, worst %.1f %%\n",
              errors.size(), within, 100 * errors[errors.size() / 2], 100 * errors[errors.size() * 95 / 100],
              100 * errors.back());
  return static_cast<std::size_t>(within) == errors.size() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** words) {
  arguments a;
  if (!parse(count, words, a)) {
    std::fputs(usage, stderr);
    return 2;
  }
  return a.what == "eta" ? eta(a) : trouble(a);
}
