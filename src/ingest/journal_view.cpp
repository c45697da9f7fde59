#include <utility>

#include <mux/ingest/journal_view.hpp>

#include "ingest/journal_schema.hpp"
#include "ingest/journal_store.hpp"
#include "ingest/owner_lock.hpp"
#include "ingest/row_columns.hpp"
#include "ingest/row_key.hpp"
#include "ingest/sqlite.hpp"

namespace mux::inline v0::ingest {
namespace {

std::optional<std::int64_t> given(const statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

std::optional<server_instant> instant_at(const statement& row, int column) {
  const std::optional<std::int64_t> at = given(row, column);
  if (!at) return std::nullopt;
  return server_instant(std::chrono::milliseconds(*at));
}

std::int64_t read_pragma(const database& db, const char* sql) {
  statement ask(db, sql);
  return ask.step() ? ask.integer(0) : 0;
}

}  // namespace

struct journal_view::state {
  explicit state(const std::filesystem::path& from) : file(from), db(from.string()) {
    db.run("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF");
  }

  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() {
    // The write-ahead log of a journal whose run did not end must not go with a look at it.
    bool tidy = false;
    try {
      tidy = !run_is_open(db);
    } catch (const sqlite_failure&) {
    }
    db.tidy_on_close(tidy);
  }

  template <class Read>
  auto guarded(Read read) -> result<decltype(read())> {
    try {
      return read();
    } catch (const sqlite_failure& failure) {
      return to_error(failure, file);
    }
  }

  std::vector<journal_row> rows(statement& ask) {
    std::vector<journal_row> found;
    while (ask.step()) {
      found.push_back(read_columns(ask));
      if (found.back().content.settings == secret_settings) found.back().content.settings.clear();
    }
    return found;
  }

  std::filesystem::path file;
  database db;
};

journal_view::journal_view(std::unique_ptr<state> opened) : state_(std::move(opened)) {}
journal_view::journal_view(journal_view&&) noexcept = default;
journal_view& journal_view::operator=(journal_view&&) noexcept = default;
journal_view::~journal_view() = default;

result<journal_view> journal_view::open(const std::filesystem::path& file) {
  std::error_code fault;
  if (!std::filesystem::is_regular_file(file, fault))
    return error(errc::journal_unavailable,
                 file.string() + (fault || !std::filesystem::exists(file) ? ": there is no such journal"
                                                                          : " is not a file"));
  try {
    if (result<void> whole = check_both_halves(file); !whole) return whole.error();
    auto opened = std::make_unique<state>(file);
    if (read_pragma(opened->db, "PRAGMA application_id") != journal_application_id)
      return error(errc::journal_corrupt, file.string() + " is no journal");
    const std::int64_t version = read_pragma(opened->db, "PRAGMA user_version");
    if (version > journal_version)
      return error(errc::journal_newer, file.string() + " was written by a newer program; use that one");
    if (version < journal_version)
      return error(
          errc::journal_unavailable,
          file.string() + " was written by an earlier program; the next ingest brings it up to date");
    return journal_view(std::move(opened));
  } catch (const sqlite_failure& failure) {
    return to_error(failure, file);
  }
}

result<row_counts> journal_view::counts() {
  return state_->guarded([&] { return count(state_->db).rows; });
}

result<byte_counts> journal_view::bytes() {
  return state_->guarded([&] { return count(state_->db).bytes; });
}

result<std::string> journal_view::note(std::string_view name) {
  return state_->guarded([&] {
    statement ask(state_->db, "SELECT value FROM meta WHERE name = ?");
    return ask.bind(name).step() ? ask.text(0) : std::string();
  });
}

bool journal_view::in_use() const noexcept {
  return is_owned(state_->file);
}

result<std::vector<run_record>> journal_view::runs() {
  return state_->guarded([&] {
    std::vector<run_record> found;
    statement ask(state_->db, "SELECT id, begun_at, ended_at, ending FROM runs ORDER BY id");
    while (ask.step()) {
      run_record run;
      run.id = ask.integer(0);
      run.begun_at = local_instant(std::chrono::milliseconds(ask.integer(1)));
      if (const auto ended = given(ask, 2)) run.ended_at = local_instant(std::chrono::milliseconds(*ended));
      if (const auto ending = given(ask, 3)) run.ending = static_cast<int>(*ending);
      found.push_back(run);
    }
    return found;
  });
}

result<std::vector<run_sample>> journal_view::samples(std::int64_t run) {
  return state_->guarded([&] {
    std::vector<run_sample> found;
    statement ask(state_->db,
                  "SELECT elapsed, done, failed, refused, allowed, bytes FROM samples WHERE run = ? ORDER BY "
                  "elapsed");
    ask.bind(run);
    while (ask.step()) {
      run_sample sample;
      sample.elapsed = std::chrono::milliseconds(ask.integer(0));
      sample.done = static_cast<std::uint64_t>(ask.integer(1));
      sample.failed = static_cast<std::uint64_t>(ask.integer(2));
      sample.refused = static_cast<std::uint64_t>(ask.integer(3));
      sample.allowed_rate = ask.real(4);
      sample.bytes = static_cast<std::uint64_t>(ask.integer(5));
      found.push_back(sample);
    }
    return found;
  });
}

result<std::vector<journal_row>> journal_view::rows(std::int64_t after, std::size_t limit) {
  return state_->guarded([&] {
    const std::string sql =
        "SELECT " + std::string(row_columns) + " FROM rows WHERE id > ? ORDER BY id LIMIT ?";
    statement ask(state_->db, sql.c_str());
    ask.bind(after).bind(static_cast<std::int64_t>(limit));
    return state_->rows(ask);
  });
}

result<std::vector<journal_row>> journal_view::rows(row_state which, std::int64_t after, std::size_t limit) {
  return state_->guarded([&] {
    const std::string sql =
        "SELECT " + std::string(row_columns) + " FROM rows WHERE state = ? AND id > ? ORDER BY id LIMIT ?";
    statement ask(state_->db, sql.c_str());
    ask.bind(static_cast<std::int64_t>(which)).bind(after).bind(static_cast<std::int64_t>(limit));
    return state_->rows(ask);
  });
}

result<std::vector<attempt_record>> journal_view::attempts(std::int64_t first, std::int64_t last) {
  return state_->guarded([&] {
    std::vector<attempt_record> found;
    statement ask(
        state_->db,
        "SELECT row, number, intent_at, settled_at, outcome, status, request_id FROM attempts WHERE row "
        "BETWEEN ? AND ? ORDER BY row, number");
    ask.bind(first).bind(last);
    while (ask.step()) {
      attempt_record& attempt = found.emplace_back();
      attempt.row = ask.integer(0);
      attempt.number = static_cast<int>(ask.integer(1));
      attempt.intent_at = instant_at(ask, 2);
      attempt.settled_at = instant_at(ask, 3);
      if (const auto outcome = given(ask, 4)) attempt.outcome = static_cast<row_state>(*outcome);
      attempt.http_status = static_cast<int>(ask.integer(5));
      attempt.request_id = ask.text(6);
    }
    return found;
  });
}

result<std::optional<row_state>> journal_view::state_of(const manifest_row& row) {
  return state_->guarded([&]() -> std::optional<row_state> {
    const row_key key = key_of(row);
    statement ask(state_->db, "SELECT state FROM rows WHERE key = ?");
    if (!ask.bind(std::span<const unsigned char>(key)).step()) return std::nullopt;
    return static_cast<row_state>(ask.integer(0));
  });
}

}  // namespace mux::inline v0::ingest
