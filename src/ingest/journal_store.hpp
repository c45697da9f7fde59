#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <mux/ingest/journal.hpp>

#include "ingest/marker.hpp"
#include "ingest/sqlite.hpp"

namespace mux::inline v0::ingest {

/// What an SQLite failure means to the owner of `file`.
[[nodiscard]] error to_error(const sqlite_failure& failure, const std::filesystem::path& file);

/// The journal's file, used by one thread at a time. Members throw `sqlite_failure`; what is wrong with the
/// content is returned.
class journal_store {
 public:
  explicit journal_store(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] result<void> open();
  [[nodiscard]] result<load_report> load(manifest_reader& manifest, bool retry_failed);
  [[nodiscard]] result<void> bind(const std::string& environment_id, const std::string& host);
  [[nodiscard]] std::vector<journal_row> rows(row_state state, std::int64_t after, std::size_t limit);
  [[nodiscard]] std::vector<journal_row> find(const std::vector<std::string>& markers);

  /// Part of a group; `begin` before the first, `commit` after the last.
  [[nodiscard]] result<void> record(const row_change& change);
  void begin() { group_.emplace(*db_), before_group_ = counts_; }
  void commit();
  void roll_back();

  [[nodiscard]] const row_counts& counts() const noexcept { return counts_; }

 private:
  struct statements;
  struct known_row;

  void create();
  result<void> check();
  void prepare();
  void count();
  void discard_if_new();
  std::optional<known_row> look_up(const manifest_row& row);
  bool see(std::int64_t id);
  std::int64_t insert(const manifest_row& row);
  void take(const manifest_row& row, load_report& report, bool retry_failed);
  void settle_vanished(load_report& report, bool retry_failed);
  void note_intent(const row_change& change);
  void note_outcome(const row_change& change, row_state from);
  [[nodiscard]] journal_row read_row(const statement& row) const;

  std::filesystem::path file_;
  std::optional<database> db_;
  std::shared_ptr<statements> sql_;
  std::optional<transaction> group_;
  ulid_source ulids_;
  row_counts counts_, before_group_;
  std::unordered_map<std::int64_t, std::string> secret_urls_;  ///< of rows that still need them
  bool created_ = false;
};

}  // namespace mux::inline v0::ingest
