#include "ingest/journal_store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "ingest/file_facts.hpp"
#include "ingest/journal_schema.hpp"
#include "ingest/row_columns.hpp"
#include "ingest/row_key.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::size_t max_duplicate_lines = 100;

constexpr const char* damaged_advice =
    "; put a copy of it from before the damage in its place, or move it away and compare the assets at Mux "
    "before "
    "you begin anew";

constexpr std::int64_t number(row_state state) noexcept {
  return static_cast<std::int64_t>(state);
}

constexpr bool is(row_state state, std::initializer_list<row_state> any) noexcept {
  for (row_state s : any)
    if (s == state) return true;
  return false;
}

// A row that has its asset never goes back: that is what makes a create unrepeatable.
constexpr bool may_step(row_state from, row_state to) noexcept {
  using enum row_state;
  switch (to) {
    case sending:
      return from == planned;
    case planned:
      return is(from, {sending, ambiguous, uploading});
    case ambiguous:
      return from == sending;
    case created:
      return is(from, {planned, sending, ambiguous, uploading, failed, skipped});
    case failed:
      return is(from, {planned, sending, ambiguous, uploading});
    case skipped:
      return is(from, {planned, ambiguous, uploading});
    case uploading:
      return from == sending;
    case ready:
    case errored:
      return from == created;
  }
  return false;
}

// Any address in it counts: with a query or user-info it may be one that opens something.
bool settings_hold_secret(std::string_view settings) noexcept {
  return settings.find("://") != settings.npos && settings.find_first_of("?@") != settings.npos;
}

std::optional<std::int64_t> count_of(const std::optional<server_instant>& at) {
  if (!at) return std::nullopt;
  return at->time_since_epoch().count();
}

std::optional<server_instant> instant_of(const statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return server_instant(std::chrono::milliseconds(row.integer(column)));
}

[[noreturn]] void fail_in_system(const std::string& what) {
  throw sqlite_failure{errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN, what + ": " + std::strerror(errno)};
}

constexpr bool has_asset(row_state state) noexcept {
  return is(state, {row_state::created, row_state::ready, row_state::errored});
}

std::int64_t local_now() {
  using namespace std::chrono;
  return time_point_cast<milliseconds>(system_clock::now()).time_since_epoch().count();
}

// A new name is safe from a power cut only once its folder is on the disk.
void sync_folder(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

error to_error(const sqlite_failure& failure, const std::filesystem::path& file) {
  const std::string name = file.string();
  switch (failure.code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(errc::journal_locked, name + " is in use by another process; wait until it ends");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
      return error(errc::journal_corrupt, name + " is damaged (" + failure.text + ')' + damaged_advice);
    case SQLITE_FULL:
      return error(errc::disk_full,
                   name + ": " + failure.text + "; make room and start again: nothing recorded is lost");
    default:
      return error(errc::journal_unavailable, name + ": " + failure.text);
  }
}

struct journal_store::known_row {
  std::int64_t id;
  row_state state;
  std::uint64_t line, column;
};

struct journal_store::statements {
  explicit statements(const database& db)
      : by_key(db, "SELECT id, state, line, col FROM rows WHERE key = ?"),
        insert(
            db,
            "INSERT INTO rows (key, marker, line, col, url, shown_url, title, external_id, creator_id, "
            "passthrough, playback_policy, video_quality, settings, file, size) VALUES (?, ?, ?, ?, ?, ?, ?, "
            "?, ?, ?, ?, ?, ?, ?, ?)"),
        keep_secret(db, "INSERT OR REPLACE INTO temp.secrets (id, url, settings) VALUES (?, ?, ?)"),
        secret_of(db, "SELECT url, settings FROM temp.secrets WHERE id = ?"),
        forget_secret(db, "DELETE FROM temp.secrets WHERE id = ?"),
        see(db, "INSERT OR IGNORE INTO temp.seen (id) VALUES (?)"),
        move(db, "UPDATE rows SET line = ?, col = ? WHERE id = ?"),
        state_of(db, "SELECT state, coalesce(size, 0) FROM rows WHERE id = ?"),
        intend(db,
               "UPDATE rows SET state = 1, sends = sends + 1, first_intent = coalesce(first_intent, ?), "
               "reason = NULL "
               "WHERE id = ?"),
        begin_attempt(
            db,
            "INSERT INTO attempts (row, number, intent_at) SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM "
            "attempts WHERE row = ?1"),
        step(db,
             "UPDATE rows SET state = ?, asset_id = coalesce(?, asset_id), reason = ?, sends = sends - ?, "
             "playback_id = coalesce(?, playback_id), checksum = coalesce(?, checksum) WHERE id = ?"),
        begin_upload(db, "UPDATE rows SET upload_id = ?, size = ?, modified = ? WHERE id = ?"),
        sample(db,
               "INSERT OR REPLACE INTO samples (run, elapsed, done, failed, refused, allowed, bytes) VALUES "
               "(?, ?, "
               "?, ?, ?, ?, ?)"),
        end_attempt(
            db,
            "UPDATE attempts SET outcome = ?2, settled_at = ?3, status = ?4, request_id = ?5 WHERE row = ?1 "
            "AND number = (SELECT max(number) FROM attempts WHERE row = ?1)"),
        by_state(db, select_rows("WHERE state = ? AND id > ? ORDER BY id LIMIT ?").c_str()),
        by_marker(db, select_rows("WHERE marker = ?").c_str()) {}

  static std::string select_rows(std::string_view condition) {
    std::string sql("SELECT ");
    return sql.append(row_columns).append(", id IN temp.seen FROM rows ").append(condition);
  }

  statement by_key, insert, keep_secret, secret_of, forget_secret, see, move, state_of, intend, begin_attempt,
      step, begin_upload, sample, end_attempt, by_state, by_marker;
};

// A journal is made complete under another name, so that its own name never stands for half of one.
result<void> journal_store::create() {
  const std::filesystem::path wal = beside(file_, "-wal");
  std::error_code none;
  if (const auto size = std::filesystem::file_size(wal, none); !none && size > 0)
    return error(errc::journal_corrupt, wal.string() + " is there without its other half, the journal " +
                                            file_.string() +
                                            "; bring that back beside it, or move it away too to begin anew");
  const std::string draft = file_.string() + ".new-" + std::to_string(::getpid());
  const int fd = ::open(draft.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) fail_in_system(file_.string() + " cannot be created");
  ::close(fd);
  try {
    database db(draft);
    transaction all(db);
    db.run(journal_schema);
    db.run(("PRAGMA application_id = " + std::to_string(journal_application_id)).c_str());
    db.run(("PRAGMA user_version = " + std::to_string(journal_version)).c_str());
    all.commit();
  } catch (const sqlite_failure&) {
    ::unlink(draft.c_str());
    throw;
  }
  // `link` leaves a journal alone that another process made in the meantime.
  created_ = ::link(draft.c_str(), file_.c_str()) == 0;
  const int fault = created_ ? 0 : errno;
  ::unlink(draft.c_str());
  if (fault != 0 && fault != EEXIST) {
    errno = fault;
    fail_in_system(file_.string() + " cannot be created");
  }
  sync_folder(file_);
  return {};
}

result<void> journal_store::open() {
  if (std::error_code none; std::filesystem::is_directory(file_, none))
    return error(errc::journal_unavailable, file_.string() + " is not a file");
  // Before anything else: one process at a time creates, opens or discards the journal.
  try {
    if (!lock_.take())
      return error(errc::journal_locked,
                   file_.string() + " is in use by another process; wait until it ends");
  } catch (const std::system_error& fault) {
    return error(errc::journal_unavailable, file_.string() + " cannot be locked: " + fault.what() +
                                                "; it and its folder must be writable");
  }
  struct stat about {};
  if (::stat(file_.c_str(), &about) != 0) {
    if (errno != ENOENT) fail_in_system(file_.string());
    if (result<void> made = create(); !made) return made;
  } else if (!S_ISREG(about.st_mode)) {
    return error(errc::journal_unavailable, file_.string() + " is not a file");
  } else if (about.st_size == 0) {
    return error(errc::journal_corrupt, file_.string() + " is empty" + damaged_advice);
  } else if ((about.st_mode & 077) != 0) {
    ::chmod(file_.c_str(), 0600);
  }
  if (result<void> whole = check_both_halves(file_); !whole) return whole;
  db_.emplace(file_.string());
  db_->run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384");
  if (result<void> sound = check(); !sound) return sound;
  db_->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT");
  // What must not stand in the journal is kept in SQLite's temporary file, which has no name.
  db_->run(
      "CREATE TEMP TABLE seen (id INTEGER PRIMARY KEY);"
      "CREATE TEMP TABLE secrets (id INTEGER PRIMARY KEY, url TEXT NOT NULL, settings TEXT NOT NULL)");
  try {
    upgrade();
    db_->tidy_on_close(!run_is_open(*db_));
    prepare();
  } catch (const sqlite_failure& failure) {
    if (failure.code != SQLITE_ERROR) throw;
    return to_error(sqlite_failure{SQLITE_CORRUPT, failure.text}, file_);
  }
  return {};
}

result<void> journal_store::check() {
  const auto pragma = [&](const char* sql) {
    statement ask(*db_, sql);
    ask.step();
    return ask.text(0);
  };
  if (pragma("PRAGMA application_id") != std::to_string(journal_application_id))
    return error(errc::journal_corrupt, file_.string() + " is no journal but another program's database");
  const int version = std::stoi(pragma("PRAGMA user_version"));
  if (version < 1) return error(errc::journal_corrupt, file_.string() + " has no version" + damaged_advice);
  if (version > journal_version)
    return error(errc::journal_newer, file_.string() + " has version " + std::to_string(version) +
                                          ", this program knows " + std::to_string(journal_version) +
                                          "; use the newer program that began it");
  if (const std::string found = pragma("PRAGMA quick_check(1)"); found != "ok")
    return to_error(sqlite_failure{SQLITE_CORRUPT, found}, file_);
  return {};
}

// Version 1 knew neither files nor settings nor runs.
void journal_store::upgrade() {
  statement ask(*db_, "PRAGMA user_version");
  ask.step();
  if (ask.integer(0) == journal_version) return;
  ask.reset();
  transaction all(*db_);
  db_->run(
      "DROP INDEX rows_by_state; ALTER TABLE meta RENAME TO old_meta;"
      "ALTER TABLE attempts RENAME TO old_attempts; ALTER TABLE rows RENAME TO old_rows");
  db_->run(journal_schema);
  db_->run(
      "INSERT INTO meta SELECT name, value FROM old_meta;"
      "INSERT INTO rows (id, key, marker, state, line, col, url, shown_url, title, external_id, creator_id, "
      "passthrough, playback_policy, video_quality, sends, first_intent, asset_id, reason) SELECT id, key, "
      "marker, "
      "state, line, col, url, shown_url, title, external_id, creator_id, passthrough, playback_policy, "
      "video_quality, sends, first_intent, asset_id, reason FROM old_rows;"
      "INSERT INTO attempts SELECT * FROM old_attempts;"
      "DROP TABLE old_attempts; DROP TABLE old_rows; DROP TABLE old_meta");
  db_->run(("PRAGMA user_version = " + std::to_string(journal_version)).c_str());
  all.commit();
}

void journal_store::prepare() {
  sql_ = std::make_shared<statements>(*db_);
  totals_ = count(*db_);
}

bool run_is_open(const database& db) {
  statement ask(db, "SELECT ended_at IS NULL FROM runs ORDER BY id DESC LIMIT 1");
  return ask.step() && ask.integer(0) != 0;
}

result<void> check_both_halves(const std::filesystem::path& file) {
  const std::filesystem::path wal = beside(file, "-wal");
  std::error_code none;
  if (std::filesystem::exists(wal, none)) return {};
  try {
    const database db = database::at_rest(file.string());
    statement ask(db, "PRAGMA application_id");
    if (!ask.step() || ask.integer(0) != journal_application_id || !run_is_open(db)) return {};
  } catch (const sqlite_failure&) {
    return {};  // what else is wrong shows when it is opened
  }
  // An owner may have begun in this moment.
  if (std::filesystem::exists(wal, none)) return {};
  return error(errc::journal_corrupt, file.string() + ": its other half, " + wal.string() +
                                          ", is missing and holds what its last run recorded; bring it back "
                                          "beside it, or else" +
                                          std::string(damaged_advice).substr(1));
}

journal_totals count(const database& db) {
  journal_totals all;
  statement ask(db, "SELECT state, count(*), total(size) FROM rows GROUP BY state");
  while (ask.step()) {
    const auto state = static_cast<row_state>(ask.integer(0));
    const auto bytes = static_cast<std::uint64_t>(ask.integer(2));
    all.rows[state] = static_cast<std::uint64_t>(ask.integer(1));
    if (state != row_state::skipped) all.bytes.total += bytes;
    if (has_asset(state)) all.bytes.done += bytes;
  }
  return all;
}

void journal_store::discard_if_new() {
  if (!created_) return;
  sql_.reset();
  db_.reset();
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(beside(file_, suffix), ignored);
  lock_.release();
}

std::optional<journal_store::known_row> journal_store::look_up(const manifest_row& row) {
  const row_key key = key_of(row);
  statement& ask = sql_->by_key;
  std::optional<known_row> found;
  if (ask.bind(std::span<const unsigned char>(key)).step())
    found = known_row{ask.integer(0), static_cast<row_state>(ask.integer(1)),
                      static_cast<std::uint64_t>(ask.integer(2)), static_cast<std::uint64_t>(ask.integer(3))};
  ask.reset();
  return found;
}

bool journal_store::see(std::int64_t id) {
  sql_->see.bind(id).finish();
  return db_->changes() == 1;
}

std::int64_t journal_store::insert(const manifest_row& row) {
  using namespace std::chrono;
  const row_key key = key_of(row);
  const std::string marker = ulids_.next(time_point_cast<milliseconds>(system_clock::now()));
  const std::string shown = row.file.empty() ? shown_url(row.url) : row.file;
  const std::optional<file_facts> facts = row.file.empty() ? std::nullopt : look_at(row.file);
  statement& add = sql_->insert;
  add.bind(std::span<const unsigned char>(key)).bind(std::string_view(marker));
  add.bind(static_cast<std::int64_t>(row.line)).bind(static_cast<std::int64_t>(row.column));
  if (holds_secret(row.url))
    add.bind_null();
  else
    add.bind_given(row.url);
  add.bind(std::string_view(shown))
      .bind_given(row.title)
      .bind_given(row.external_id)
      .bind_given(row.creator_id);
  add.bind_given(row.passthrough).bind_given(row.playback_policy).bind_given(row.video_quality);
  add.bind_given(settings_hold_secret(row.settings) ? secret_settings : row.settings).bind_given(row.file);
  if (row.file.empty())
    add.bind_null();
  else
    add.bind(facts ? static_cast<std::int64_t>(facts->size) : 0);
  add.finish();
  return db_->last_id();
}

void journal_store::take(const manifest_row& row, load_report& report, bool retry_failed) {
  using enum row_state;
  const std::optional<known_row> known = look_up(row);
  const std::int64_t id = known ? known->id : insert(row);
  if (!see(id)) {
    ++report.duplicates;
    if (report.duplicate_lines.size() < max_duplicate_lines) report.duplicate_lines.push_back(row.line);
    return;
  }
  ++report.rows;
  if (!known) ++report.added;
  if (known && (known->line != row.line || known->column != row.column))
    sql_->move.bind(static_cast<std::int64_t>(row.line))
        .bind(static_cast<std::int64_t>(row.column))
        .bind(id)
        .finish();
  const row_state state = known ? known->state : planned;
  const bool needed =
      is(state, {planned, sending, ambiguous, uploading, skipped}) || (retry_failed && state == failed);
  if (needed && (holds_secret(row.url) || settings_hold_secret(row.settings)))
    sql_->keep_secret.bind(id).bind(std::string_view(row.url)).bind(std::string_view(row.settings)).finish();
}

void journal_store::settle_vanished(load_report& report, bool retry_failed) {
  db_->run("UPDATE rows SET state = 0 WHERE state = 8 AND id IN temp.seen");
  db_->run("UPDATE rows SET state = 8 WHERE state = 0 AND id NOT IN temp.seen");
  if (retry_failed) db_->run("UPDATE rows SET state = 0, reason = NULL WHERE state = 7 AND id IN temp.seen");
  statement ask(*db_, "SELECT (SELECT count(*) FROM rows) - (SELECT count(*) FROM temp.seen)");
  ask.step();
  report.vanished = static_cast<std::uint64_t>(ask.integer(0));
}

std::string journal_store::foreign_hint() {
  statement ask(
      *db_,
      "SELECT count(*) FROM rows WHERE id IN temp.seen AND shown_url IN (SELECT shown_url FROM rows "
      "WHERE id NOT IN temp.seen)");
  ask.step();
  if (ask.integer(0) == 0) return {};
  return "; " + std::to_string(ask.integer(0)) +
         " of its addresses are there with another query or other cells, which makes them other rows: only "
         "signatures of AWS, Google, CloudFront and Azure may change";
}

result<load_report> journal_store::load(manifest_reader& manifest, bool retry_failed,
                                        const std::stop_token& stop) {
  try {
    return read(manifest, retry_failed, stop);
  } catch (...) {
    discard_if_new();
    throw;
  }
}

result<load_report> journal_store::read(manifest_reader& manifest, bool retry_failed,
                                        const std::stop_token& stop) {
  std::string hint;
  load_report report;
  std::uint64_t known = 0;
  for (const std::uint64_t rows : totals_.rows.by_state) known += rows;
  report.resumed = known > 0;
  {
    transaction all(*db_);
    db_->run("DELETE FROM temp.seen; DELETE FROM temp.secrets");
    while (!stop.stop_requested()) {
      const std::optional<manifest_row> row = manifest.next();
      if (!row) break;
      if (manifest.fault_count() == 0) take(*row, report, retry_failed);
    }
    report.interrupted = stop.stop_requested();
    const bool foreign = report.resumed && report.rows == report.added;
    if (manifest.fault_count() == 0 && !foreign && !report.interrupted) {
      settle_vanished(report, retry_failed);
      all.commit();
      created_ = false;
      totals_ = count(*db_);
      checkpoint();
      return report;
    }
    if (foreign) hint = foreign_hint();
  }
  discard_if_new();
  if (report.interrupted) return report;
  if (manifest.fault_count() > 0) return manifest.fault_error();
  return error(errc::journal_foreign, file_.string() + " belongs to another manifest: it has no row of " +
                                          manifest.name() + "; name another journal" + hint);
}

result<void> journal_store::bind(const std::string& environment_id, const std::string& host) {
  transaction all(*db_);
  for (const auto& [name, value] :
       {std::pair<std::string_view, const std::string&>("environment_id", environment_id),
        std::pair<std::string_view, const std::string&>("host", host)}) {
    statement ask(*db_, "SELECT value FROM meta WHERE name = ?");
    if (ask.bind(name).step()) {
      if (ask.text(0) != value)
        return error(errc::other_environment, file_.string() + " was begun with " + std::string(name) + ' ' +
                                                  ask.text(0) + ", the credentials belong to " + value +
                                                  "; use those of before or another journal");
      continue;
    }
    statement note(*db_, "INSERT INTO meta (name, value) VALUES (?, ?)");
    note.bind(name).bind(std::string_view(value)).finish();
  }
  all.commit();
  return {};
}

journal_row journal_store::read_row(const statement& row) {
  journal_row out = read_columns(row);
  out.in_manifest = row.integer(row_column_count) != 0;
  if (out.content.settings == secret_settings || (out.content.url.empty() && out.content.file.empty()))
    read_secret(out);
  return out;
}

void journal_store::read_secret(journal_row& row) {
  statement& ask = sql_->secret_of;
  if (ask.bind(row.id).step()) {
    if (row.content.file.empty()) row.content.url = ask.text(0);
    row.content.settings = ask.text(1);
  } else {
    row.content.url.clear();
    row.content.settings.clear();
  }
  ask.reset();
}

std::vector<journal_row> journal_store::rows(row_state state, std::int64_t after, std::size_t limit) {
  std::vector<journal_row> found;
  statement& ask = sql_->by_state;
  ask.bind(number(state)).bind(after).bind(static_cast<std::int64_t>(limit));
  while (ask.step()) found.push_back(read_row(ask));
  ask.reset();
  return found;
}

std::vector<journal_row> journal_store::find(const std::vector<std::string>& markers) {
  std::vector<journal_row> found;
  statement& ask = sql_->by_marker;
  for (const std::string& marker : markers) {
    if (ask.bind(std::string_view(marker)).step()) found.push_back(read_row(ask));
    ask.reset();
  }
  return found;
}

void journal_store::note_intent(const row_change& change) {
  sql_->intend.bind(count_of(change.at)).bind(change.row).finish();
  sql_->begin_attempt.bind(change.row).bind(count_of(change.at)).finish();
}

void journal_store::note_outcome(const row_change& change, row_state from) {
  // Back to planned means that nothing of it was sent.
  const std::int64_t unsent = from == row_state::sending && change.to == row_state::planned ? 1 : 0;
  sql_->step.bind(number(change.to)).bind_given(change.asset_id).bind_given(change.reason).bind(unsent);
  sql_->step.bind_given(change.playback_id).bind_given(change.checksum).bind(change.row).finish();
  // What becomes of a row later does not tell how its create ended, unless its asset was found.
  if (is(from, {row_state::sending, row_state::uploading}) || has_asset(change.to)) note_end(change);
  if (is(change.to, {row_state::created, row_state::failed})) sql_->forget_secret.bind(change.row).finish();
}

void journal_store::note_end(const row_change& change) {
  statement& end = sql_->end_attempt;
  end.bind(change.row).bind(number(change.to)).bind(count_of(change.at));
  if (change.http_status == 0)
    end.bind_null();
  else
    end.bind(std::int64_t{change.http_status});
  end.bind_given(change.request_id).finish();
}

void journal_store::note_upload(const row_change& change) {
  sql_->begin_upload.bind(std::string_view(change.upload_id)).bind(static_cast<std::int64_t>(change.size));
  sql_->begin_upload.bind(change.modified).bind(change.row).finish();
}

result<void> journal_store::record(const row_change& change) {
  statement& ask = sql_->state_of;
  const bool known = ask.bind(change.row).step();
  const row_state from = known ? static_cast<row_state>(ask.integer(0)) : row_state::planned;
  std::uint64_t size = known ? static_cast<std::uint64_t>(ask.integer(1)) : 0;
  ask.reset();
  if (!known || !may_step(from, change.to))
    return error(errc::journal_corrupt, file_.string() + ": row " + std::to_string(change.row) +
                                            " cannot go from " +
                                            std::string(known ? to_string(from) : "nowhere") + " to " +
                                            std::string(to_string(change.to)));
  if (change.to == row_state::uploading) {
    note_upload(change);
    totals_.bytes.total = totals_.bytes.total - size + change.size;
    size = change.size;
  }
  if (change.to == row_state::sending)
    note_intent(change);
  else
    note_outcome(change, from);
  --totals_.rows[from];
  ++totals_.rows[change.to];
  if (has_asset(change.to) && !has_asset(from)) totals_.bytes.done += size;
  if (from == row_state::skipped) totals_.bytes.total += size;
  if (change.to == row_state::skipped) totals_.bytes.total -= size;
  return {};
}

suspects journal_store::oldest_suspect() {
  statement ask(
      *db_,
      "SELECT count(*), count(first_intent), min(first_intent) FROM rows WHERE id IN (SELECT row FROM "
      "attempts WHERE outcome = 2 AND (settled_at IS NULL OR settled_at >= coalesce((SELECT "
      "CAST(value AS INTEGER) FROM meta WHERE name = 'swept_until'), settled_at)))");
  ask.step();
  suspects found;
  found.any = ask.integer(0) > 0;
  if (ask.integer(0) == ask.integer(1)) found.oldest = instant_of(ask, 2);
  return found;
}

void journal_store::note_sweep(server_instant begun) {
  const std::int64_t until = begun.time_since_epoch().count();
  transaction all(*db_);
  statement note(*db_, "INSERT OR REPLACE INTO meta (name, value) VALUES ('swept_until', ?)");
  note.bind(std::string_view(std::to_string(until))).finish();
  // A sweep takes minutes after the last create: one whose end has no time was before it.
  statement date(*db_, "UPDATE attempts SET settled_at = ? WHERE outcome = 2 AND settled_at IS NULL");
  date.bind(until - 1).finish();
  all.commit();
}

std::optional<server_instant> journal_store::first_intent() {
  statement ask(*db_, "SELECT min(first_intent) FROM rows");
  ask.step();
  return instant_of(ask, 0);
}

void journal_store::begin_run(const std::vector<std::pair<std::string, std::string>>& notes) {
  db_->tidy_on_close(false);
  {
    transaction all(*db_);
    statement note(*db_, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
    for (const auto& [name, value] : notes)
      note.bind(std::string_view(name)).bind(std::string_view(value)).finish();
    statement begin(*db_, "INSERT INTO runs (begun_at) VALUES (?)");
    begin.bind(local_now()).finish();
    run_ = db_->last_id();
    all.commit();
  }
  checkpoint();
}

// What the file itself must tell, should it be parted from its write-ahead log.
void journal_store::checkpoint() {
  db_->run("PRAGMA wal_checkpoint(TRUNCATE)");
}

void journal_store::keep(const run_sample& sample) {
  statement& add = sql_->sample;
  add.bind(run_).bind(std::int64_t{sample.elapsed.count()}).bind(static_cast<std::int64_t>(sample.done));
  add.bind(static_cast<std::int64_t>(sample.failed)).bind(static_cast<std::int64_t>(sample.refused));
  add.bind(sample.allowed_rate).bind(static_cast<std::int64_t>(sample.bytes)).finish();
}

void journal_store::end_run(int ending) {
  statement end(*db_, "UPDATE runs SET ended_at = ?, ending = ? WHERE id = ?");
  end.bind(local_now()).bind(std::int64_t{ending}).bind(run_).finish();
  db_->tidy_on_close(true);
}

void journal_store::begin() {
  before_group_ = totals_;
  group_.emplace(*db_);
}

void journal_store::commit() {
  group_->commit();
  group_.reset();
}

void journal_store::roll_back() {
  group_.reset();
  totals_ = before_group_;
}

}  // namespace mux::inline v0::ingest
