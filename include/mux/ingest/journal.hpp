#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <mux/ingest/error.hpp>
#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {

namespace asio = boost::asio;

/// Where a row stands. The numbers are those of the journal file.
enum class row_state : std::uint8_t {
  planned,    ///< to be sent
  sending,    ///< about to be sent or sent; if the process dies now, it counts as ambiguous
  ambiguous,  ///< the server may have executed the create; looked for before it is repeated
  created,    ///< the asset's id is known
  uploading,  ///< a local file's bytes are on their way to an upload whose id is known
  ready,      ///< the asset can be played
  errored,    ///< the asset exists, but its input could not be processed
  failed,     ///< the API refused the row; not sent again unless asked for
  skipped,    ///< no longer in the manifest and never sent
};
inline constexpr std::size_t row_state_count = 9;

/// The state's name, `planned` for example.
[[nodiscard]] std::string_view to_string(row_state state) noexcept;

/// Rows by state.
struct row_counts {
  std::array<std::uint64_t, row_state_count> by_state{};

  [[nodiscard]] std::uint64_t operator[](row_state s) const noexcept {
    return by_state[static_cast<std::size_t>(s)];
  }
  [[nodiscard]] std::uint64_t& operator[](row_state s) noexcept {
    return by_state[static_cast<std::size_t>(s)];
  }
  /// All rows but skipped ones.
  [[nodiscard]] std::uint64_t total() const noexcept;
  /// Rows that have their asset.
  [[nodiscard]] std::uint64_t done() const noexcept;
  /// Rows that still need a call to get their asset: planned, sending, ambiguous, uploading.
  [[nodiscard]] std::uint64_t left() const noexcept;
  friend bool operator==(const row_counts&, const row_counts&) = default;
};

/// Bytes of the rows that are local files.
struct byte_counts {
  std::uint64_t total = 0;  ///< as the files were when they were last looked at; skipped rows not counted
  std::uint64_t done = 0;   ///< of rows that have their asset
  friend bool operator==(const byte_counts&, const byte_counts&) = default;
};

/// The server's time in milliseconds.
using server_instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// One row as the journal knows it.
struct journal_row {
  journal_row();

  std::int64_t id = 0;    ///< from 1, in the order in which the rows were first seen
  manifest_row content;   ///< `url` is empty if it holds secrets and `journal::load` did not see the row
  std::string shown_url;  ///< the URL without user-info and query
  std::string marker;     ///< ULID that finds the asset again at Mux
  row_state state = row_state::planned;
  bool in_manifest = false;                    ///< `journal::load` saw it
  int sends = 0;                               ///< times that the create may have been sent
  std::optional<server_instant> first_intent;  ///< server time when it was first about to be sent
  std::string asset_id;
  std::string playback_id;    ///< the first one of its answer; empty if the asset was found by its marker
  std::string upload_id;      ///< of the direct upload of a local file
  std::uint64_t size = 0;     ///< of the local file, bytes
  std::int64_t modified = 0;  ///< of the local file when its upload began, nanoseconds since 1970
  std::string checksum;       ///< SHA-256 of the uploaded bytes, hexadecimal
  std::string reason;         ///< of a failure, as the API gave it: text from outside
};

/// A step of one row.
struct row_change {
  row_change(std::int64_t row, row_state to);

  std::int64_t row;
  row_state to;
  std::optional<server_instant> at;  ///< server time, where known
  std::string asset_id;              ///< for `created`
  std::string playback_id;           ///< for `created`
  std::string upload_id;             ///< for `uploading`
  std::uint64_t size = 0;            ///< for `uploading`
  std::int64_t modified = 0;         ///< for `uploading`
  std::string checksum;              ///< for `created`, of a local file
  std::string reason;                ///< for `failed`, `errored` and `ambiguous`
  int http_status = 0;
  std::string request_id;
};

/// Where a run stood at an instant, kept for reports.
struct run_sample {
  std::chrono::milliseconds elapsed{0};  ///< since the run began
  std::uint64_t done = 0;                ///< rows that have their asset
  std::uint64_t failed = 0;
  std::uint64_t refused = 0;  ///< answers 429 in this run
  double allowed_rate = 0;    ///< creates a second that the limit lets through
  std::uint64_t bytes = 0;    ///< of local files, durable at Mux
};

/// What `journal::load` found.
struct load_report {
  std::uint64_t rows = 0;                      ///< rows of the manifest, duplicates not counted
  std::uint64_t added = 0;                     ///< rows that the journal did not have
  std::uint64_t duplicates = 0;                ///< rows that repeat an earlier one exactly; skipped
  std::uint64_t vanished = 0;                  ///< rows of the journal that the manifest no longer has
  std::vector<std::uint64_t> duplicate_lines;  ///< the first 100
  bool resumed = false;                        ///< the journal had rows before
  bool interrupted = false;                    ///< stopped on request: nothing was added
};

/// Rows of which an earlier create may still have made an asset that the journal does not know.
struct suspects {
  suspects();

  bool any = false;
  /// The first time that one of them was about to be sent; nothing if that is not known of each of them.
  std::optional<server_instant> oldest;
};

struct journal_options {
  /// Where the file is read and written. Default: a thread of the journal's own. Tests in virtual time give
  /// the executor that everything else runs on; a server gives nothing, as every commit waits for the disk.
  std::optional<asio::any_io_executor> executor;
  /// Called where the file is written, whenever it may have changed durably, before anyone learns of it.
  std::function<void()> committed;
};

/// The durable memory of a batch: an SQLite file (WAL, synchronous=FULL, mode 0600) with every row's state
/// and attempts. A run killed at any instruction finds here what it may have sent. Changes that come while a
/// commit is under way share the next one. One process at a time works with the file; `journal_view` looks at
/// it meanwhile.
///
/// While a run is under way, and after one that did not end, the journal is two files: the newest steps are
/// in `FILE-wal`. Copy and move both; a `FILE` that was parted from its other half is refused. `FILE-lock` is
/// there while a process works with the journal, or was killed.
///
/// Upload URLs are not stored; of a source URL with a query or user-info only a hash is.
///
/// After an error of `open` or `load` the object is of no further use.
///
/// Thread safety: awaitable members may be awaited from any thread, several at a time; `load` alone.
/// Lifetime: the execution contexts of waiting coroutines must run until these have been resumed, and outlive
/// the journal, whose thread resumes them; the destructor waits for the commit under way. Cancellation: not
/// observed; each wait lasts one commit.
class journal {
 public:
  explicit journal(std::filesystem::path file, journal_options options = {});
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  ~journal();

  /// Opens the file or creates it, takes it for this process alone and checks its structure.
  /// Errors: `journal_locked`, `journal_corrupt`, `journal_newer`, `journal_unavailable`, `disk_full`.
  asio::awaitable<result<void>> open();

  /// Reads the whole manifest and adds the rows that are new, all or none. Rows are the same if all their
  /// cells are, but for the query parameters by which AWS, Google, CloudFront and Azure sign a URL: a row
  /// keeps its place when its URL is signed anew, and is sent with the present one. A planned row that the
  /// manifest no longer has is skipped until it comes back; `retry_failed` makes failed rows planned. A file
  /// that `open` created is removed again if this fails or `stop` is requested. Errors: `manifest_invalid`,
  /// `journal_foreign`, those of `record`.
  asio::awaitable<result<load_report>> load(manifest_reader& manifest, bool retry_failed = false,
                                            std::stop_token stop = {});

  /// Ties the journal to an environment and an API host; the first call decides. Errors: `other_environment`.
  asio::awaitable<result<void>> bind(std::string environment_id, std::string host);

  /// Notes that a run begins, with what it is to be remembered by: the names and values of `notes` replace
  /// those of earlier runs. Errors: those of `record`.
  asio::awaitable<result<void>> begin_run(std::vector<std::pair<std::string, std::string>> notes);
  /// Keeps a sample of the run; one of the same instant is replaced. Errors: those of `record`.
  asio::awaitable<result<void>> keep(run_sample sample);
  /// Notes how the run ended; `ending` is a number of the caller's. Errors: those of `record`.
  asio::awaitable<result<void>> end_run(int ending);

  /// Resumes once the step is on the disk. Errors: `disk_full`, `journal_unavailable`; `journal_corrupt` if
  /// the row cannot make this step (a created row never does).
  asio::awaitable<result<void>> record(row_change change);

  /// Up to `limit` rows in state `which` with an id above `after`, by id.
  asio::awaitable<result<std::vector<journal_row>>> rows(row_state which, std::int64_t after,
                                                         std::size_t limit);
  /// The rows that have one of these markers, in no order.
  asio::awaitable<result<std::vector<journal_row>>> find(std::vector<std::string> markers);

  /// Rows with a create whose answer was lost and which was not found since, unless a sweep has told what
  /// became of it.
  asio::awaitable<result<suspects>> oldest_suspect();
  /// Notes that a sweep has compared every asset that was there at `begun`: creates that ended before are no
  /// longer suspect. Errors: those of `record`.
  asio::awaitable<result<void>> note_sweep(server_instant begun);
  /// The first time that any row was about to be sent, as far as it is known.
  asio::awaitable<result<std::optional<server_instant>>> first_intent();

  /// Rows by state as of the last commit. Thread-safe.
  [[nodiscard]] row_counts counts() const;
  /// Bytes of local files as of the last commit. Thread-safe.
  [[nodiscard]] byte_counts bytes() const;
  [[nodiscard]] const std::filesystem::path& file() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace mux::inline v0::ingest
