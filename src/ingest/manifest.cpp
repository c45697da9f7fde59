#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <utility>

#include <mux/ingest/manifest.hpp>

#include "ingest/byte_source.hpp"
#include "ingest/csv.hpp"
#include "ingest/row_check.hpp"

namespace mux::inline v0::ingest {
namespace {

bool begins_with_url(std::string_view line) noexcept {
  const auto begins = [&](std::string_view scheme) {
    return line.size() >= scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), line.begin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  };
  return begins("http://") || begins("https://");
}

// The first line that is neither blank nor a comment decides.
bool looks_like_list(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    text.remove_prefix(begin);
    if (!text.starts_with('#')) return begins_with_url(text);
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
  return true;
}

}  // namespace

manifest_row::manifest_row() = default;

struct manifest_reader::state {
  state(std::unique_ptr<std::istream> own, std::istream& from, std::string named, manifest_options how)
      : owned(std::move(own)), name(std::move(named)), options(how), source(from), csv(source) {}

  void note(manifest_fault fault) {
    ++fault_count;
    if (faults.size() < options.max_faults) faults.push_back(std::move(fault));
  }

  void begin() {
    begun = true;
    list = options.format == manifest_format::url_list ||
           (options.format == manifest_format::automatic && !name.ends_with(".csv") &&
            looks_like_list(source.ahead()));
    if (source.failed())
      end();
    else if (source.ahead().empty())
      note_empty();
    else if (!list)
      read_header();
  }

  void note_empty() {
    manifest_fault empty;
    empty.line = empty.column = 1;
    empty.message = "the manifest is empty";
    empty.expected = "a header row with the column url, or one URL a line";
    note(std::move(empty));
    ended = true;
  }

  void read_header() {
    if (!csv.next(record)) return note_empty();
    for (manifest_fault& fault : record.faults) note(std::move(fault));
    columns = column_list(record, sink);
    ended = fault_count > 0;
  }

  bool read_record() {
    if (!list) return csv.next(record);
    while (next_line(source, record)) {
      const std::string& line = record.cells[0].text;
      if (!record.faults.empty() || !(line.empty() || line.starts_with('#'))) return true;
    }
    return false;
  }

  // Rows that could not be read must not pass for rows that are not there.
  void end() {
    ended = true;
    if (!source.failed()) return;
    manifest_fault cut;
    cut.line = source.position().line;
    cut.column = source.position().column;
    cut.message = "the manifest cannot be read any further";
    note(std::move(cut));
  }

  std::unique_ptr<std::istream> owned;
  std::string name;
  manifest_options options;
  byte_source source;
  csv_reader csv;
  csv_record record;
  column_list columns;
  fault_sink sink = [this](manifest_fault fault) { note(std::move(fault)); };
  bool begun = false, list = false, ended = false;
  std::vector<manifest_fault> faults;
  std::uint64_t fault_count = 0;
};

result<manifest_reader> manifest_reader::open(const std::filesystem::path& file, manifest_options options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return error(errc::manifest_unreadable, file.string() + " is a directory");
  auto input = std::make_unique<std::ifstream>(file, std::ios::binary);
  if (!*input) return error(errc::manifest_unreadable, file.string() + ": " + std::strerror(errno));
  manifest_reader reader(*input, file.string(), options);
  reader.state_->owned = std::move(input);
  return reader;
}

manifest_reader::manifest_reader(std::istream& input, std::string name, manifest_options options)
    : state_(std::make_unique<state>(nullptr, input, std::move(name), options)) {}

manifest_reader::manifest_reader(manifest_reader&&) noexcept = default;
manifest_reader& manifest_reader::operator=(manifest_reader&&) noexcept = default;
manifest_reader::~manifest_reader() = default;

std::optional<manifest_row> manifest_reader::next() {
  state& s = *state_;
  if (!s.begun) s.begin();
  while (!s.ended) {
    if (!s.read_record()) {
      s.end();
      break;
    }
    if (auto row = s.columns.read(s.record, s.sink)) return row;
  }
  return std::nullopt;
}

const std::vector<manifest_fault>& manifest_reader::faults() const noexcept {
  return state_->faults;
}
std::uint64_t manifest_reader::fault_count() const noexcept {
  return state_->fault_count;
}
const std::string& manifest_reader::name() const noexcept {
  return state_->name;
}

error manifest_reader::fault_error() const {
  const std::uint64_t count = state_->fault_count;
  error e(errc::manifest_invalid, state_->name + " has " + std::to_string(count) +
                                      (count == 1 ? " fault" : " faults") + ", nothing was sent");
  e.manifest = state_->name;
  e.faults = state_->faults;
  e.fault_count = count;
  return e;
}

}  // namespace mux::inline v0::ingest
