#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mux/ingest/error.hpp>

namespace mux::inline v0::ingest {

/// How a manifest is written. Text is UTF-8, with or without byte order mark; lines end in LF or CRLF.
enum class manifest_format : std::uint8_t {
  /// Told by the name (`.csv`, `.tsv`, `.jsonl`, `.ndjson`), else by the first bytes. Folders, patterns such
  /// as
  /// `clips/*.mp4` and files with a name like `.mp4` are `files`.
  automatic,
  csv,         ///< RFC 4180 with a header row naming the columns
  url_list,    ///< one URL a line; blank lines and lines that begin with `#` are skipped
  tsv,         ///< as `csv`, with tabs
  json_lines,  ///< one JSON object a line
  /// No manifest, but the videos themselves: files, folders with all that is in them, patterns. From a
  /// stream:
  /// one path a line, or ended by NUL.
  files,
};

/// One video to create. Empty members were not given.
struct manifest_row {
  manifest_row();

  std::string url;    ///< absolute http or https URL, at most 8,192 bytes; may hold secrets (see `shown_url`)
  std::string title;  ///< at most 512 code points
  std::string external_id;      ///< at most 128 code points
  std::string creator_id;       ///< at most 128 code points
  std::string passthrough;      ///< at most 255 code points; 224 if `external_id` is given too
  std::string playback_policy;  ///< `public` or `signed`; several of them, or none at all, are in `settings`
  std::string video_quality;    ///< `basic`, `plus` or `premium`
  std::string file;             ///< absolute path of a local file; exactly one of `url` and `file` is given
  /// All other fields of the create as one JSON object: members sorted by name, no white space. Empty if
  /// there are none. `inputs[0]` has no URL here: it is `url` or `file`.
  std::string settings;
  std::uint64_t line = 0;  ///< where the row begins, from 1
  std::uint64_t column = 0;
};

struct manifest_options {
  manifest_format format = manifest_format::automatic;
  /// Faults kept with their text; all of them are counted.
  std::size_t max_faults = 1000;
  /// For `manifest_reader::open`: further files, folders and patterns, as a shell makes of one. If there are
  /// any, the first is none but such a one either.
  std::vector<std::filesystem::path> more;
  /// A local file that is not there, cannot be read or is empty is a fault of its row.
  bool check_files = true;
};

/// Reads a manifest row by row in memory that does not depend on its length; checks everything that can be
/// known without asking the API, and goes on behind a fault.
///
/// Columns of a CSV and members of a JSON object: `url` or `file`, `title`, `external_id`, `creator_id`,
/// `passthrough`, `playback_policy`, `video_quality`, every field of the create (`static_renditions`; in a
/// CSV also its parts, `static_renditions.0.resolution`), and in a CSV `settings` with a JSON object of
/// fields. In cells, lists are JSON or have spaces between; an empty cell says nothing, a record of empty
/// cells is skipped; `reason` is for people and not read. A relative `file` starts from the manifest's
/// folder, in a stream from the current one. Thread safety: none.
class manifest_reader {
 public:
  /// Opens a manifest, or lists files. Errors: `manifest_unreadable`.
  [[nodiscard]] static result<manifest_reader> open(const std::filesystem::path& file,
                                                    manifest_options options = {});
  /// Reads from `input`, which must outlive the reader; `name` stands in messages, `-` for standard input.
  manifest_reader(std::istream& input, std::string name, manifest_options options = {});
  manifest_reader(manifest_reader&&) noexcept;
  manifest_reader& operator=(manifest_reader&&) noexcept;
  ~manifest_reader();

  /// The next row without faults, or nothing at the end. Rows with faults are skipped and reported by
  /// `faults`; after a fault of the header row nothing follows.
  [[nodiscard]] std::optional<manifest_row> next();

  /// Faults so far, at most `max_faults` of them.
  [[nodiscard]] const std::vector<manifest_fault>& faults() const noexcept;
  [[nodiscard]] std::uint64_t fault_count() const noexcept;
  [[nodiscard]] const std::string& name() const noexcept;
  /// The faults as one error `manifest_invalid`. Precondition: `fault_count() > 0`.
  [[nodiscard]] error fault_error() const;

 private:
  struct state;
  explicit manifest_reader(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

/// What a batch is called after: the manifest, or the deepest folder that holds all that `files` name.
[[nodiscard]] std::filesystem::path batch_path(const std::filesystem::path& file,
                                               const manifest_options& options);

/// A URL without its user-info and query, for people to read: both often hold secrets.
[[nodiscard]] std::string shown_url(std::string_view url);

}  // namespace mux::inline v0::ingest
