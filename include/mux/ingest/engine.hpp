#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include <mux/ingest/error.hpp>
#include <mux/ingest/journal.hpp>
#include <mux/ingest/manifest.hpp>
#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest {

/// What to do with a create that may or may not have been executed.
enum class create_policy : std::uint8_t {
  safe,          ///< look for its marker; repeat it only if it is still absent after the horizon
  at_most_once,  ///< look for its marker, never repeat it: it stays ambiguous if it is not found
  fast,  ///< repeat at once, as the official SDKs do: may make duplicates, which the sweep then reports
};

/// When to compare all assets of the period with the journal at the end.
enum class sweep_policy : std::uint8_t {
  automatic,  ///< if any row was ambiguous; back to the first of these rows
  always,     ///< back to the batch's first create: about one listing page per 100 assets
  never,
};

struct engine_options {
  /// The journal's file; `default_journal` proposes one.
  std::filesystem::path journal;
  /// Creates queued or under way at a time, 1 to 256. 0: as many as the allowed rate needs, at least 4. Few,
  /// as each of them is looked for at Mux if the process dies.
  std::size_t concurrency = 0;
  create_policy policy = create_policy::safe;
  /// Within this time after its last byte a create is taken to show up in the listing if it was executed.
  /// Ambiguous creates are looked for at 1/45, 1/9, 1/3 and 1 of it: after 2, 10, 30 and 90 s by default.
  std::chrono::milliseconds horizon = std::chrono::seconds(90);
  sweep_policy sweep = sweep_policy::automatic;
  /// Local files on their way at a time, 1 to 64.
  std::size_t uploads = 4;
  /// Goes on until every asset is ready or errored. Asks only as often as creates and scans leave room for.
  bool wait = false;
  /// Begins nothing more after this time, as `stop` does; `summary::out_of_time` says so.
  std::optional<std::chrono::milliseconds> max_duration;
  /// After `stop`, calls under way are given up after this time.
  std::chrono::milliseconds stop_deadline = std::chrono::seconds(30);
  /// Sends rows that the API refused in an earlier run again.
  bool retry_failed = false;
  /// Times that one row is sent before it counts as failed, at least 1.
  int max_sends = 5;
  /// Calls in a row that do not reach the API before the run ends with `unreachable`, at least 1. Each has
  /// been tried several times by the client.
  int max_unreachable = 3;
  /// At most this long passes between two `on_progress`.
  std::chrono::milliseconds progress_interval = std::chrono::seconds(1);
  /// Names and values that the journal remembers of the latest run; see `journal_view::note`. No secrets.
  std::vector<std::pair<std::string, std::string>> notes;
  journal_options journal_settings;
};

/// `MANIFEST.mux-journal`, beside the manifest.
[[nodiscard]] std::filesystem::path default_journal(const std::filesystem::path& manifest);

/// A row's new state. The views are valid during the call.
struct row_event {
  std::int64_t id = 0;
  row_state state = row_state::planned;
  std::uint64_t line = 0;  ///< in the manifest
  std::uint64_t column = 0;
  std::string_view url;    ///< without user-info and query; of a local file its path
  std::string_view file;   ///< path of the local file, or empty
  std::uint64_t size = 0;  ///< of the local file, bytes
  std::string_view title;
  std::string_view external_id;  ///< as in the manifest, without marker
  std::string_view marker;       ///< ULID
  std::string_view asset_id;     ///< from `created` on
  std::string_view upload_id;    ///< of a local file, from `uploading` on
  std::string_view playback_id;  ///< if `created` by an answer; empty if the asset was found by its marker
  std::string_view reason;  ///< text from outside, if `failed`, `errored`, `ambiguous` or back to `planned`
  int sends = 0;
  bool found = false;  ///< `created`: found by its marker after an ambiguous create
};

/// Where the batch stands; totals come from the journal, so that they hold across runs.
struct progress {
  row_counts rows;
  std::uint64_t created_now = 0;  ///< by this run
  std::uint64_t in_flight = 0;    ///< creates queued or under way
  std::uint64_t queued = 0;       ///< of these: wait for their turn
  byte_counts bytes;              ///< of local files; `done` counts what is durable of files under way
  double bytes_rate = 0;          ///< bytes a second over the last minute; 0 at the beginning
  std::uint64_t uploads = 0;      ///< local files under way
  double allowed_rate = 0;        ///< creates a second that the limiter lets through
  double measured_rate = 0;       ///< creates a second over the last minute; 0 at the beginning
  std::uint64_t throttled = 0;    ///< answers 429
  std::chrono::milliseconds elapsed{0};
  /// Time left, from the allowed and the measured rate and the ambiguous rows' horizon.
  std::chrono::milliseconds eta{0};
};

/// One scan for the markers of ambiguous rows, or the sweep at the end.
struct scan_report {
  std::uint64_t wanted = 0;  ///< ambiguous rows looked for
  std::uint64_t found = 0;
  std::uint64_t absent = 0;  ///< not found at the horizon: repeated, unless the policy says otherwise
  std::uint64_t pages = 0;
  bool complete = false;  ///< went as far back as needed; false after a failure
  bool sweep = false;
};

/// Several assets with one row's marker.
struct duplicate_assets {
  std::int64_t row = 0;
  std::uint64_t line = 0;
  std::string marker;
  std::string kept;                 ///< the recorded asset, else the oldest
  std::vector<std::string> others;  ///< billed too; delete them if they are not wanted
};

/// Told what happens, on the engine's strand; must not block. A row is durable in the journal before it is
/// shown here.
class listener {
 public:
  virtual ~listener() = default;
  /// The manifest is valid and in the journal; nothing was sent yet.
  virtual void on_loaded(const load_report&, const row_counts&) {}
  virtual void on_identity(const identity&) {}
  virtual void on_row(const row_event&) {}
  virtual void on_scan_started(std::uint64_t /*wanted*/, bool /*sweep*/) {}
  virtual void on_scan_ended(const scan_report&) {}
  virtual void on_duplicates(const duplicate_assets&) {}
  /// The server refused with 429; `refused` of them so far.
  virtual void on_throttled(std::uint64_t /*refused*/) {}
  virtual void on_progress(const progress&) {}
};

/// Where the manifest comes from.
struct manifest_source {
  /// A file.
  explicit manifest_source(std::filesystem::path file, manifest_options options = {});
  /// A stream, standard input for instance; must live until the manifest is loaded. It is read off the
  /// executor.
  manifest_source(std::istream& input, std::string name, manifest_options options = {});

  std::filesystem::path file;
  std::istream* input = nullptr;
  std::string name;
  manifest_options options;
};

/// How a run ended.
enum class ending : std::uint8_t {
  finished,  ///< every row was dealt with
  stopped,   ///< by `stop`; start again to go on
  aborted,   ///< by `abort` or the stop deadline; rows under way are looked for by the next run
  given_up,  ///< for the reason in `summary::why`; start again to go on
};

/// A row that the API refused, or whose video it could not process.
struct failed_row {
  std::int64_t id = 0;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string url;     ///< without user-info and query; of a local file its path
  std::string reason;  ///< text from outside
};

struct summary {
  summary();

  ending ended = ending::finished;
  std::optional<error> why;  ///< for `given_up`
  load_report loaded;
  row_counts rows;                      ///< of the whole batch, earlier runs included
  std::uint64_t created_now = 0;        ///< by this run, found ones included
  std::uint64_t found = 0;              ///< of these: found by their marker
  std::uint64_t repeated = 0;           ///< sent again after they were absent at the horizon
  std::uint64_t ambiguous_answers = 0;  ///< creates of this run whose fate was unknown at first
  std::vector<failed_row> failed;       ///< the first 100, refused ones first
  std::vector<duplicate_assets> duplicates;
  std::uint64_t throttled = 0;  ///< answers 429
  byte_counts bytes;            ///< of local files
  bool out_of_time = false;     ///< `stopped` by `engine_options::max_duration`
  std::chrono::milliseconds elapsed{0};

  /// Finished, every row has its asset, none is errored, and none has two.
  [[nodiscard]] bool complete() const noexcept;
};

/// Creates one asset per manifest row, exactly once, however often the run is killed and started again.
///
/// Each create carries a marker that is durable in the journal before the first byte is sent; a create whose
/// answer was lost is looked for by its marker before it is repeated. To resume, run again with the same
/// journal. After a kill it consists of two files, the other one named `-wal`: they stay together.
///
/// Thread safety: `stop` and `abort` from anywhere, `run` once. Lifetime: engine, client and listener must
/// live until `run` has ended. Cancellation: by `stop` and `abort`; Asio's is not observed.
class engine {
 public:
  /// `events` may be null.
  engine(const mux::client& client, engine_options options, listener* events = nullptr);
  engine(remote& mux, timing& time, engine_options options, listener* events = nullptr);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  /// The whole batch, on the executor of the awaiting coroutine.
  /// Errors: what prevents it from beginning, with nothing sent: faults of the manifest and the journal,
  /// `other_environment`; `credentials_refused`, `unreachable` or `api_failed` for the first call. What ends
  /// it later stands in `summary::why`.
  asio::awaitable<result<summary>> run(manifest_source manifest);

  /// Begins no more creates; those under way end and are recorded.
  void stop() noexcept;
  /// As `stop`, but gives calls under way up at once. Killing the process is as safe.
  void abort() noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace mux::inline v0::ingest
