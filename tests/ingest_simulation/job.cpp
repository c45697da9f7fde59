#include "ingest_simulation/job.hpp"

#include <algorithm>
#include <fstream>
#include <unordered_set>

#include <mux/ingest/journal_view.hpp>

#include "unit/ingest/temporary_folder.hpp"

namespace mux::inline v0::ingest::simulation {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;

constexpr int most_runs = 100;
constexpr std::size_t most_complaints = 20;
constexpr std::chrono::seconds between_runs{60};

/// The rows of the manifest in an order that mixes files with URLs.
void write_manifest(const scenario& job, const test::temporary_folder& folder) {
  std::ofstream text(folder / "list.csv");
  text << "url,file,passthrough,external_id\n";
  mux::simulation::random chance(mux::simulation::derive(job.seed, 20));
  std::uint64_t files = 0;
  for (std::uint64_t n = 0; n < job.rows(); ++n) {
    const bool file = files * job.rows() < job.files * (n + 1) && files < job.files;
    if (file) {
      ++files;
      const std::filesystem::path path = folder / (std::to_string(n) + ".mov");
      std::ofstream(path).close();
      std::filesystem::resize_file(path, 1 + chance.below(job.largest_file));
      text << ',' << path.string();
    } else {
      text << "https://videos.example/" << n << ".mp4,";
    }
    text << ',' << passthrough_of(n) << ',' << external_id_of(n) << '\n';
  }
}

class watcher final : public listener {
 public:
  watcher(const test::virtual_time& time, outcome& into) : time_(time), into_(into), begun_(time.now()) {}
  void on_progress(const progress& p) override {
    shown_progress now;
    now.at = duration<double>(time_.now() - begun_).count();
    now.share = p.bytes.total > 0 ? static_cast<double>(p.bytes.done) / static_cast<double>(p.bytes.total)
                                  : static_cast<double>(p.rows.done()) / static_cast<double>(p.rows.total());
    now.eta = duration<double>(p.eta).count();
    into_.shown.push_back(now);
  }

 private:
  const test::virtual_time& time_;
  outcome& into_;
  const instant begun_;
};

/// Compares what the journal says of each row with what was done.
class audit {
 public:
  audit(const scenario& job, const simulated_mux& mux, outcome& into) : job_(job), mux_(mux), into_(into) {}

  void compare(journal_view& journal) {
    count_assets();
    for (std::int64_t after = 0;;) {
      const result<std::vector<journal_row>> rows = journal.rows(after, 1000);
      if (!rows) return complain("the journal cannot be read: " + rows.error().message());
      if (rows->empty()) break;
      after = rows->back().id;
      for (const journal_row& row : *rows) check(row);
    }
    if (into_.rows != job_.rows()) complain("rows in the journal: " + std::to_string(into_.rows));
    if (mux_.book().misshapen() > 0) complain("creates with a marker out of place");
  }

 private:
  void complain(std::string what) {
    if (into_.complaints.size() < most_complaints) into_.complaints.push_back(std::move(what));
  }

  void count_assets() {
    made_.assign(job_.rows(), 0);
    into_.assets = mux_.book().all().size();
    for (const asset& one : mux_.book().all()) {
      if (one.row >= made_.size()) {
        complain("an asset of no row");
      } else if (made_[one.row] < 255 && ++made_[one.row] > 1) {
        ++into_.duplicates;
        complain("two assets of row " + std::to_string(one.row));
      }
    }
  }

  void check(const journal_row& row) {
    ++into_.rows;
    const std::uint64_t n =
        number_of(row.content.file.empty() ? row.shown_url : row.content.file).value_or(job_.rows());
    if (n >= made_.size()) return complain("a row of no manifest: " + row.shown_url);
    const std::string name = "row " + std::to_string(n) + " (" + std::string(to_string(row.state)) + ")";
    switch (row.state) {
      case row_state::created:
        if (job_.wait) {
          ++into_.unfinished;
          complain(name + " was not waited for");
        }
        [[fallthrough]];
      case row_state::ready:
      case row_state::errored: {
        const asset* one = mux_.book().find(row.asset_id);
        const bool own =
            one != nullptr && one->row == n &&
            std::equal(one->marker.begin(), one->marker.end(), row.marker.begin(), row.marker.end());
        if (own && (row.state == row_state::errored) == (job_.wait && one->bad)) return;
        ++into_.lost;
        return complain(name + " has another row's asset, or a wrong state: " + row.asset_id);
      }
      case row_state::failed:
        ++into_.failed;
        if (made_[n] > 0) {
          ++into_.lost;
          complain(name + " has an asset all the same: " + row.reason);
        } else if (!mux_.is_bad(n) && !mux_.errored(n) && row.sends < 5) {
          complain(name + " failed without need: " + row.reason);
        }
        return;
      default:
        ++into_.unfinished;
        if (made_[n] > 0) ++into_.lost;
        complain(name + " is not done: " + row.reason);
    }
  }

  const scenario& job_;
  const simulated_mux& mux_;
  outcome& into_;
  std::vector<std::uint8_t> made_;
};

}  // namespace

outcome run_job(const scenario& job) {
  outcome all;
  const test::temporary_folder folder;
  write_manifest(job, folder);
  asio::io_context io;
  test::virtual_time time;
  simulated_mux mux(time, job);
  const instant begun = time.now();
  engine* running = nullptr;
  for (const double at : job.aborts)
    time.add(begun + duration_cast<instant::duration>(duration<double>(at)), [&] {
      if (running != nullptr) running->abort();
    });
  for (bool finished = false; !finished && all.runs < most_runs; ++all.runs) {
    engine_options settings;
    settings.journal = folder / "journal";
    settings.journal_settings.executor = io.get_executor();
    settings.wait = job.wait;
    all.shown.clear();
    watcher watch(time, all);
    engine one(mux, time, settings, &watch);
    running = &one;
    const result<summary> done = test::run(io, time, one.run(manifest_source(folder / "list.csv")));
    running = nullptr;
    if (!done) {
      all.complaints.push_back("the run did not begin: " + done.error().message());
      return all;
    }
    if (!done->duplicates.empty()) all.complaints.push_back("the engine reports duplicates");
    all.found += done->found;
    all.repeated += done->repeated;
    all.ambiguous += done->ambiguous_answers;
    finished = done->ended == ending::finished;
    if (!finished) time.jump(between_runs);
  }
  all.length = duration<double>(time.now() - begun).count();
  // What the last aborted run left on its way comes too, and counts.
  while (mux.on_its_way() > 0) time.advance();
  result<journal_view> journal = journal_view::open(folder / "journal");
  if (!journal) {
    all.complaints.push_back("no journal: " + journal.error().message());
    return all;
  }
  audit(job, mux, all).compare(*journal);
  all.fates = mux.fates();
  all.pages = mux.pages();
  all.refusals = mux.pace().refused;
  return all;
}

double eta_error(const outcome& of, double share) {
  if (of.shown.empty()) return 0;
  const double before = of.shown.front().share;
  share = before + share * (1 - before);
  const auto at = std::find_if(of.shown.begin(), of.shown.end(),
                               [&](const shown_progress& p) { return p.share >= share; });
  if (at == of.shown.end()) return 0;
  const double left = of.shown.back().at - at->at;
  return (at->eta - left) / left;
}

}  // namespace mux::inline v0::ingest::simulation
