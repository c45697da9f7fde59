#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <utility>

#include <mux/ingest/manifest.hpp>

#include "ingest/byte_source.hpp"
#include "ingest/file_list.hpp"
#include "ingest/local_file.hpp"
#include "ingest/row_builder.hpp"
#include "ingest/row_source.hpp"

namespace mux::inline v0::ingest {
namespace {

// What nobody calls a list of videos.
constexpr std::array<std::string_view, 26> media = {
    ".3gp", ".aac", ".aif",  ".aiff", ".avi", ".flac", ".flv",  ".m2ts", ".m4a",
    ".m4v", ".mkv", ".mov",  ".mp3",  ".mp4", ".mpeg", ".mpg",  ".mts",  ".mxf",
    ".ogg", ".ogv", ".opus", ".ts",   ".vob", ".wav",  ".webm", ".wmv"};

bool is_media(const std::filesystem::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(media.begin(), media.end(), extension) != media.end();
}

bool names_files(const std::filesystem::path& file, const manifest_options& options) {
  if (options.format == manifest_format::files || !options.more.empty()) return true;
  std::error_code ignored;
  if (options.format != manifest_format::automatic) return false;
  return std::filesystem::is_directory(file, ignored) || is_file_pattern(file.string()) || is_media(file);
}

std::vector<std::string> arguments_of(const std::filesystem::path& file, const manifest_options& options) {
  std::vector<std::string> all = {file.string()};
  for (const std::filesystem::path& other : options.more) all.push_back(other.string());
  return all;
}

}  // namespace

manifest_row::manifest_row() = default;

struct manifest_reader::state {
  state(std::string named, std::string folder, manifest_options how)
      : name(std::move(named)),
        options(std::move(how)),
        sink([this](manifest_fault fault) { note(std::move(fault)); }),
        builder({std::move(folder), options.check_files}, sink) {}

  void note(manifest_fault fault) {
    ++fault_count;
    if (faults.size() < options.max_faults) faults.push_back(std::move(fault));
  }

  void begin() {
    source = std::make_unique<byte_source>(*std::exchange(input, nullptr));
    const std::string_view text = source->ahead();
    const manifest_format format =
        options.format == manifest_format::automatic ? recognise(name, text) : options.format;
    if (format == manifest_format::files) {
      rows = read_paths(*source, builder);
    } else if (auto fault = check_encoding(text)) {
      note(std::move(*fault));
    } else if (text.empty()) {
      if (!source->failed()) note(empty_manifest());
    } else if (format == manifest_format::url_list) {
      rows = read_urls(*source, builder);
    } else if (format == manifest_format::json_lines) {
      rows = read_json_lines(*source, builder);
    } else {
      rows = read_csv(*source, format == manifest_format::tsv ? '\t' : ',', builder, sink);
    }
    if (!rows) end();
  }

  // Rows that could not be read must not pass for rows that are not there.
  void end() {
    rows.reset();
    if (source && source->failed())
      note(make_fault({source->line(), 1}, "the manifest cannot be read any further", ""));
  }

  std::unique_ptr<std::istream> owned;
  std::istream* input = nullptr;  ///< not looked at yet
  std::string name;
  manifest_options options;
  fault_sink sink;
  row_builder builder;
  std::unique_ptr<byte_source> source;
  std::unique_ptr<row_source> rows;
  std::vector<manifest_fault> faults;
  std::uint64_t fault_count = 0;
};

result<manifest_reader> manifest_reader::open(const std::filesystem::path& file, manifest_options options) {
  if (names_files(file, options)) {
    const std::vector<std::string> arguments = arguments_of(file, options);
    auto made = std::make_unique<state>(file.string(), std::string(), std::move(options));
    made->rows = list_files(arguments, made->builder, made->sink);
    return manifest_reader(std::move(made));
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return error(errc::manifest_unreadable, file.string() + " is a directory");
  auto input = std::make_unique<std::ifstream>();
  // Blocks go to their reader directly.
  input->rdbuf()->pubsetbuf(nullptr, 0);
  input->open(file, std::ios::binary);
  if (!*input) return error(errc::manifest_unreadable, file.string() + ": " + std::strerror(errno));
  auto made = std::make_unique<state>(file.string(), folder_of_manifest(file), std::move(options));
  made->input = input.get();
  made->owned = std::move(input);
  return manifest_reader(std::move(made));
}

manifest_reader::manifest_reader(std::unique_ptr<state> made) : state_(std::move(made)) {}

manifest_reader::manifest_reader(std::istream& input, std::string name, manifest_options options)
    : state_(std::make_unique<state>(std::move(name), current_folder(), std::move(options))) {
  state_->input = &input;
}

manifest_reader::manifest_reader(manifest_reader&&) noexcept = default;
manifest_reader& manifest_reader::operator=(manifest_reader&&) noexcept = default;
manifest_reader::~manifest_reader() = default;

std::optional<manifest_row> manifest_reader::next() {
  state& s = *state_;
  if (s.input != nullptr) s.begin();
  std::optional<manifest_row> row;
  while (s.rows && !row)
    if (!s.rows->next(row)) s.end();
  return row;
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

std::filesystem::path batch_path(const std::filesystem::path& file, const manifest_options& options) {
  return names_files(file, options) ? std::filesystem::path(common_folder(arguments_of(file, options)))
                                    : file;
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
