#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <mux/ingest/journal.hpp>

#include "ingest/marker.hpp"
#include "ingest/owner_lock.hpp"
#include "ingest/sqlite.hpp"

namespace mux::inline v0::ingest {

/// What an SQLite failure means to the owner of `file`.
[[nodiscard]] error to_error(const sqlite_failure& failure, const std::filesystem::path& file);

/// What the rows add up to.
struct journal_totals {
  row_counts rows;
  byte_counts bytes;
};

/// True if the last run did not note its end.
[[nodiscard]] bool run_is_open(const database& db);

/// A journal whose last run did not end has its newest rows in `JOURNAL-wal`; what is wrong if that file is
/// not there. Asked before the journal is opened, which makes an empty one.
[[nodiscard]] result<void> check_both_halves(const std::filesystem::path& file);

[[nodiscard]] journal_totals count(const database& db);

/// The journal's file, used by one thread at a time. Members throw `sqlite_failure`; what is wrong with the
/// content is returned.
class journal_store {
 public:
  explicit journal_store(std::filesystem::path file) : file_(std::move(file)), lock_(file_) {}

  [[nodiscard]] result<void> open();
  [[nodiscard]] result<load_report> load(manifest_reader& manifest, bool retry_failed,
                                         const std::stop_token& stop);
  [[nodiscard]] result<void> bind(const std::string& environment_id, const std::string& host);
  [[nodiscard]] std::vector<journal_row> rows(row_state state, std::int64_t after, std::size_t limit);
  [[nodiscard]] std::vector<journal_row> find(const std::vector<std::string>& markers);

  [[nodiscard]] suspects oldest_suspect();
  void note_sweep(server_instant begun);
  [[nodiscard]] std::optional<server_instant> first_intent();

  void begin_run(const std::vector<std::pair<std::string, std::string>>& notes);
  void keep(const run_sample& sample);
  void end_run(int ending);

  /// Part of a group; `begin` before the first, `commit` after the last.
  [[nodiscard]] result<void> record(const row_change& change);
  void begin();
  void commit();
  void roll_back();

  [[nodiscard]] const journal_totals& totals() const noexcept { return totals_; }

 private:
  struct statements;
  struct known_row;

  result<void> create();
  result<load_report> read(manifest_reader& manifest, bool retry_failed, const std::stop_token& stop);
  [[nodiscard]] std::string foreign_hint();
  result<void> check();
  void upgrade();
  void prepare();
  void checkpoint();
  void discard_if_new();
  std::optional<known_row> look_up(const manifest_row& row);
  bool see(std::int64_t id);
  std::int64_t insert(const manifest_row& row);
  void take(const manifest_row& row, load_report& report, bool retry_failed);
  void settle_vanished(load_report& report, bool retry_failed);
  void note_intent(const row_change& change);
  void note_upload(const row_change& change);
  void note_outcome(const row_change& change, row_state from);
  void note_end(const row_change& change);
  [[nodiscard]] journal_row read_row(const statement& row);
  void read_secret(journal_row& row);

  std::filesystem::path file_;
  owner_lock lock_;
  std::optional<database> db_;
  std::shared_ptr<statements> sql_;
  std::optional<transaction> group_;
  ulid_source ulids_;
  journal_totals totals_, before_group_;
  std::int64_t run_ = 0;
  bool created_ = false;
};

}  // namespace mux::inline v0::ingest
