#include <algorithm>
#include <cstring>
#include <queue>
#include <utility>

#include <mux/ingest/survey.hpp>

#include "ingest/file_facts.hpp"
#include "ingest/key_sorter.hpp"
#include "ingest/row_key.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::size_t shown_lines = 100;
// In place of a state: the journal does not have the row.
constexpr std::uint64_t unknown = row_state_count;

bool needs_create(std::uint64_t state) noexcept {
  switch (static_cast<row_state>(state)) {
    case row_state::uploading:
    case row_state::created:
    case row_state::ready:
    case row_state::errored:
    case row_state::failed:
      return false;
    default:
      return true;
  }
}

keyed_row keyed(const manifest_row& row) {
  const row_key key = key_of(row);
  keyed_row made;
  std::memcpy(&made.high, key.data(), sizeof made.high);
  std::memcpy(&made.low, key.data() + sizeof made.high, sizeof made.low);
  made.line = row.line;
  made.state = unknown;
  return made;
}

// Rows come by key, the same ones by line.
class counting {
 public:
  explicit counting(manifest_survey& to) : survey_(to) {}

  void see(const keyed_row& row) {
    if (survey_.rows > 0 && row.same_key(last_)) {
      ++survey_.duplicates;
      lines_.push(row.line);
      if (lines_.size() > shown_lines) lines_.pop();
      return;
    }
    last_ = row;
    ++survey_.rows;
    if (row.state != unknown) ++survey_.known.by_state[row.state];
    if (needs_create(row.state))
      ++survey_.creates;
    else if (row.state != static_cast<std::uint64_t>(row_state::uploading))
      return;
    survey_.files += row.bytes > 0 ? 1 : 0;
    survey_.bytes += row.bytes;
  }

  void finish() {
    for (; !lines_.empty(); lines_.pop()) survey_.duplicate_lines.push_back(lines_.top());
    std::reverse(survey_.duplicate_lines.begin(), survey_.duplicate_lines.end());
  }

 private:
  manifest_survey& survey_;
  keyed_row last_;
  std::priority_queue<std::uint64_t> lines_;  // the smallest ones
};

error no_room(const key_sorter& keys) {
  return error(errc::disk_full, "keys cannot be put aside in the folder for temporary files: " +
                                    keys.fault().message() + "; TMPDIR names another");
}

}  // namespace

result<manifest_survey> survey(manifest_reader& manifest, journal_view* journal) {
  key_sorter keys;
  while (const auto row = manifest.next()) {
    // After a fault only further faults are of interest.
    if (manifest.fault_count() > 0) continue;
    keyed_row seen = keyed(*row);
    if (!row->file.empty()) seen.bytes = look_at(row->file).value_or(file_facts()).size;
    if (journal != nullptr) {
      const result<std::optional<row_state>> state = journal->state_of(*row);
      if (!state) return state.error();
      if (*state) seen.state = static_cast<std::uint64_t>(**state);
    }
    if (!keys.add(seen)) return no_room(keys);
  }
  if (manifest.fault_count() > 0) return manifest.fault_error();
  manifest_survey found;
  counting count(found);
  if (!keys.for_each([&](const keyed_row& row) { count.see(row); })) return no_room(keys);
  count.finish();
  return found;
}

}  // namespace mux::inline v0::ingest
